"""Signing in: one door, which closes for a while on those who guess."""

from dataclasses import replace
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from engagement import throttle
from tests.factories import (
    PASSWORD,
    make_engagement_team_member,
    make_governance_administrator,
    make_person,
)

pytestmark = pytest.mark.django_db

DOOR = "/accounts/login/"


@pytest.fixture
def officer():
    return make_person(username="officer")


def enter(client, person="officer", password=PASSWORD, address="192.0.2.1", **more):
    sent = {"username": person, "password": password, **more}
    return client.post(DOOR, sent, REMOTE_ADDR=address)


def guess(client, times, **more):
    for _ in range(times):
        answer = enter(client, password="a wrong guess", **more)
    return answer


def is_signed_in(client):
    return "_auth_user_id" in client.session


# --- Coming in ------------------------------------------------------------------------------------


def test_the_right_password_leads_to_the_staff_pages(client, officer):
    answer = enter(client)

    assert answer.status_code == 302
    assert answer["Location"] == "/staff/"
    assert is_signed_in(client)


def test_a_wrong_password_is_told_in_a_sentence_that_gives_no_name_away(client, officer):
    wrong_password = guess(client, 1).text
    wrong_name = guess(client, 1, person="nobody").text

    sentence = "The user name and password do not belong together."
    assert sentence in wrong_password and sentence in wrong_name
    assert not is_signed_in(client)


def test_a_name_too_long_for_the_record_of_failures_is_told_so(client):
    answer = enter(client, person="a" * 151)

    assert answer.status_code == 200
    assert "Enter a user name of 150 characters or fewer" in answer.text


def test_someone_who_has_left_does_not_come_in(client, officer):
    officer.is_active = False
    officer.save()

    enter(client)

    assert not is_signed_in(client)


def test_someone_who_leaves_is_out_at_once(client, officer):
    enter(client)
    officer.is_active = False
    officer.save()

    assert client.get("/accounts/password/").status_code == 302


@pytest.mark.parametrize("address", ["/staff/", "/privacy/?a=b#c"])
def test_one_is_led_on_to_the_page_one_asked_for(client, officer, address):
    assert enter(client, next=address)["Location"] == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "/\t/evil.example",
        "\x01//evil.example",
        "http:///evil.example",
        "https://testserver@evil.example/",
    ],
)
def test_one_is_never_led_off_the_portal(client, officer, address):
    assert enter(client, next=address)["Location"] == "/staff/"


def test_the_session_before_signing_in_is_not_the_one_after(client, officer):
    client.session.save()
    before = client.cookies["sessionid"].value

    enter(client)

    assert client.cookies["sessionid"].value != before


# --- Guessing -------------------------------------------------------------------------------------


def test_four_wrong_passwords_are_forgiven(client, officer):
    guess(client, 4)

    assert enter(client).status_code == 302


def test_the_fifth_wrong_password_closes_the_door_and_says_until_when(client, officer):
    answer = guess(client, 5)

    until = timezone.localtime(timezone.now() + timedelta(minutes=16))
    assert answer.status_code == 429
    assert f"stopped until {until:%-I:%M%p}".lower() in answer.text.lower()
    assert 14 * 60 < int(answer["Retry-After"]) <= 16 * 60


def test_the_right_password_does_not_open_a_closed_door(client, officer):
    guess(client, 5)

    answer = enter(client)

    assert answer.status_code == 429
    assert not is_signed_in(client)


