"""Whoever an action falls to is reminded once its day is over."""

from datetime import date

import pytest

from governance.actions import clocks, decisions, escalations
from governance.actions.staff_settings import settle
from governance.models import ActionPoint, DigestLine, OutboxMessage, StaffSettings
from tests.factories import (
    make_escalation,
    make_governance_administrator,
    make_ladder,
    make_member,
    officer_of,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = date(2026, 11, 6), date(2026, 11, 9)
SUBJECT = "An action that falls to you or your body is overdue"


@pytest.fixture
def ladder(at):
    at(date(2026, 11, 2))
    return make_ladder(2)


@pytest.fixture
def matter(ladder):
    """A matter that its board has resolved."""
    below, board = ladder
    by = officer_of(board)
    matter = escalations.accept(escalation=make_escalation(below, board), by=by)
    return escalations.resolve(escalation=matter, outcome="A lift is built", by=by)


def act(matter, body, **fields):
    """An action that falls to a body, due on Friday, of which nobody has had a mail."""
    asked = {"text": "Ask Mrs Begum", "body": body, "due_on": FRIDAY, **fields}
    decisions.add_action(escalation=matter, by=officer_of(matter.current_body), **asked)
    OutboxMessage.objects.all().delete()
    return ActionPoint.objects.latest("pk")


def reminded():
    """The addresses reminded since the last time."""
    clocks.climb_overdue()
    mails = list(OutboxMessage.objects.order_by("to"))
    OutboxMessage.objects.all().delete()
    return [mail.to for mail in mails if "is overdue" in mail.subject]


def test_officers_are_reminded_in_the_first_office_hour_after_the_day_and_never_again(at, matter):
    point = act(matter, body := matter.raising_body)
    told = {}

    for day in range(5, 30):
        for hour in (7, 10, 15, 20):
            at(date(2026, 11, day), hour)
            if found := reminded():
                told[day, hour] = found

    assert told == {(9, 10): [officer_of(body).email]}  # the Monday
    point.refresh_from_db()
    assert (point.reminded_on, point.is_open) == (MONDAY, True)


def test_nobody_is_reminded_on_the_day_itself(at, matter):
    act(matter, matter.raising_body)

    at(FRIDAY)
    assert reminded() == []
    at(MONDAY)
    assert len(reminded()) == 1


def test_what_is_done_is_not_reminded_of(at, matter):
    point = act(matter, matter.raising_body)
    decisions.finish(action_point=point, by=officer_of(matter.raising_body))

    at(MONDAY)

    assert clocks.climb_overdue() == []
    assert reminded() == []


def test_whom_it_falls_to_by_name_is_reminded_and_not_the_officers(at, matter):
    person = make_member(matter.raising_body)
    act(matter, matter.raising_body, person=person)

    at(MONDAY)

    assert reminded() == [person.email]


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_officers_are_reminded_where_the_person_cannot_be(at, matter, change):
    person = make_member(matter.raising_body)
    act(matter, matter.raising_body, person=person)
    type(person).objects.filter(pk=person.pk).update(**change)

    at(MONDAY)

    assert reminded() == [officer_of(matter.raising_body).email]


def test_administrators_are_reminded_where_no_officer_is_left(at, matter):
    administrator = make_governance_administrator()
    act(matter, matter.raising_body)
    officer = officer_of(matter.raising_body)
    type(officer).objects.filter(pk=officer.pk).update(is_active=False)

    at(MONDAY)

    assert reminded() == [administrator.email]


def test_a_reminder_is_due_again_once_the_day_was_moved_and_is_over(at, matter):
    point = act(matter, matter.raising_body)
    at(MONDAY)
    assert len(reminded()) == 1

    moved = {"due_on": date(2026, 11, 11), "reason": "No time", "seen": FRIDAY}
    decisions.move_due_day(action_point=point, by=officer_of(matter.current_body), **moved)

    told = {}
    for day in range(9, 20):
        at(date(2026, 11, day))
        told[day] = len(reminded())
    assert [day for day, number in told.items() if number] == [12]
    point.refresh_from_db()
    assert point.reminded_on == date(2026, 11, 12)


def test_the_reminder_is_nothing_that_somebody_did(at, matter):
    point = act(matter, matter.raising_body)
    before = list(point.history.values())

    at(MONDAY)
    assert len(reminded()) == 1

    assert list(point.history.values()) == before


@pytest.mark.parametrize("kind, is_named", [("action", False), ("condition", True)])
def test_the_mail_says_whose_it_is_and_by_when_and_not_what_it_is(at, matter, kind, is_named):
    body = matter.raising_body
    person = make_member(body) if is_named else None
    act(matter, body, kind=kind, person=person)

    at(MONDAY)
    clocks.climb_overdue()

    mail = OutboxMessage.objects.get()
    if is_named:
        assert mail.subject == "A condition that falls to you or your body is overdue"
        begin = (
            f"A condition of a decision that falls to {body}, to one of its people by name, was to"
            " be met by 6 November 2026.\n"
        )
    else:
        assert mail.subject == SUBJECT
        begin = f"An action that falls to {body} was to be done by 6 November 2026.\n"
    assert mail.text.startswith(begin)
    assert "/actions/\n" in mail.text
    for secret in ("Begum", "lift", matter.title, str(person or "Mrs"), matter.reference):
        assert secret not in mail.subject + mail.text


def test_a_reminder_comes_with_the_daily_mail_of_who_wants_that(at, matter):
    body = matter.raising_body
    act(matter, body)
    settle(by=officer_of(body), mail=StaffSettings.Mail.DAILY, absent_until=None)

    at(MONDAY)

    assert reminded() == []
    line = DigestLine.objects.get(line__contains="overdue")
    assert (line.line, line.due) == (f"{SUBJECT} – {body}", FRIDAY)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(at, matter):
    points = [act(matter, matter.raising_body) for _ in range(5)]

    at(MONDAY)
    outcomes = at_once(*[clocks.climb_overdue] * 3)

    done = sorted(sentence for outcome in outcomes for sentence in outcome)
    assert done == sorted(f"Action {point.pk} reminded" for point in points)
    assert OutboxMessage.objects.filter(subject=SUBJECT).count() == len(points)


@pytest.mark.django_db(transaction=True)
def test_what_is_finished_while_workers_look_is_reminded_of_or_not_and_stays_done(at, matter):
    point = act(matter, matter.raising_body)
    by = officer_of(matter.raising_body)

    at(MONDAY)
    said, done = at_once(
        clocks.climb_overdue, lambda: decisions.finish(action_point=point, by=by, note="Asked")
    )

    point.refresh_from_db()
    assert (point.is_open, point.done_note, done) == (False, "Asked", point)
    assert OutboxMessage.objects.filter(subject=SUBJECT).count() == len(said)
    assert point.reminded_on == (MONDAY if said else None)
