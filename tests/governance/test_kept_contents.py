"""What is kept of a page for signed-in readers, and what stays each reader's own."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import MessageEncoder
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from governance import kept
from governance.actions import escalations
from governance.actions.structure import structure_edited
from governance.models import Decision, Meeting
from governance.permissions import ENGAGEMENT_KIND
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_escalation,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_member,
    make_organisation,
    make_person,
    officer_of,
    today,
)

pytestmark = pytest.mark.django_db

RAISE = "Raise a matter"


def page_of(reader, address, status=200):
    client = Client()
    if reader:
        client.force_login(reader)
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def body():
    return make_body("Living Well")


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The version, the session, the person.
        ("/structure/", 3),
        ("/structure/?as_on=2024-01-01", 3),
        ("/organisations/", 3),
        ("/measures/", 3),
        ("/", 3),
        ("/bodies/{}/", 3),
    ],
)
@pytest.mark.parametrize(
    "make_reader", [make_person, make_engagement_team_member, lambda: make_member(make_body())]
)
def test_signed_in_readers_get_a_kept_content_in_few_queries(
    client, body, django_assert_num_queries, address, queries, make_reader
):
    make_organisation()
    client.force_login(make_reader())
    address = address.format(body.slug)
    first = client.get(address).content.decode()

    with django_assert_num_queries(queries):
        second = client.get(address).content.decode()

    assert without_tokens(second) == without_tokens(first)


def without_tokens(page):
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("address", ["/structure/", "/bodies/{}/"])
def test_each_reader_sees_their_own_name_and_nobody_elses(body, address):
    address = address.format(body.slug)
    one, other = make_person(username="lovelace"), make_person(username="grace")

    pages = [page_of(reader, address) for reader in (one, other, None, one)]

    assert ["lovelace" in page for page in pages] == [True, False, False, True]
    assert ["grace" in page for page in pages] == [False, True, False, False]
    assert ["Staff sign-in" in page for page in pages] == [False, False, True, False]
    assert not any("<!--" in page for page in pages)


def test_who_sits_on_a_body_is_offered_more_whoever_looked_before(body):
    address = f"/bodies/{body.slug}/"
    member, another = make_member(body), make_member(make_body())
    readers = (None, another, member, another, None, member)

    offered = [RAISE in page_of(reader, address) for reader in readers]

    assert offered == [False, False, True, False, False, True]


def test_a_seat_that_is_left_counts_no_more_from_the_next_request(body):
    address = f"/bodies/{body.slug}/"
    member = make_member(body)
    assert RAISE in page_of(member, address)
    seat = member.memberships.get()

    seat.end_date = today() - timedelta(days=1)
    seat.save()
    structure_edited()

    assert RAISE not in page_of(member, address)


def test_a_group_that_is_left_counts_no_more_from_the_next_request():
    centre = make_body(kind=make_kind(ENGAGEMENT_KIND))
    officer = make_engagement_team_member()
    assert RAISE in page_of(officer, f"/bodies/{centre.slug}/")

    officer.groups.clear()

    assert RAISE not in page_of(officer, f"/bodies/{centre.slug}/")


def test_a_reader_is_named_as_they_are_called_now(body):
    reader = make_person(first_name="Ada", last_name="<King>")
    assert "Ada &lt;King&gt;" in page_of(reader, "/structure/")

    type(reader).objects.update(last_name="Lovelace")

    assert "Ada Lovelace" in page_of(reader, "/structure/")


def test_only_who_may_enter_the_admin_is_shown_the_way(body):
    readers = make_person(), make_person(is_staff=True), None, make_person()

    assert ['href="/admin/"' in page_of(reader, "/structure/") for reader in readers] == [
        False,
        True,
        False,
        False,
    ]


def test_what_a_deed_has_to_say_is_said_once_and_to_one_reader(body):
    telling, other = Client(), make_person()
    telling.force_login(make_person())
    page_of(other, "/structure/")
    session = telling.session
    session["_messages"] = MessageEncoder().encode([Message(25, "It is saved.")])
    session.save()

    assert "It is saved." in telling.get("/structure/").text
    assert "It is saved." not in page_of(other, "/structure/")
    assert "It is saved." not in telling.get("/structure/").text


def test_the_form_of_a_kept_page_is_taken(body):
    reader = Client(enforce_csrf_checks=True)
    reader.force_login(make_person())
    pages = [reader.get("/structure/").text for _ in range(2)]
    first, second = (re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages)

    response = reader.post("/accounts/logout/", {"csrfmiddlewaretoken": second})

    assert first != second  # masked anew each time
    assert response.status_code == 302


def test_a_session_that_has_ended_is_nobodys(body):
    reader = Client()
    reader.force_login(make_person(username="lovelace"))
    Session.objects.update(expire_date=timezone.now())

    assert "lovelace" not in reader.get("/structure/").text


def test_an_account_that_was_closed_is_nobodys(body):
    reader, person = Client(), make_person(username="lovelace")
    reader.force_login(person)
    assert "lovelace" in reader.get("/structure/").text

    type(person).objects.update(is_active=False)

    assert "lovelace" not in reader.get("/structure/").text


def test_a_meeting_that_is_not_public_is_seen_by_staff_alone(body):
    address = f"/bodies/{body.slug}/"
    Meeting.objects.create(
        body=body, starts_at=f"{today()} 12:00Z", place="Room 7", is_public=False
    )
    structure_edited()

    shown = [
        "Room 7" in page_of(reader, address) for reader in (make_person(), None, make_person())
    ]

    assert shown == [True, False, True]


def test_a_decision_that_settles_a_matter_is_hidden_at_once_from_other_staff():
    below, board, _ = make_ladder(3)
    matter = make_escalation(below, board)
    decision = Decision.objects.create(
        body=board, title="Two nurses", text="Granted", decided_on=today(), is_public=False
    )
    structure_edited()
    readers = (officer_of(board), make_person(), make_governance_administrator())

    def who_see():
        return ["Two nurses" in page_of(each, f"/bodies/{board.slug}/") for each in readers]

    assert who_see() == [True, True, True]
    matter = escalations.accept(escalation=matter, by=officer_of(board))
    matter = escalations.resolve(escalation=matter, decision=decision, by=officer_of(board))
    assert who_see() == [True, False, True]
    escalations.reopen(escalation=matter, reason="It goes on", by=officer_of(below))
    assert who_see() == [True, True, True]


def test_the_first_request_after_an_edit_sees_it(body):
    reader = make_person()
    page_of(reader, "/structure/")
    other = make_body("Estates")

    assert other.slug in page_of(reader, "/structure/")


@pytest.mark.parametrize("address", ["/bodies/no-such-body/", "/structure/?as_on=never"])
def test_a_page_that_is_refused_is_whole(address):
    page = Client()
    page.force_login(make_person())

    response = page.get(address)

    assert response.status_code in {400, 404}
    assert "tht-footer" in response.text
    assert "<!--" not in response.text


def test_a_page_that_fails_has_the_readers_own_parts(body, monkeypatch, settings):
    settings.DEBUG = False
    monkeypatch.setattr("governance.views.structure.in_three_ways", None)
    client = Client(raise_request_exception=False)
    client.force_login(make_person())

    response = client.get("/structure/")

    assert response.status_code == 500
    assert "<!--" not in response.content.decode()


def test_the_memory_it_takes_is_bounded(client, body, monkeypatch):
    monkeypatch.setattr(kept, "MOST_CONTENTS", 3)
    client.force_login(make_person())
    for day in range(1, 6):
        client.get(f"/structure/?as_on=2026-01-0{day}")

    assert len(kept._kept) == 3