def test_the_door_opens_again_after_a_quarter_of_an_hour(client, officer):
    guess(client, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

    assert enter(client).status_code == 302


def test_trying_a_closed_door_does_not_keep_it_closed(client, officer):
    guess(client, 5)
    early = timezone.now() - timedelta(minutes=14)
    AccessAttempt.objects.update(attempt_time=early)

    guess(client, 1)

    assert AccessAttempt.objects.get().attempt_time == early


def test_coming_in_wipes_the_slate(client, officer):
    guess(client, 4)
    enter(client)
    client.logout()
    guess(client, 4)

    assert enter(client).status_code == 302


def test_the_door_is_closed_for_one_name_and_one_address(client, officer):
    make_person(username="colleague")
    guess(client, 5)

    assert enter(Client(), person="colleague").status_code == 302
    assert enter(Client(), address="192.0.2.2").status_code == 302
    assert enter(Client()).status_code == 429


def test_another_browser_does_not_open_it(client, officer):
    guess(client, 5)

    answer = Client(headers={"user-agent": "Another/1.0"}).post(
        DOOR, {"username": "officer", "password": PASSWORD}, REMOTE_ADDR="192.0.2.1"
    )

    assert answer.status_code == 429


def test_a_forged_address_does_not_open_it(client, officer, settings):
    guess(client, 5)
    forged = Client(headers={"x-forwarded-for": "198.51.100.7"})

    assert enter(forged).status_code == 429


def test_behind_our_proxy_the_visitor_s_own_address_counts(client, officer, settings):
    settings.TRUSTED_PROXIES = 1
    one = Client(headers={"x-forwarded-for": "203.0.113.1, 198.51.100.1"})
    same_one = Client(headers={"x-forwarded-for": "203.0.113.2, 198.51.100.1"})
    another = Client(headers={"x-forwarded-for": "203.0.113.1, 198.51.100.2"})

    guess(one, 5)

    assert enter(same_one).status_code == 429
    assert enter(another).status_code == 302


def test_one_household_s_addresses_are_counted_as_one(client, officer):
    for number in range(5):
        guess(client, 1, address=f"2001:db8:1:2::{number}")

    assert enter(client, address="2001:db8:1:2:a:b:c:d").status_code == 429
    assert enter(client, address="2001:db8:1:3::1").status_code == 302


def test_who_tries_a_password_on_many_names_is_stopped(client, officer, monkeypatch):
    monkeypatch.setattr(throttle, "SIGNING_IN", replace(throttle.SIGNING_IN, tries=3))
    for name in "abc":
        guess(client, 1, person=name)

    answer = enter(client)
    again = client.post(
        "/escalations/new/",
        {"again-username": "officer", "again-password": PASSWORD},
        REMOTE_ADDR="192.0.2.1",
    )
    for page in (answer, again):
        assert page.status_code == 429
        assert "many wrong passwords from your internet connection" in page.text
    assert not is_signed_in(client)
    assert enter(client, address="192.0.2.2").status_code == 302


def test_the_right_passwords_of_many_are_no_guesses(officer, monkeypatch):
    monkeypatch.setattr(throttle, "SIGNING_IN", replace(throttle.SIGNING_IN, tries=3))

    assert [enter(Client()).status_code for _ in range(5)] == [302] * 5


def test_an_address_in_both_spellings_is_one(client, officer):
    guess(client, 3, address="192.0.2.1")
    guess(client, 2, address="::ffff:192.0.2.1")

    assert enter(client, address="192.0.2.1").status_code == 429


def test_what_is_kept_of_a_failure_holds_no_password_and_not_where_one_was_going(client, officer):
    looked_for = "/staff/feedback/?q=Quill"

    client.post(
        f"{DOOR}?next={looked_for}",
        {"username": "officer", "password": "a wrong guess", "next": looked_for},
    )

    kept = AccessAttempt.objects.get()
    assert "a wrong guess" not in kept.post_data + kept.get_data
    assert "Quill" not in kept.post_data + kept.get_data


def test_guesses_are_not_written_to_the_log(client, officer, caplog):
    guess(client, 5)

    assert "a wrong guess" not in caplog.text
    assert "officer" not in caplog.text


# --- The admin has no door of its own -------------------------------------------------------------


def test_the_admin_sends_to_the_one_door(client):
    answer = client.get("/admin/governance/", follow=True)

    assert answer.redirect_chain[-1] == ("/accounts/login/?next=/admin/governance/", 302)


def test_the_admin_s_own_form_is_not_there(client, officer):
    sent = {"username": "officer", "password": PASSWORD, "next": "/admin/"}

    assert client.post("/admin/login/", sent).status_code == 405
    assert not is_signed_in(client)


@pytest.mark.parametrize("asked_for", ["//evil.example/", "https://evil.example/", ""])
def test_the_admin_leads_nobody_off_the_portal(client, asked_for):
    answer = client.get("/admin/login/", {"next": asked_for})

    assert answer["Location"] == "/accounts/login/?next=/admin/"


def test_someone_signed_in_whom_the_admin_does_not_want_is_told_so(client, officer):
    client.force_login(officer)

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "Your account does not open the admin." in answer.text


@pytest.mark.parametrize("make", [make_governance_administrator, make_engagement_team_member])
def test_those_who_edit_come_in(client, make):
    person = make()

    answer = enter(client, person=person.username, next="/admin/")

    assert client.get(answer["Location"]).status_code == 200


# --- Going out, and changing the password ---------------------------------------------------------


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_a_link_signs_nobody_out(client, officer, address):
    client.force_login(officer)

    client.get(address)

    assert is_signed_in(client)


def test_signing_out_leaves_nothing_behind(client, officer):
    client.force_login(officer)
    key = client.session.session_key

    answer = client.post("/accounts/logout/")

    assert answer["Location"] == "/accounts/signed-out/"
    assert not client.session.exists(key)


def change_password(client, old=PASSWORD, new="another long password"):
    sent = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/accounts/password/", sent)


def test_a_new_password_ends_every_other_session(client, officer):
    elsewhere = Client()
    elsewhere.force_login(officer)
    client.force_login(officer)

    change_password(client)

    assert client.get("/accounts/password/").status_code == 200
    assert elsewhere.get("/accounts/password/").status_code == 302
    assert enter(Client(), password="another long password").status_code == 302


@pytest.mark.parametrize("new", ["short", "password12345", "123456789012", "officer12345"])
def test_a_weak_password_is_refused(client, officer, new):
    client.force_login(officer)

    answer = change_password(client, new=new)

    assert answer.status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_the_old_password_is_asked_for(client, officer):
    client.force_login(officer)

    assert "This is not your old password." in change_password(client, old="no").text


def test_a_form_from_another_site_is_not_taken(officer):
    client = Client(enforce_csrf_checks=True)

    assert enter(client).status_code == 403
    assert not is_signed_in(client)
