"""Ways to take part: who sees them, who signs up, who waits, who is told and what is kept."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from engagement import throttle
from engagement.actions import activities
from engagement.models import Activity, Interest, RetentionPeriod
from engagement.sending import new_token
from governance.models import OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import (
    make_activity,
    make_body,
    make_engagement_team_member,
    make_governance_administrator,
    make_locality,
    make_member,
    make_officer,
    make_person,
    make_project,
    make_story,
    sign_up,
    today,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


def mails_to(address):
    return list(OutboxMessage.objects.filter(to=address).order_by("pk"))


def posted(**answers):
    who = {"name": "Nadia", "email": "nadia@example.org", "phone": "", "agrees": "on"}
    return who | {"token": new_token()} | answers


# --- The list -------------------------------------------------------------------------------------


def test_the_list_shows_what_is_coming_the_next_one_first(client, html_faults):
    make_activity(title="In two weeks", in_days=14)
    make_activity(title="Tomorrow", in_days=1)
    make_activity(title="Yesterday", in_days=-1)
    make_activity(title="A draft", published_on=None)
    make_activity(title="Not yet", published_on=today() + DAY)

    page = client.get("/get-involved/").text

    assert page.index("Tomorrow") < page.index("In two weeks")
    for hidden in ("Yesterday", "A draft", "Not yet"):
        assert hidden not in page
    assert html_faults(page) == []


def test_the_list_is_filtered_by_locality_body_way_and_time(client):
    ne, nw = make_locality("ne"), make_locality("nw")
    body = make_body("Living Well", slug="living-well")
    make_activity(body, title="Here", is_online=True).localities.add(ne)
    make_activity(title="There", place="", is_online=True).localities.add(nw)
    make_activity(title="Everywhere")
    make_activity(title="Over", in_days=-3)

    def titles(query):
        page = client.get(f"/get-involved/?{query}").text
        return {each for each in ("Here", "There", "Everywhere", "Over") if f">{each}<" in page}

    assert titles("") == {"Here", "There", "Everywhere"}
    assert titles("locality=ne") == {"Here", "Everywhere"}
    assert titles("body=living-well") == {"Here"}
    assert titles("how=on-line") == {"Here", "There"}
    page = client.get("/get-involved/").text
    assert "Idea Store Bow, or online" in page and "Online</" in page and "n-line<" not in page
    assert titles("how=in-person") == {"Here", "Everywhere"}
    assert titles("when=past") == {"Over"}
    assert titles("locality=ne&how=in-person") == {"Here", "Everywhere"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("locality=xx", "There is no locality “xx”"),
        ("body=none", "There is no body “none”"),
        ("how=by-boat", "There is no way “by-boat”"),
        ("when=never", "There is no time “never”"),
        ("page=x", "There is no such page"),
        ("page=0", "There is no such page"),
    ],
)
def test_what_the_list_does_not_know_it_says(client, html_faults, query, sentence):
    page = client.get(f"/get-involved/?{query}")

    assert page.status_code == 400
    assert sentence in page.text or "There is no such page" in page.text
    assert html_faults(page.text) == []
    assert client.get(f"/get-involved/calendar.ics?{query}").status_code == 400


def test_an_empty_list_says_so(client, html_faults):
    page = client.get("/get-involved/").text

    assert "Nothing of this kind is planned." in page
    assert html_faults(page) == []


@pytest.mark.parametrize("number", [1, 25])
def test_the_list_asks_as_much_for_many_as_for_few(client, django_assert_num_queries, number):
    for _ in range(number):
        activity = make_activity(places=3)
        activity.localities.add(make_locality("ne"))
        sign_up(activity)
    client.get("/get-involved/")

    with django_assert_num_queries(6):
        client.get("/get-involved/")


def test_the_calendar_holds_what_the_list_shows_and_strikes_out_what_is_cancelled(client):
    activity = make_activity(title="Tea and talk", is_cancelled=True, note="The hall is shut.")
    make_activity(title="Over", in_days=-3)

    answer = client.get("/get-involved/calendar.ics")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")

    assert answer["Content-Type"].startswith("text/calendar")
    assert event["SUMMARY"] == "Cancelled: Tea and talk"
    assert event["STATUS"] == "CANCELLED"
    assert event["URL"].endswith(activity.get_absolute_url())
    assert event.start == activity.starts_at.replace(microsecond=0)


# --- One activity ---------------------------------------------------------------------------------


def test_a_page_says_all_that_one_needs_to_know(client, html_faults):
    activity = make_activity(
        make_body("Living Well"),
        project=make_project(name="Safe homes"),
        access="Step-free",
        languages="Bengali interpreter",
        places=1,
        closes_on=today() + DAY,
    )
    activity.localities.add(make_locality("ne", name="North East"))

    page = client.get(activity.get_absolute_url()).text

    for said in ("Living Well", "Safe homes", "Step-free", "Bengali interpreter", "North East"):
        assert said in page
    assert "<strong>talk</strong>" in page
    assert "1 place left" in page
    assert html_faults(page) == []


def test_a_draft_is_there_for_those_who_edit_it_and_who_hold_it(client):
    body = make_body()
    activity = make_activity(body, published_on=None)

    def status_for(person):
        if person:
            client.force_login(person)
        return client.get(activity.get_absolute_url()).status_code

    assert status_for(None) == 404
    assert status_for(make_member(body)) == 404
    assert status_for(make_officer(body)) == 200
    assert status_for(make_engagement_team_member()) == 200
    assert status_for(make_governance_administrator()) == 200
    assert "Draft." in client.get(activity.get_absolute_url()).text


def test_afterwards_the_page_tells_what_it_led_to(client, html_faults):
    activity = make_activity(in_days=-7, result="A **second** nurse.")
    make_story(title="The second nurse", activity=activity)
    make_story(title="Not told yet", activity=activity, published_on=None)

    page = client.get(activity.get_absolute_url()).text

    assert "A <strong>second</strong> nurse." in page
    assert "The second nurse" in page and "Not told yet" not in page
    assert 'name="agrees"' not in page
    assert html_faults(page) == []


# --- Signing up -----------------------------------------------------------------------------------


def test_a_sign_up_says_where_it_is_opened(client, settings):
    settings.PORTAL_URL = "https://together.example"

    page = client.post(f"{make_activity().get_absolute_url()}join/", posted()).text

    address = "/get-involved/receipt/"
    assert f'<a href="{address}">together.example{address}</a>' in page


def test_who_signs_up_is_shown_a_code_and_told_by_a_mail_that_does_not_hold_it(client, html_faults):
    body = make_body("Living Well")
    officer = make_officer(body)
    activity = make_activity(body, title="Coping with HIV")

    page = client.post(f"{activity.get_absolute_url()}join/", posted()).text

    joined = sign_up_of("nadia@example.org")
    code = page.split('tht-receipt__code">')[1].split("<")[0]
    [mail] = mails_to("nadia@example.org")
    [told] = mails_to(officer.email)
    assert "You have a place." in page
    assert html_faults(page) == []
    assert joined.has_place
    assert mail.subject == f"{joined.reference}: you have a place"
    for text in (mail.subject, mail.text, told.subject, told.text):
        assert code not in text
        assert "HIV" not in text
        assert "Nadia" not in text


def sign_up_of(email):
    return Interest.objects.get(email=email)


def test_pressing_twice_signs_up_once_and_shows_the_same_code(client):
    activity = make_activity()
    answers = posted()
    address = f"{activity.get_absolute_url()}join/"

    first, second = client.post(address, answers), client.post(address, answers)

    code = first.text.split('tht-receipt__code">')[1].split("<")[0]
    assert code in second.text
    assert Interest.objects.count() == 1
    assert len(mails_to("nadia@example.org")) == 1


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"name": ""}, "Enter your name"),
        ({"email": "nadia"}, "Enter an e-mail address in full"),
        ({"email": ""}, "one is enough"),
        ({"agrees": ""}, "Tick the box"),
        ({"name": "N" * 121}, "Shorten your name"),
        ({"phone": "0" * 41}, "Shorten your telephone number"),
        ({"email": "", "phone": "ring me"}, "Enter your whole telephone number"),
        ({"phone": "0770 090"}, "Enter your whole telephone number"),
    ],
)
def test_what_is_missing_is_said_at_the_field_and_all_that_was_typed_kept(
    client, html_faults, answers, sentence
):
    activity = make_activity()

    page = client.post(f"{activity.get_absolute_url()}join/", posted(**answers)).text

    assert page.count(sentence) == 2  # at the field, and in the summary
    assert "Error: " in page
    assert answers.get("name", "Nadia") in page
    assert html_faults(page) == []
    assert not Interest.objects.exists()


def test_a_telephone_number_is_enough(client):
    activity = make_activity()

    page = client.post(
        f"{activity.get_absolute_url()}join/", posted(email="", phone="020 7946 0000")
    ).text

    assert "We ring you only if something changes." in page


@pytest.mark.parametrize("phone", ["7946 0000", "০২০ ৭৯৪৬ ০০০০", "Ask for Ali, +44 20 7946 0000"])
def test_a_number_that_can_be_rung_is_taken_as_it_is_written(client, phone):
    activity = make_activity()

    client.post(f"{activity.get_absolute_url()}join/", posted(email="", phone=phone))

    assert Interest.objects.get().phone == phone


def test_when_all_places_are_taken_the_next_ones_wait_in_line(client, html_faults):
    activity = make_activity(places=1)
    sign_up(activity, email="first@example.org")
    sign_up(activity, email="second@example.org")

    before = client.get(activity.get_absolute_url()).text
    page = client.post(f"{activity.get_absolute_url()}join/", posted()).text

    assert "Full: waiting list" in before and "Join the waiting list" in before
    assert "You are number 2 in the line." in page
    assert html_faults(page) == []
    assert not sign_up_of("nadia@example.org").has_place


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"is_cancelled": True}, "is cancelled"),
        ({"takes_names": False}, "just come"),
        ({"in_days": -1}, "has closed"),
        ({"closes_on": LONG_AGO.date()}, "has closed"),
    ],
)
def test_nobody_signs_up_for_what_is_closed_and_what_was_typed_is_kept(client, fields, sentence):
    activity = make_activity(**fields)

    answer = client.post(f"{activity.get_absolute_url()}join/", posted())

    assert answer.status_code == 409
    assert sentence in answer.text
    assert not Interest.objects.exists()
    with pytest.raises(MoveNotAllowed):
        sign_up(activity)


def test_the_closing_date_is_the_last_day():
    activity = make_activity(closes_on=today())

    assert sign_up(activity).interest.has_place


def test_a_form_without_its_proof_comes_back_with_what_was_typed():
    activity = make_activity()

    answer = Client(enforce_csrf_checks=True).post(
        f"{activity.get_absolute_url()}join/", posted(name="Nadia Begum")
    )

    assert answer.status_code == 403
    assert "Nadia Begum" in answer.text
    assert not Interest.objects.exists()


def test_without_its_proof_who_asks_for_a_new_code_types_nothing_twice():
    address = "/get-involved/receipt/new-code/"

    page = Client(enforce_csrf_checks=True).post(address, {"email": "nadia@example.org"})

    assert page.status_code == 403
    assert 'value="nadia@example.org"' in page.text


# --- The receipt ----------------------------------------------------------------------------------


def opened(client, secret):
    return client.post("/get-involved/receipt/", {"secret": secret}, follow=True).text


def test_the_code_opens_the_sign_up_and_nothing_else_does(client, html_faults):
    activity = make_activity(title="Tea and talk")
    joined = sign_up(activity)

    door = client.get("/get-involved/receipt/").text
    wrong = opened(client, "K7QM-2XN4-09TD-HJ5R")
    page = opened(client, joined.secret.lower().replace("-", " "))

    assert "No sign-up has this code." in wrong
    assert "Tea and talk" in page and "You have a place." in page
    assert [html_faults(each) for each in (door, wrong, page)] == [[], [], []]
    assert joined.interest.secret_hash not in page


def test_who_withdraws_is_removed_and_the_one_who_waited_longest_gets_the_place(client):
    activity = make_activity(places=1)
    first = sign_up(activity, email="first@example.org")
    second = sign_up(activity, email="second@example.org")
    third = sign_up(activity, email="third@example.org")
    opened(client, first.secret)

    page = client.post("/get-involved/receipt/withdraw/", follow=True).text

    assert "You have withdrawn." in page
    assert not Interest.objects.filter(pk=first.interest.pk).exists()
    assert mails_to("first@example.org") == []
    second.interest.refresh_from_db()
    third.interest.refresh_from_db()
    assert (second.interest.has_place, third.interest.has_place) == (True, False)
    assert "it is yours" in mails_to("second@example.org")[-1].subject
    assert len(mails_to("third@example.org")) == 1


@pytest.mark.parametrize("now", [{"starts_at": LONG_AGO}, {"is_cancelled": True}])
def test_nobody_gets_a_place_in_what_has_begun_or_is_cancelled(client, now):
    activity = make_activity(places=1)
    first = sign_up(activity, email="first@example.org")
    second = sign_up(activity, email="second@example.org")
    Activity.objects.filter(pk=activity.pk).update(**now)

    activities.withdraw(interest=first.interest)

    second.interest.refresh_from_db()
    assert not second.interest.has_place
    client.force_login(make_engagement_team_member())
    asked = client.get(f"/get-involved/{activity.slug}/people/{second.interest.pk}/")
    assert "Take off" in asked.text and "gets the place" not in asked.text
    assert [mail.subject.split(": ")[1] for mail in mails_to("second@example.org")] == [
        "you are on the waiting list"
    ]


@pytest.mark.parametrize("published_on", [LONG_AGO.date(), None])
def test_a_sign_up_leads_to_its_activity_only_while_that_is_there(client, published_on):
    joined = sign_up(make_activity())
    Activity.objects.update(published_on=published_on)

    page = opened(client, joined.secret)

    assert ("What it involves" in page) == (published_on is not None)


def test_withdrawing_twice_does_no_harm(client):
    joined = sign_up(make_activity())
    opened(client, joined.secret)

    client.post("/get-involved/receipt/withdraw/")
    again = client.post("/get-involved/receipt/withdraw/")

    assert again.status_code == 200
    activities.withdraw(interest=joined.interest)
    assert not Interest.objects.exists()


def test_organisers_are_asked_to_ring_whoever_has_no_mail_and_moves_up():
    body = make_body()
    officer = make_officer(body)
    activity = make_activity(body, places=1)
    first = sign_up(activity, email="first@example.org")
    sign_up(activity, email="", phone="020 7946 0000")

    activities.withdraw(interest=first.interest)

    moved_up = [mail for mail in mails_to(officer.email) if "moved up" in mail.subject]
    assert len(moved_up) == 1 and "please ring them" in moved_up[0].text
    assert "7946 0000" not in moved_up[0].text


def test_who_gave_a_number_alone_is_not_sent_to_one_that_stands_nowhere(client):
    page = client.get("/get-involved/receipt/").text

    assert '<a href="/feedback/">send us a message</a>: say which activity it is' in page


def test_a_lost_code_is_replaced_by_mail_and_nobody_learns_who_signed_up(client):
    joined = sign_up(make_activity())

    answers = [
        client.post("/get-involved/receipt/new-code/", {"email": address}).text
        for address in ("NADIA@example.org ", "other@example.org")
    ]
    mail = mails_to("nadia@example.org")[-1]
    code = mail.text.split("The new code: ")[1].split()[0]

    assert all("If someone has signed up with this e-mail address" in each for each in answers)
    assert mails_to("other@example.org") == []
    assert "No sign-up has this code." in opened(client, joined.secret)
    assert "You have a place." in opened(client, code)


def test_asking_for_a_new_code_takes_the_same_steps_whoever_has_signed_up(client):
    sign_up(make_activity())
    mails = OutboxMessage.objects.count()

    def steps(address):
        with CaptureQueriesContext(connection) as captured:
            client.post("/get-involved/receipt/new-code/", {"email": address})
        kinds = [query["sql"].split()[0] for query in captured]
        return [kind for kind in kinds if kind not in {"SAVEPOINT", "RELEASE", "ROLLBACK"}]

    steps("first@example.org")  # the first of a window cleans up
    wrong, mails_of_wrong = steps("other@example.org"), OutboxMessage.objects.count() - mails
    right = steps("nadia@example.org")

    assert wrong == right
    assert mails_of_wrong == 0
    assert OutboxMessage.objects.count() == mails + 1


def test_nobody_is_flooded_with_new_codes():
    sign_up(make_activity())

    for email in ("nadia@example.org", "nobody@example.org"):
        pages = [
            Client().post(
                "/get-involved/receipt/new-code/", {"email": email}, REMOTE_ADDR=f"192.0.2.{number}"
            )
            for number in range(4)
        ]
        assert [page.status_code for page in pages] == [200, 200, 200, 429]
        assert "the code in the newest one works" in pages[-1].text

    codes = [mail for mail in mails_to("nadia@example.org") if "new code" in mail.subject]
    assert len(codes) == throttle.MAILING.tries


def test_who_guesses_codes_is_stopped(client):
    for _ in range(10):
        client.post("/get-involved/receipt/", {"secret": "K7QM-2XN4-09TD-HJ5R"})

    answer = client.post("/get-involved/receipt/", {"secret": "K7QM-2XN4-09TD-HJ5R"})

    assert answer.status_code == 429


def test_what_was_opened_closes_after_half_an_hour(client, monkeypatch):
    joined = sign_up(make_activity(in_days=60))
    opened(client, joined.secret)
    later = timezone.now() + timedelta(minutes=31)

    monkeypatch.setattr("engagement.views.opening.timezone.now", lambda: later)
    page = client.get("/get-involved/receipt/").text

    assert "has been closed" in page
    assert "Nadia" not in page


# --- Those who hold it ----------------------------------------------------------------------------


def test_the_list_of_people_is_for_the_owner_s_officers_and_the_engagement_team(
    client, html_faults
):
    body = make_body()
    activity = make_activity(body, places=1)
    sign_up(activity, "Nadia")
    sign_up(activity, "Nadia again")
    address = f"{activity.get_absolute_url()}people/"

    def answer_for(person):
        client.force_login(person)
        return client.get(address)

    assert client.get(address).status_code == 302
    assert answer_for(make_person()).status_code == 404
    assert answer_for(make_member(body)).status_code == 404
    assert answer_for(make_officer(make_body())).status_code == 404
    assert answer_for(make_governance_administrator()).status_code == 404
    assert answer_for(make_engagement_team_member()).status_code == 200
    page = answer_for(make_officer(body)).text
    assert "1 with a place of 1, 1 waiting" in " ".join(page.split())
    assert page.count("Same address twice") == 2
    assert html_faults(page) == []


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_of_people_asks_as_much_for_many(client, django_assert_num_queries, number):
    body = make_body()
    activity = make_activity(body)
    for _ in range(number):
        sign_up(activity)
    client.force_login(make_officer(body))
    client.get(f"{activity.get_absolute_url()}people/")

    with django_assert_num_queries(9):
        client.get(f"{activity.get_absolute_url()}people/")


def test_someone_is_taken_off_for_them_once_it_is_confirmed(client, html_faults):
    body = make_body()
    activity = make_activity(body)
    joined = sign_up(activity)
    client.force_login(make_officer(body))
    address = f"{activity.get_absolute_url()}people/{joined.interest.pk}/"

    asked = client.get(address).text
    first = client.post(address, follow=True).text
    second = client.post(address, follow=True).text

    assert html_faults(asked) == []
    assert "They are off the list" in first
    assert "They are not on the list any more." in second
    assert not Interest.objects.exists()


def test_nobody_else_takes_anyone_off():
    joined = sign_up(make_activity())

    with pytest.raises(PermissionDenied):
        activities.remove(interest=joined.interest, by=make_officer(make_body()))


def test_more_places_let_those_who_wait_move_up_and_a_new_day_is_told_to_all():
    activity = make_activity(places=1)
    for name in ("first", "second", "third"):
        sign_up(activity, email=f"{name}@example.org")
    Activity.objects.filter(pk=activity.pk).update(places=2, place="Idea Store Whitechapel")

    activities.note_change(activity=activity, changed=["places", "place"])

    activity.refresh_from_db()
    assert activity.sequence == 1
    assert activity.interests.filter(has_place=True).count() == 2
    assert [mail.subject.split(": ")[1] for mail in mails_to("second@example.org")] == [
        "you are on the waiting list",
        "something has changed",
        "a place is free, and it is yours",
    ]
    assert len(mails_to("third@example.org")) == 2


@pytest.mark.parametrize(("ended", "told"), [(-DAY, 0), (DAY, 1)], ids=["over", "going on"])
def test_what_is_put_right_once_it_is_over_is_told_to_nobody(ended, told):
    activity = make_activity()
    sign_up(activity, email="nadia@example.org")
    now = timezone.now()
    Activity.objects.filter(pk=activity.pk).update(
        starts_at=now - 2 * DAY, ends_at=now + ended, place="Idea Store Whitechapel"
    )

    activities.note_change(activity=activity, changed=["place"])

    changed = [mail for mail in mails_to("nadia@example.org") if "changed" in mail.subject]
    assert len(changed) == told


# --- What is kept ---------------------------------------------------------------------------------


def test_who_signed_up_is_forgotten_when_the_time_is_over():
    RetentionPeriod.objects.create(slug="sign-up", months=3)
    old = sign_up(make_activity(), email="old@example.org")
    sign_up(make_activity(), email="new@example.org")
    began = timezone.now() - timedelta(days=95)
    Activity.objects.filter(pk=old.interest.activity_id).update(starts_at=began)

    call_command("apply_retention", stdout=StringIO())
    call_command("apply_retention", stdout=StringIO())

    assert [each.email for each in Interest.objects.all()] == ["new@example.org"]
    assert mails_to("old@example.org") == []
    assert len(mails_to("new@example.org")) == 1


def test_a_sign_up_is_erased_by_its_reference():
    joined = sign_up(make_activity())
    said = StringIO()

    call_command("erase_contact", joined.interest.reference, stdout=said)

    assert "is removed" in said.getvalue()
    assert not Interest.objects.exists()
    assert mails_to("nadia@example.org") == []
