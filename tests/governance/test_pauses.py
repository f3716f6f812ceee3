"""The days for which a clock stood still, where bank holidays are entered after their day."""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from governance.actions import clocks, escalations
from governance.models import ClockNotice, Escalation
from tests.counted_days import Walk
from tests.factories import (
    make_bank_holiday,
    make_escalation,
    make_governance_administrator,
    make_ladder,
    officer_of,
)

pytestmark = pytest.mark.django_db


def ask_and_answer(matter, at, first, last):
    """Send a matter back from one day to another."""
    bottom, middle = matter.raising_body, matter.current_body
    at(first)
    matter = escalations.send_back(escalation=matter, question="Why?", by=officer_of(middle))
    at(last)
    return escalations.answer_back(escalation=matter, answer="So", by=officer_of(bottom))


@pytest.fixture
def paused(at):
    """A matter whose clock stood still from Tuesday 3 to Thursday 5 November."""
    bottom, middle = make_ladder(2)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    return ask_and_answer(matter, at, date(2026, 11, 3), date(2026, 11, 5))


def test_a_bank_holiday_within_a_pause_that_is_over_puts_nothing_off(paused, at, client):
    at(date(2026, 11, 10))
    administrator = make_governance_administrator()
    client.force_login(administrator)
    words = {"day": "2026-11-04", "name": "Day of mourning", "reason": "Announced late"}
    page = client.post(reverse("admin:governance_bankholiday_add"), words)

    assert page.status_code == 302
    was = paused.answer_by
    paused.refresh_from_db()
    assert (paused.answer_by, paused.paused_days) == (was, 1)
    assert not ClockNotice.objects.exists()
    client.force_login(officer_of(paused.raising_body))
    page = client.get(reverse("governance:escalation", args=[paused.reference])).text
    assert "skips 8 weekend days and 1 bank holiday, paused 1 working day: due " in page


def test_one_that_is_taken_away_makes_a_pause_longer_that_had_no_working_day(at):
    bottom, middle = make_ladder(2)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    holiday = make_bank_holiday(date(2026, 11, 4))
    clocks.reckon_anew()
    matter = ask_and_answer(matter, at, date(2026, 11, 3), date(2026, 11, 4))
    assert (matter.paused_days, matter.answer_by) == (0, date(2026, 12, 1))

    holiday.delete()
    assert clocks.reckon_anew() == 0

    matter.refresh_from_db()
    assert (matter.paused_days, matter.answer_by) == (1, date(2026, 12, 1))


def test_a_pause_of_a_clock_that_was_before_this_one_counts_for_nothing(at):
    bottom, middle, top = make_ladder(3)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    matter = ask_and_answer(matter, at, date(2026, 11, 3), date(2026, 11, 6))
    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle))
    was = matter.answer_by
    make_bank_holiday(date(2026, 11, 4))

    assert clocks.reckon_anew() == 0

    matter.refresh_from_db()
    assert (matter.paused_days, matter.answer_by) == (0, was)


@pytest.mark.parametrize("late", [date(2026, 11, 4), date(2026, 11, 9)])
def test_figures_keep_the_days_that_were_reckoned_when_it_happened(paused, at, late):
    at(date(2026, 11, 10))
    matter = escalations.resolve(
        escalation=paused, outcome="Yes", by=officer_of(paused.current_body)
    )
    at(date(2026, 11, 11))
    make_bank_holiday(late)
    clocks.reckon_anew()

    call_command("recount_figures", "--check")
    at(date(2026, 11, 13))
    escalations.reopen(escalation=matter, reason="Not yet", by=officer_of(matter.raising_body))
    at(date(2026, 11, 16))
    escalations.resolve(escalation=matter, outcome="Now", by=officer_of(matter.current_body))

    call_command("recount_figures", "--check")


@pytest.mark.parametrize("seed", range(5))
def test_all_days_are_those_that_a_count_day_by_day_gives(seed, at):
    bottom, middle, board, _ = ladder = make_ladder(4)
    walk, given = Walk(seed, at), middle.answer_days
    walk.go_on()
    matter = make_escalation(bottom, middle)
    walk.start()
    for _ in range(20):
        walk.go_on()
        if walk.chance.random() < 0.3:
            walk.change_bank_holidays()
        elif matter.status == "raised":
            matter = escalations.accept(escalation=matter, by=officer_of(matter.current_body))
        elif matter.status == "sent_back":
            answers = officer_of(matter.current_body)
            matter = escalations.answer_back(escalation=matter, answer="So", by=answers)
            walk.run()
        elif matter.status == "resolved":
            if matter.steps.filter(kind="reopened").exists():
                break
            raiser = officer_of(bottom)
            matter = escalations.reopen(escalation=matter, reason="Not yet", by=raiser)
            walk.start()
        else:
            officer = officer_of(matter.current_body)
            above = ladder[ladder.index(matter.current_body) + 1 :]
            deed = walk.chance.choice(["ask", "ask", "ask", "up", "resolve"])
            if deed == "ask":
                matter = escalations.send_back(escalation=matter, question="Why?", by=officer)
                walk.stand_still()
            elif deed == "up" and above:
                matter = escalations.pass_up(escalation=matter, to_body=above[0], by=officer)
                walk.start()
            elif deed == "resolve":
                matter = escalations.resolve(escalation=matter, outcome="Yes", by=officer)

        if matter.is_open:
            matter = Escalation.objects.get(pk=matter.pk)
            assert (matter.paused_days, matter.answer_by) == (walk.paused_days(), walk.due(given))
    assert clocks.reckon_anew() == 0
    call_command("recount_figures", "--check", verbosity=0)
