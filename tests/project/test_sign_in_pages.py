"""The pages on which one signs in and out, and changes a password."""

import re

import pytest

from tests.factories import PASSWORD, make_person
from tests.plugins.browser import PHONE


@pytest.mark.django_db
def test_signing_in_leads_to_what_lies_before_ones_bodies(client):
    person = make_person()

    response = client.post("/accounts/login/", {"username": person.username, "password": PASSWORD})

    assert response.status_code == 302
    assert response.url == "/staff/"


@pytest.mark.django_db
def test_a_wrong_password_gets_a_sentence_and_keeps_the_user_name(client):
    person = make_person()

    page = client.post("/accounts/login/", {"username": person.username, "password": "wrong"}).text

    assert "<title>Error: Staff sign-in" in page
    assert "The user name and password do not belong together." in page
    assert f'value="{person.username}"' in page
    assert "wrong" not in re.sub(r"<p>.*?</p>", "", page)


@pytest.mark.django_db
def test_an_empty_sign_in_form_says_what_is_missing_and_where(client):
    page = client.post("/accounts/login/", {}).text

    assert '<a href="#id_username">' in page
    assert page.count("Enter your user name") == 2
    assert page.count("Enter your password") == 2


@pytest.mark.django_db
def test_too_many_attempts_are_stopped_with_a_sentence_and_a_time(client):
    person = make_person()
    attempt = {"username": person.username, "password": "wrong"}

    responses = [client.post("/accounts/login/", attempt) for _ in range(5)]
    right = client.post("/accounts/login/", attempt | {"password": PASSWORD})

    assert responses[-1].status_code == right.status_code == 429
    assert "Too many attempts to sign in" in right.text
    assert "Signing in with this user name is stopped until" in right.text


@pytest.mark.django_db
def test_those_signed_in_have_their_own_navigation_and_sign_out_by_a_button(client):
    person = make_person(first_name="Amina", last_name="Rahman")
    client.force_login(person)

    page = client.get("/").text
    response = client.post("/accounts/logout/", follow=True)

    assert 'Signed in as <a href="/staff/settings/">Amina Rahman</a>' in page
    for address in ("/staff/", "/escalations/", "/staff/feedback/"):
        assert f'href="{address}"' in page
    assert 'href="/admin/"' not in page
    assert "You are signed out" in response.text
    assert "Signed in as" not in client.get("/").text


@pytest.mark.django_db
def test_only_those_who_may_use_the_admin_are_offered_it(client):
    client.force_login(make_person(is_staff=True))

    assert 'href="/admin/"' in client.get("/").text


@pytest.mark.django_db
def test_the_portal_sets_two_cookies_and_no_third(client):
    person = make_person()

    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": person.username, "password": PASSWORD})

    assert set(client.cookies) <= {"csrftoken", "sessionid"}


@pytest.mark.django_db
def test_a_password_can_be_changed(client):
    person = make_person()
    client.force_login(person)
    new = "quite another long password"

    response = client.post(
        "/accounts/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
        follow=True,
    )

    assert "Your password is changed" in response.text
    person.refresh_from_db()
    assert person.check_password(new)


@pytest.mark.django_db
def test_a_password_that_will_not_do_is_refused_in_sentences(client, html_faults):
    client.force_login(make_person())

    page = client.post(
        "/accounts/password/",
        {"old_password": "no", "new_password1": "short", "new_password2": "other"},
    ).text

    assert "This is not your old password." in page
    assert "The two new passwords differ." in page
    assert html_faults(page) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False])
def test_one_signs_in_and_out_with_and_without_javascript(new_page, javascript):
    person = make_person()
    page = new_page(width=PHONE, javascript=javascript)

    page.goto("/accounts/login/?next=/privacy/")
    page.get_by_label("User name").fill(person.username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Privacy notice").wait_for()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("heading", name="You are signed out").wait_for()


@pytest.mark.django_db(transaction=True)
def test_the_error_summary_takes_one_to_the_field(page, axe_faults):
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in").click()

    summary = page.get_by_role("alert")
    summary.wait_for()
    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    assert axe_faults(page) == []
    summary.get_by_role("link", name="Enter your password").click()

    assert page.evaluate("document.activeElement.id") == "id_password"
