"""What the portal does of itself as clocks run: remind, tell the body above, reckon anew."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from governance.actions import clocks, escalations, merging
from governance.matter import Matter
from governance.models import (
    BankHoliday,
    Body,
    BodyName,
    Escalation,
    Membership,
    OutboxMessage,
)
from tests.factories import (
    closed_since_yesterday,
    make_bank_holiday,
    make_body,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_member,
    make_officer,
    officer_of,
)
from tests.parallel import Meanwhile, at_once

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)


def new_mails():
    """Address → subject of what has been written since the last time."""
    written = {mail.to: mail.subject for mail in OutboxMessage.objects.order_by("pk")}
    assert len(written) == OutboxMessage.objects.count(), "an address was written to twice"
    forget_mails()
    return written


def forget_mails():
    OutboxMessage.objects.all().delete()


def notices(matter):
    return [(each.kind, each.stage, each.body) for each in matter.notices.order_by("pk")]


# --- Overdue --------------------------------------------------------------------------------------


def test_a_body_is_reminded_then_the_next_two_above_are_told_and_then_no_one(at):
    bottom, middle, board, top = make_ladder(4)
    matter = make_escalation(bottom, middle)  # to be acknowledged by Thursday 5 November
    forget_mails()
    told = {}

    for day in range(3, 40):
        at(date(2026, 11, 1) + timedelta(days=day))
        clocks.climb_overdue()
        if mails := new_mails():
            told[day + 1] = mails

    assert list(told) == [6, 10, 17]  # one, three and eight working days overdue
    overdue = f"{matter.reference} is overdue before {middle}"
    assert told[6] == {officer_of(middle).email: overdue}
    assert told[10] == {officer_of(board).email: f"{overdue}: for you to know"}
    assert told[17] == {officer_of(top).email: f"{overdue}: for you to know"}
    assert notices(matter) == [("reminded", 1, middle), ("told", 2, board), ("told", 3, top)]
    matter.refresh_from_db()
    assert (matter.current_body, matter.status, matter.steps.count()) == (middle, "raised", 1)


def test_an_answer_that_is_late_is_reminded_of_even_where_its_receipt_was(at):
    bottom, middle, _ = make_ladder(3)
    matter = make_escalation(bottom, middle)
    at(date(2026, 11, 6))
    clocks.climb_overdue()
    escalations.accept(escalation=matter, by=officer_of(middle))
    forget_mails()

    at(date(2026, 11, 30))
    assert clocks.climb_overdue() == []  # due today
    at(date(2026, 12, 1))
    assert clocks.climb_overdue() == [f"{matter.reference} reminded"]

    assert [each.clock for each in matter.notices.all()] == ["acknowledge", "answer"]


def test_at_the_body_above_reminders_begin_anew(at):
    bottom, middle, board, _ = make_ladder(4)
    matter = make_escalation(bottom, middle)
    at(date(2026, 11, 6))
    clocks.climb_overdue()
    escalations.accept(escalation=matter, by=officer_of(middle))
    at(date(2026, 11, 9))
    escalations.pass_up(escalation=matter, to_body=board, by=officer_of(middle))

    at(date(2026, 11, 13))  # it was to acknowledge by the day before
    clocks.climb_overdue()

    assert notices(matter) == [("reminded", 1, middle), ("reminded", 1, board)]


def test_nobody_is_told_outside_office_hours(at):
    bottom, middle = make_ladder(2)
    make_escalation(bottom, middle)
    forget_mails()

    for day, hour in (
        (date(2026, 11, 6), 8),
        (date(2026, 11, 6), 17),
        (date(2026, 11, 7), 12),  # Saturday
        (date(2026, 12, 25), 12),
    ):
        at(day, hour)
        assert clocks.climb_overdue() == []

    assert new_mails() == {}
    at(date(2026, 11, 9), 9)
    assert len(clocks.climb_overdue()) == 1


def test_a_run_that_was_missed_is_not_made_up_for_in_one_day(at):
    bottom, middle, _ = make_ladder(3)
    matter = make_escalation(bottom, middle)

    at(date(2026, 12, 7))
    for hour in range(9, 17):
        at(date(2026, 12, 7), hour)
        clocks.climb_overdue()

    assert [kind for kind, *_ in notices(matter)] == ["reminded"]


def test_a_question_is_never_overdue(at):
    bottom, middle = make_ladder(2)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    escalations.send_back(escalation=matter, question="Why?", by=officer_of(middle))

    at(date(2027, 3, 1))

    assert clocks.climb_overdue() == []


def test_where_no_line_leads_further_up_the_body_itself_is_reminded_and_no_more_than_that(at):
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)

    for day in range(60):
        at(MONDAY + timedelta(days=day))
        clocks.climb_overdue()

    assert notices(matter) == [("reminded", stage, top) for stage in (1, 2, 3)]


def test_where_nobody_above_would_be_told_the_body_itself_is_reminded(at):
    bottom, middle, top = make_ladder(3)
    matter = make_escalation(bottom, middle)
    Membership.objects.filter(seat__body=top).update(end_date=MONDAY)

    for day in (6, 10):
        at(date(2026, 11, day))
        clocks.climb_overdue()

    assert notices(matter) == [("reminded", stage, middle) for stage in (1, 2)]


def test_the_body_that_acts_for_one_without_officers_is_reminded(at):
    bottom, board = make_ladder(2)
    outside = make_body(
        kind=make_kind("statutory-board", outside_partnership=True), mailbox="o@x.uk"
    )
    make_escalation_line(board, outside)
    make_escalation(board, outside)
    forget_mails()

    at(date(2026, 11, 6))
    clocks.climb_overdue()

    assert set(new_mails()) == {"o@x.uk", officer_of(board).email}


def test_a_body_that_follows_a_closed_one_above_is_told_in_its_place(at):
    bottom, middle, board = make_ladder(3)
    follower = make_body()
    make_officer(follower)
    make_escalation(bottom, middle)
    Body.objects.filter(pk=board.pk).update(end_date=MONDAY, successor=follower)
    forget_mails()

    at(date(2026, 11, 6))
    clocks.climb_overdue()
    forget_mails()
    at(date(2026, 11, 10))
    clocks.climb_overdue()

    assert set(new_mails()) == {officer_of(follower).email}


def test_whoever_was_told_may_read_it_and_may_not_move_it(at, client):
    bottom, middle, board = make_ladder(3)
    matter = make_escalation(bottom, middle)
    address = reverse("governance:escalation", args=[matter.reference])
    client.force_login(make_member(board))
    assert client.get(address).status_code == 404

    for day in (6, 10):
        at(date(2026, 11, day))
        clocks.climb_overdue()

    client.force_login(Membership.objects.get(seat__body=board, seat__role="member").person)
    page = client.get(address)
    assert page.status_code == 200
    assert f"Told {board}, a body above: {middle} was to acknowledge it by Thu 5 Nov" in page.text
    assert f"Reminder to {middle}: it was to acknowledge it by Thu 5 Nov 2026" in page.text
    assert "You can read it, and need do nothing." in page.text
    assert matter.title in client.get("/escalations/").text


# --- Going up by itself ---------------------------------------------------------------------------


def test_nothing_moves_by_itself_unless_the_settings_of_its_body_say_so(at):
    bottom, middle, board, _ = make_ladder(4)
    stays, goes = (make_escalation(bottom, middle) for _ in range(2))
    days = [date(2026, 11, day) for day in (6, 10)]
    for day in days:
        at(day)
        clocks.climb_overdue()
    assert {each.current_body for each in Escalation.objects.all()} == {middle}

    Body.objects.filter(pk=middle.pk).update(climbs_by_itself=True)
    escalations.accept(escalation=stays, by=officer_of(middle))
    forget_mails()
    at(date(2026, 11, 17))
    clocks.climb_overdue()

    stays.refresh_from_db(), goes.refresh_from_db()
    assert (stays.current_body, goes.current_body, goes.status) == (middle, board, "raised")
    assert (goes.clock_started_on, goes.acknowledge_by) == (date(2026, 11, 17), date(2026, 11, 20))
    step = goes.steps.last()
    assert (step.kind, step.by, step.line.to_body) == ("passed_up", None, board)
    assert step.note == "Overdue since Thu 5 Nov 2026, and reminders were in vain."
    assert goes.history.count() == 3
    assert officer_of(board).email in new_mails()
    assert Matter(goes).what_happened().startswith(f"The portal passed it up to {board}")


def test_what_goes_up_by_itself_moves_on_first_from_a_body_that_has_closed(at):
    bottom, closing, board, _ = make_ladder(4)
    matter = make_escalation(bottom, closing)
    follower = make_body(climbs_by_itself=True)
    make_officer(follower)
    make_escalation_line(follower, board)
    at(date(2026, 11, 3))
    closed_since_yesterday(closing, follower)

    for day in (6, 10, 17):
        at(date(2026, 11, day))
        clocks.climb_overdue()

    _, moved, passed_up = matter.steps.all()
    assert (moved.kind, moved.by, moved.from_body, moved.to_body) == (
        "moved",
        None,
        closing,
        follower,
    )
    assert (passed_up.kind, passed_up.from_body, passed_up.to_body) == (
        "passed_up",
        follower,
        board,
    )
    assert Matter(Escalation.objects.get()).lines_of == date(2026, 11, 17)


def test_where_several_lines_lead_up_nothing_moves_by_itself(at):
    bottom, middle, board = make_ladder(3)
    make_escalation_line(middle, make_body())
    Body.objects.filter(pk=middle.pk).update(climbs_by_itself=True)
    matter = make_escalation(bottom, middle)

    for day in (6, 10, 17):
        at(date(2026, 11, day))
        clocks.climb_overdue()

    matter.refresh_from_db()
    assert matter.current_body == middle
    assert [kind for kind, *_ in notices(matter)][:2] == ["reminded", "told"]


# --- Two at once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_act_once(at):
    bottom, middle, board = make_ladder(3)
    matters = [make_escalation(bottom, middle) for _ in range(5)]
    forget_mails()

    for day, kind in ((6, "reminded"), (10, "told")):
        at(date(2026, 11, day))
        outcomes = at_once(*[clocks.climb_overdue] * 3)

        done = sorted(sentence for outcome in outcomes for sentence in outcome)
        assert len(set(done)) == len(done) == 5
        assert OutboxMessage.objects.count() == 5
        forget_mails()
        for matter in matters:
            assert matter.notices.filter(kind=kind).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_let_a_matter_go_up_once(at):
    bottom, middle, board = make_ladder(3)
    Body.objects.filter(pk=middle.pk).update(climbs_by_itself=True)
    matter = make_escalation(bottom, middle)
    for day in (6, 10):
        at(date(2026, 11, day))
        clocks.climb_overdue()

    at(date(2026, 11, 17))
    outcomes = at_once(*[clocks.climb_overdue] * 3)

    assert sorted(map(len, outcomes)) == [0, 0, 1]
    assert [step.kind for step in matter.steps.all()] == ["raised", "passed_up"]


def test_the_command_says_what_it_did_and_the_second_run_does_nothing(at):
    bottom, middle = make_ladder(2)
    matter = make_escalation(bottom, middle)
    at(date(2026, 11, 6))

    first, second = StringIO(), StringIO()
    call_command("climb_overdue", stdout=first)
    call_command("climb_overdue", stdout=second)

    assert first.getvalue() == f"{matter.reference} reminded.\n"
    assert second.getvalue() == "Nothing to remind of now.\n"


def test_as_many_queries_find_what_is_overdue_among_many(at, django_assert_max_num_queries):
    bottom, middle = make_ladder(2)
    for _ in range(30):
        make_escalation(bottom, middle)
    at(date(2026, 11, 6))
    clocks.climb_overdue()

    with django_assert_max_num_queries(5 + 30 * 12):
        assert clocks.climb_overdue() == []
    Escalation.objects.update(status="withdrawn")
    with django_assert_max_num_queries(5):
        clocks.climb_overdue()


# --- Bank holidays added later --------------------------------------------------------------------


def add_holiday(client, day, name="Coronation"):
    client.force_login(make_governance_administrator())
    posted = {"day": day.isoformat(), "name": name, "reason": "Proclaimed"}
    return client.post(reverse("admin:governance_bankholiday_add"), posted)


def test_a_bank_holiday_that_is_added_moves_the_clocks_that_run_over_it(at, client):
    bottom, middle = make_ladder(2)
    BodyName.objects.filter(body=middle).update(name="Executive Board")
    waiting = make_escalation(bottom, middle)
    accepted = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    at(date(2026, 11, 3))
    asked = escalations.send_back(
        escalation=escalations.accept(
            escalation=make_escalation(bottom, middle), by=officer_of(middle)
        ),
        question="Why?",
        by=officer_of(middle),
    )
    done = escalations.withdraw(
        escalation=make_escalation(bottom, middle), reason="No", by=officer_of(bottom)
    )
    versions = Escalation.history.count()
    forget_mails()

    assert add_holiday(client, date(2026, 11, 4)).status_code == 302

    for each in (waiting, accepted, asked, done):
        each.refresh_from_db()
    assert (waiting.acknowledge_by, waiting.answer_by) == (date(2026, 11, 6), date(2026, 12, 1))
    assert (accepted.acknowledge_by, accepted.answer_by) == (date(2026, 11, 5), date(2026, 12, 1))
    assert asked.answer_by == date(2026, 12, 2)
    assert done.answer_by == date(2026, 12, 1)  # its clock ran out with it
    assert Escalation.history.count() == versions
    page = client.get(reverse("governance:escalation", args=[waiting.reference])).text
    assert (
        "The day by which the Executive Board is to answer it is now Tue 1 Dec 2026, "
        "not Mon 30 Nov 2026"
    ) in page
    assert "Coronation (Wed 4 Nov 2026) is a bank holiday." in page
    assert (
        "20 working days from Mon 2 Nov 2026, skips 8 weekend days and 1 bank holiday: "
        "due Tue 1 Dec 2026"
    ) in page

    at(date(2026, 11, 6))
    asked = escalations.answer_back(escalation=asked, answer="So", by=officer_of(bottom))
    assert asked.answer_by == date(2026, 12, 4)  # three working days later than the second


def test_a_bank_holiday_that_is_taken_away_again_moves_them_back(at, client):
    bottom, middle = make_ladder(2)
    matter = make_escalation(bottom, middle)
    add_holiday(client, date(2026, 11, 4))
    holiday = BankHoliday.objects.get()

    address = reverse("admin:governance_bankholiday_delete", args=[holiday.pk])
    client.post(address, {"post": "yes", "reason": "A mistake"})

    matter.refresh_from_db()
    assert matter.answer_by == date(2026, 11, 30)
    assert [each.kind for each in matter.notices.all()] == ["reckoned"] * 4
    assert "The bank holidays of England have changed." in {
        each.because for each in matter.notices.all()
    }


def test_reckoning_anew_changes_nothing_that_is_right(at):
    bottom, middle = make_ladder(2)
    matter = make_escalation(bottom, middle)
    make_bank_holiday(date(2026, 11, 4))

    assert clocks.reckon_anew() == 2
    assert clocks.reckon_anew() == 0
    assert matter.notices.count() == 2


def test_a_day_that_a_pause_has_put_off_is_right_and_moves_on_from_there(at):
    bottom, middle = make_ladder(2)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    escalations.send_back(escalation=matter, question="Why?", by=officer_of(middle))
    at(date(2026, 11, 5))
    matter = escalations.answer_back(escalation=matter, answer="So", by=officer_of(bottom))
    assert matter.answer_by == date(2026, 12, 3)

    assert clocks.reckon_anew() == 0
    make_bank_holiday(date(2026, 11, 11))
    assert clocks.reckon_anew() == 1

    matter.refresh_from_db()
    assert matter.answer_by == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 11, 7), "Saturday is no working day anyway. Enter a weekday."),
        (date(2026, 12, 25), "The portal knows this day already: Christmas Day."),
    ],
)
def test_a_day_that_is_none_anyway_is_refused(client, day, sentence):
    assert sentence in add_holiday(client, day).text
    assert not BankHoliday.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_reckon_at_once_note_it_once(at):
    bottom, middle = make_ladder(2)
    matters = [make_escalation(bottom, middle) for _ in range(4)]
    make_bank_holiday(date(2026, 11, 4))

    outcomes = at_once(*[clocks.reckon_anew] * 3)

    assert sum(outcomes) == 8
    assert {matter.notices.count() for matter in matters} == {2}


@pytest.mark.django_db(transaction=True)
def test_who_merges_while_days_are_reckoned_waits_and_goes_on(at, monkeypatch):
    bottom, middle = make_ladder(2)
    officer = officer_of(middle)
    first = escalations.accept(escalation=make_escalation(bottom, middle), by=officer)
    second = make_escalation(bottom, middle)  # waits to be acknowledged: that day is wrong too
    make_bank_holiday(date(2026, 11, 4))
    merge = Meanwhile(
        lambda: merging.merge(escalation=second, into=first, reason="The same", by=officer)
    )
    note = clocks._noted

    def noted(*args, **reckoned):
        merge.begin()
        note(*args, **reckoned)

    monkeypatch.setattr(clocks, "_noted", noted)
    assert clocks.reckon_anew() == 3

    assert merge.outcome.status == "merged"
    assert clocks.reckon_anew() == 0


@pytest.mark.django_db(transaction=True)
def test_who_resolves_a_matter_while_a_bank_holiday_is_entered_does(at, client, monkeypatch):
    bottom, middle = make_ladder(2)
    officer = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer)
    resolve = Meanwhile(lambda: escalations.resolve(escalation=matter, outcome="Yes", by=officer))

    def reckon_anew():
        resolve.begin()
        return clocks.reckon_anew()

    monkeypatch.setattr("governance.admin.holidays.reckon_anew", reckon_anew)
    assert add_holiday(client, date(2026, 11, 4)).status_code == 302

    assert resolve.outcome.status == "resolved"
