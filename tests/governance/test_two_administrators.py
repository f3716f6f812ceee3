"""Two administrators at once: what one saves while the other has a page open, or saves too."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client

from governance.actions import lifecycle, structure, structure_checks
from governance.actions.meetings import check_body_is_there
from governance.admin import base
from governance.models import Body, BodyName, Meeting, Membership, ReportingLine, Seat, User
from governance.permissions import ENGAGEMENT_TEAM
from tests.admin_pages import ASSUMED, added, form_of, page_of
from tests.factories import (
    REASON,
    make_body,
    make_governance_administrator,
    make_line,
    make_member,
    make_person,
    make_seat,
)
from tests.parallel import Meanwhile, at_once
from tests.reading import text_of

LAST_DAY = date(2027, 3, 31)


def somebody(**names):
    person, client = make_governance_administrator(), Client()
    User.objects.filter(pk=person.pk).update(**names)
    client.force_login(person)
    return client


def given():
    return {"by": make_governance_administrator(), "reason": REASON}


def opened(client, model, *key, **fields):
    """A page of the admin as someone has it before them, filled in; call it to send it."""
    page = client.get(page_of(model, "change" if key else "add", *key))
    data = form_of(page) | {"reason": "Agreed.", **fields}
    if as_seen := page.context.get("as_seen"):
        data["as_seen"] = as_seen
    return lambda **more: client.post(page.request["PATH_INFO"], data | more)


# --- At the same moment ---------------------------------------------------------------------------


@pytest.fixture
def check_structure():
    """Whether all that is recorded fits, whoever was first."""

    def check():
        for body in Body.objects.all():
            structure_checks.check_body(body)
        for meeting in Meeting.objects.all():
            check_body_is_there(meeting)

    return check


def before_the_lock(monkeypatch, deed):
    """Let another do something when a page was read and checked, and is about to be saved."""
    meanwhile, lock = Meanwhile(deed), base.lock_structure

    def first():
        meanwhile.begin()
        lock()

    monkeypatch.setattr(base, "lock_structure", first)
    return meanwhile


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Seat, ReportingLine, Meeting])
def test_nothing_is_added_that_outlasts_a_body_which_another_closes(
    monkeypatch, check_structure, model
):
    body, board, ours = make_body(), make_body(), given()
    fields = {
        Seat: {"body": body.pk, "role": "member", **ASSUMED},
        ReportingLine: {"from_body": board.pk, "to_body": body.pk, "kind": "supports", **ASSUMED},
        Meeting: {
            "body": body.pk,
            "starts_at_0": "2027-04-01",
            "starts_at_1": "10:00",
            "status": "planned",
        },
    }
    save = opened(somebody(), model, **fields[model])
    close = before_the_lock(
        monkeypatch, lambda: lifecycle.close(body=body, last_day=LAST_DAY, **ours)
    )

    save()

    assert close.outcome
    check_structure()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_given_a_seat_for_longer_than_another_leaves_it(monkeypatch, check_structure):
    seat = make_seat(make_body())
    save = opened(
        somebody(), Membership, seat=seat.pk, person=make_person().pk, start_date="2026-01-01"
    )
    end = opened(somebody(), Seat, seat.pk, end_date=LAST_DAY)
    end = before_the_lock(monkeypatch, end)

    save()

    assert end.outcome
    check_structure()


@pytest.mark.django_db(transaction=True)
def test_no_line_is_drawn_to_a_body_that_another_closes(monkeypatch, check_structure):
    body, board, ours = make_body(), make_body(), given()
    close, lock = (
        Meanwhile(lambda: lifecycle.close(body=board, last_day=LAST_DAY, **ours)),
        structure.lock_structure,
    )
    monkeypatch.setattr(structure, "lock_structure", lambda: (close.begin(), lock()))

    with suppress(ValidationError):
        structure.draw_line(from_body=body, to_body=board, kind="supports", **ours)

    assert close.outcome
    check_structure()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Membership, ReportingLine, BodyName])
def test_of_two_who_add_the_same_at_once_one_is_told_of_the_other(check_structure, model):
    body, board = make_body(), make_body()
    seat = make_seat(body)

    def save():
        client = somebody()
        if model is Membership:
            return opened(
                client, model, seat=seat.pk, person=make_person().pk, start_date="2026-01-01"
            )
        if model is ReportingLine:
            ends = {"from_body": body.pk, "to_body": board.pk}
            return opened(client, model, kind="supports", **ends, **ASSUMED)
        page = client.get(page_of(Body, "change", body.pk))
        data = added(form_of(page), "names", name="New", start_date="2027-01-01", **ASSUMED)
        return lambda: client.post(page.request["PATH_INFO"], data | {"reason": "Agreed."})

    saved = at_once(save(), save())

    assert sorted(each.status_code for each in saved) == [200, 302]
    refused = next(each for each in saved if each.status_code == 200)
    sentences = {
        Membership: "would be held by two at once",
        ReportingLine: "is recorded already",
        BodyName: "It is called “New” from 1 January 2027 with no last day. Choose",
    }
    assert sentences[model] in text_of(refused.text)
    check_structure()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Seat, Body])
def test_of_two_who_save_one_page_at_once_one_is_told_of_the_other(monkeypatch, model):
    seat = make_seat(make_body())
    key = seat.pk if model is Seat else seat.body_id
    field = "title" if model is Seat else "purpose"
    mine, theirs = (opened(somebody(), model, key, **{field: each}) for each in ("One", "Two"))
    theirs = before_the_lock(monkeypatch, theirs)

    saved = [mine(), theirs.outcome]

    assert sorted(each.status_code for each in saved) == [200, 302]
    kept = getattr(model.objects.get(pk=key), field)
    assert (kept, saved[0].status_code) in {("One", 302), ("Two", 200)}


# --- With a page open -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_saves_an_old_page_is_told_what_another_changed_and_keeps_what_was_typed():
    seat = make_seat(make_body(), title="Chair of old")
    ada = somebody(first_name="Ada", last_name="King")
    mine = opened(somebody(), Seat, seat.pk, end_date=LAST_DAY)
    assert opened(ada, Seat, seat.pk, title="Chair of new")(reason="Renamed.").status_code == 302

    page = mine()

    says = text_of(page.text)
    assert "Nothing was saved. Ada King changed this on " in says
    assert "after you had opened it. Reason: “Renamed”. What you typed is still here." in says
    assert "It is “Chair of new” now." in says and "It is empty now." in says
    assert 'value="Chair of old"' in page.text and 'value="2027-03-31"' in page.text
    seat.refresh_from_db()
    assert (seat.title, seat.end_date) == ("Chair of new", None)
    assert seat.history.count() == 2

    assert mine(as_seen=page.context["as_seen"], title="Chair of new").status_code == 302
    seat.refresh_from_db()
    assert (seat.title, seat.end_date) == ("Chair of new", LAST_DAY)


@pytest.mark.django_db
def test_a_closing_is_not_taken_back_by_an_old_page_of_the_body():
    body, board = make_body(), make_body()
    make_line(body, board)
    mine = opened(somebody(), Body, body.pk, purpose="To look after rooms")
    lifecycle.close(body=body, last_day=LAST_DAY, **given())

    page = mine()

    assert "It is “31 March 2027” now." in page.text
    assert "To look after rooms" in page.text
    body.refresh_from_db()
    assert (body.end_date, body.purpose) == (LAST_DAY, "")
    assert ReportingLine.objects.get().end_date == LAST_DAY


@pytest.mark.django_db
def test_an_old_page_does_not_write_over_rows_on_it_that_another_changed():
    seat = make_seat(make_body(), title="Chair")
    person = make_person(first_name="Grace", last_name="King")
    held = Membership.objects.create(seat=seat, person=person)
    mine = opened(somebody(), Seat, seat.pk, title="The chair")
    assert opened(somebody(), Membership, held.pk, end_date=LAST_DAY)().status_code == 302

    page = mine()

    assert "changed “Grace King, Chair” here on " in text_of(page.text)
    held.refresh_from_db()
    assert held.end_date == LAST_DAY


@pytest.mark.django_db
def test_an_old_page_of_a_person_does_not_give_back_a_group_that_another_took_away():
    team = Group.objects.get(name=ENGAGEMENT_TEAM)
    person = make_person(username="ada", first_name="Ada")
    person.groups.set([team])
    joined = {"date_joined_0": "2026-11-02", "date_joined_1": "09:30"}
    mine = opened(somebody(), User, person.pk, first_name="Augusta", **joined)
    person.groups.clear()

    page = mine()

    assert "Nothing was saved. Somebody else changed this after" in text_of(page.text)
    assert "It is empty now." in text_of(page.text)
    person.refresh_from_db()
    assert (person.first_name, list(person.groups.all())) == ("Ada", [])

    User.objects.filter(pk=person.pk).update(last_login=datetime.now(UTC))
    assert mine(as_seen=page.context["as_seen"], groups=[]).status_code == 302
    person.refresh_from_db()
    assert (person.first_name, list(person.groups.all())) == ("Augusta", [])


@pytest.mark.django_db
def test_whoever_changed_a_seat_once_is_not_said_to_have_changed_its_holder():
    person = make_person(username="ada")
    held = make_member(make_body(), person=person)
    held._history_user = make_person(first_name="Olu", last_name="Before")
    held.save()
    mine = opened(somebody(), User, person.pk, date_joined_0="2026-11-02", date_joined_1="09:30")
    User.objects.filter(pk=person.pk).update(last_name="Anew")

    said = text_of(mine().text)

    assert "Nothing was saved. Somebody else changed this after you had opened it." in said
    assert "Olu Before" not in said


@pytest.mark.django_db
def test_a_page_that_shows_what_is_there_is_saved_as_often_as_one_likes():
    body = make_body()
    meeting = Meeting.objects.create(body=body, starts_at=datetime(2027, 7, 6, 9, 30, tzinfo=UTC))
    client = somebody()

    for place in ("Town Hall", "Library"):
        starts = {"starts_at_0": "2027-07-06", "starts_at_1": "10:30"}
        assert opened(client, Meeting, meeting.pk, place=place, **starts)().status_code == 302
        assert opened(client, Body, body.pk, purpose=place)().status_code == 302
    assert opened(client, Body, body.pk)(name="", **{"names-0-name": ""}).status_code == 200
