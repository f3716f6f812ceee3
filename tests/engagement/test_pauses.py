"""The days for which the clock of a message stood still, where bank holidays are entered late."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.actions import merging, raising, referrals, submissions, themes
from engagement.actions.clocks import follow_matters, out_of_step
from engagement.models import MessageTally, Referral, ReferralNotice, ReferralStep
from engagement.models.referral import MATTER_ENDED
from engagement.pauses import pauses_of, take_step_of_matter
from governance.actions import clocks, escalations
from governance.actions import merging as matters
from governance.actions.steps import RECORDED_AS
from governance.models import Escalation, EscalationStep
from governance.workflow import MOVES, OPEN_STATUSES
from tests.counted_days import Walk
from tests.factories import (
    lead_of,
    make_bank_holiday,
    make_body,
    make_escalation,
    make_escalation_line,
    make_officer,
    make_submission,
    make_theme,
    send_feedback,
    words_of_a_matter,
)
from tests.parallel import Meanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies(partnership):
    """Two bodies that may have a message, with their officers."""
    both = partnership.living_well, partnership.ne.committee
    return {body.pk: (body, partnership.officers[body.slug]) for body in both}


@pytest.fixture
def board(bodies):
    board = make_body("Executive Board")
    for body, _ in bodies.values():
        make_escalation_line(body, board)
    return board


@pytest.fixture
def chair(board):
    return make_officer(board)


@pytest.fixture
def message(bodies, at):
    return make_submission(topic="healthy", place="")


@pytest.fixture
def matter(message, board, chair, officer, at):
    """What the message becomes on the Tuesday after it was sent."""
    at(date(2026, 11, 3))
    return escalate(message, board, officer).escalation


@pytest.fixture
def decided(matter, chair, at):
    """The same, decided on Thursday."""
    escalations.accept(escalation=matter, by=chair)
    at(date(2026, 11, 5))
    return escalations.resolve(escalation=matter, outcome="Yes", by=chair)


def ask(message, officer):
    return referrals.ask(referral=lead_of(message), by=officer, text="When was it?")


def reply(message):
    asked = ReferralStep.objects.filter(referral__submission=message, kind="asked")
    question = asked.order_by("pk").last()
    return submissions.reply(submission=message, message="Last week", question=question.pk)


def escalate(message, board, officer, key="key"):
    words = words_of_a_matter(title=f"Matter {key}")
    return raising.escalate(
        referral=lead_of(message), to_body=board, by=officer, text="Why", sending_key=key, **words
    )


def days_of(message):
    lead = lead_of(message)
    return lead.paused_days, lead.answer_by


def test_a_bank_holiday_while_a_resident_was_asked_puts_nothing_off(message, officer, at):
    at(date(2026, 11, 3))
    ask(message, officer)
    at(date(2026, 11, 5))
    reply(message)
    assert days_of(message) == (2, date(2026, 12, 2))
    at(date(2026, 11, 10))
    make_bank_holiday(date(2026, 11, 4))

    assert clocks.reckon_anew() == 0

    assert days_of(message) == (1, date(2026, 12, 2))
    assert not ReferralNotice.objects.exists()


def test_nor_does_one_while_its_matter_was_open(message, decided, at):
    clocks.climb_overdue()
    at(date(2026, 11, 10))
    make_bank_holiday(date(2026, 11, 4))

    assert clocks.reckon_anew() == 0

    assert days_of(message) == (1, date(2026, 12, 2))


def test_the_clock_goes_on_from_the_day_the_matter_ended_however_late_that_is_seen(
    message, decided, chair, at
):
    at(date(2026, 11, 10))

    assert clocks.reckon_anew() == 0
    clocks.climb_overdue()

    assert lead_of(message).paused_on is None
    assert days_of(message) == (2, date(2026, 12, 2))
    at(date(2026, 11, 11))
    escalations.reopen(escalation=decided, reason="Not yet", by=chair)
    at(date(2026, 11, 13))
    clocks.climb_overdue()
    assert lead_of(message).paused_on == date(2026, 11, 11)
    assert clocks.reckon_anew() == 0


def test_days_it_waited_that_are_counted_again_are_not_put_down_to_bank_holidays(
    message, decided, chair, at
):
    follow_matters()
    at(date(2026, 11, 10))
    escalations.reopen(escalation=decided, reason="Not yet", by=chair)
    at(date(2026, 11, 12))
    escalations.resolve(escalation=decided, outcome="Now", by=chair)
    follow_matters()

    assert clocks.reckon_anew() == 1

    assert days_of(message) == (4, date(2026, 12, 4))
    notice = ReferralNotice.objects.get()
    assert notice.because == "The days for which it waited were counted again."


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_is_escalated_again_ran_since_its_matter_was_withdrawn(
    is_seen, message, matter, board, chair, officer, at
):
    at(date(2026, 11, 5))
    escalations.withdraw(escalation=matter, reason="Not yet", by=officer)
    at(date(2026, 11, 10))
    if is_seen:
        follow_matters()
    again = escalate(message, board, officer, key="again").escalation
    assert clocks.reckon_anew() == 0
    escalations.accept(escalation=again, by=chair)
    at(date(2026, 11, 12))
    escalations.resolve(escalation=again, outcome="Yes", by=chair)
    follow_matters()

    assert clocks.reckon_anew() == 0

    assert days_of(message) == (4, date(2026, 12, 4))
    call_command("recount_figures", "--check")
    make_bank_holiday(date(2026, 11, 4))
    clocks.reckon_anew()
    assert days_of(message) == (3, date(2026, 12, 4))


def test_what_a_matter_goes_through_once_another_has_begun_is_none_of_the_message(
    message, matter, board, chair, officer, at
):
    at(date(2026, 11, 5))
    escalations.withdraw(escalation=matter, reason="Not yet", by=officer)
    at(date(2026, 11, 10))
    again = escalate(message, board, officer, key="again").escalation
    at(date(2026, 11, 11))
    # No move opens again what was withdrawn, as they are now.
    its = {"escalation": matter, "by": chair, "from_body": board, "to_body": board}
    EscalationStep.objects.create(kind="reopened", at=timezone.now(), **its)
    escalations.accept(escalation=again, by=chair)
    at(date(2026, 11, 12))
    escalations.resolve(escalation=again, outcome="Yes", by=chair)
    follow_matters()

    assert days_of(message) == (4, date(2026, 12, 4))
    assert clocks.reckon_anew() == 0


def test_what_joins_a_matter_later_stands_still_from_that_day_alone(
    bodies, board, chair, officer, at
):
    first, later = (make_submission(topic="healthy", place="") for _ in range(2))
    theme = make_theme(first, by=officer, lead_body=lead_of(first).body)
    at(date(2026, 11, 3))
    theme = raising.escalate_theme(
        theme=theme, to_body=board, by=officer, text="Why", sending_key="key", **words_of_a_matter()
    )
    at(date(2026, 11, 4))
    matter = escalations.accept(escalation=theme.escalation, by=chair)
    escalations.resolve(escalation=matter, outcome="Yes", by=chair)
    at(date(2026, 11, 5))
    escalations.reopen(escalation=matter, reason="Not yet", by=chair)
    at(date(2026, 11, 6))
    themes.add(theme=theme, submissions=[later], by=officer)
    assert clocks.reckon_anew() == 0
    at(date(2026, 11, 10))
    escalations.resolve(escalation=matter, outcome="Yes", by=chair)
    clocks.climb_overdue()

    assert days_of(later) == (2, date(2026, 12, 2))
    assert days_of(first) == (4, date(2026, 12, 4))
    assert clocks.reckon_anew() == 0


def test_a_question_ends_when_its_message_is_put_with_another(message, officer, at):
    other = make_submission(topic="healthy", place="")
    at(date(2026, 11, 3))
    ask(message, officer)
    at(date(2026, 11, 5))
    merging.merge(referral=lead_of(message), into=other, by=officer)
    at(date(2026, 11, 10))
    merging.split(referral=lead_of(message), by=officer)

    assert days_of(message) == (2, date(2026, 12, 2))
    assert clocks.reckon_anew() == 0


def test_what_went_into_another_matter_waits_until_that_is_decided(
    message, matter, board, chair, at
):
    goes_on = make_escalation(lead_of(message).body, board)
    at(date(2026, 11, 5))
    matters.merge(escalation=matter, into=goes_on, by=chair, reason="One lift")
    at(date(2026, 11, 10))
    escalations.accept(escalation=goes_on, by=chair)
    escalations.resolve(escalation=goes_on, outcome="Yes", by=chair)
    at(date(2026, 11, 12))
    clocks.climb_overdue()

    assert days_of(message) == (5, date(2026, 12, 7))
    assert clocks.reckon_anew() == 0


@pytest.mark.django_db(transaction=True)
def test_what_joins_a_matter_while_days_are_reckoned_does(
    bodies, board, chair, officer, at, monkeypatch
):
    first, later = (make_submission(topic="healthy", place="") for _ in range(2))
    theme = make_theme(first, by=officer, lead_body=lead_of(first).body)
    theme = raising.escalate_theme(
        theme=theme, to_body=board, by=officer, text="Why", sending_key="key", **words_of_a_matter()
    )
    make_bank_holiday(date(2026, 11, 4))
    join = Meanwhile(lambda: themes.add(theme=theme, submissions=[later], by=officer))
    note = clocks._noted

    def noted(*args, **reckoned):
        join.begin()
        note(*args, **reckoned)

    monkeypatch.setattr(clocks, "_noted", noted)
    clocks.reckon_anew()

    assert join.outcome == theme
    assert lead_of(later).status == "escalated"
    assert clocks.reckon_anew() == 0


def test_figures_of_messages_keep_the_days_that_were_reckoned(message, bodies, officer, at):
    at(date(2026, 11, 5))
    referrals.acknowledge(referral=lead_of(message), by=officer)
    at(date(2026, 11, 6))
    make_bank_holiday(date(2026, 11, 4))
    call_command("recount_figures", "--check")
    at(date(2026, 11, 9))
    first, other = bodies

    referrals.refer_on(referral=lead_of(message), to_body=bodies[other][0], by=officer, reason="-")

    acknowledged = MessageTally.objects.filter(measure="acknowledged", span="day")
    assert {(each.whose, each.days) for each in acknowledged} == {(0, 3), (first, 3), (other, 3)}
    call_command("recount_figures", "--check")


@pytest.mark.parametrize("seed", range(5))
def test_all_days_are_those_that_a_count_day_by_day_gives(seed, bodies, board, chair, at):
    walk, was_unseen = Walk(seed, at), False
    walk.go_on()
    message = make_submission(topic="healthy", place="")
    given = lead_of(message).answer_days
    walk.start()
    for number in range(24):
        walk.go_on()
        lead = lead_of(message)
        body, officer = bodies[lead.body_id]
        matter = lead.escalation and Escalation.objects.get(pk=lead.escalation_id)
        if walk.chance.random() < 0.25:
            walk.change_bank_holidays()
        elif lead.status == "answered":
            if ReferralStep.objects.filter(kind="reopened").exists():
                break
            submissions.not_answered(submission=message, message="No", key="again")
            walk.start()
        elif lead.status == "escalated":
            if matter.status == "raised":
                escalations.accept(escalation=matter, by=chair)
            elif matter.is_open:
                if lead.paused_on is None:  # one reopened for a day has been seen in between
                    follow_matters()
                if walk.chance.random() < 0.4:
                    escalations.withdraw(escalation=matter, reason="Not yet", by=officer)
                else:
                    escalations.resolve(escalation=matter, outcome="Yes", by=chair)
                walk.run()
            else:
                deed = walk.chance.choice(["see", "see", "reopen", "answer"])
                if deed == "see":
                    follow_matters()
                elif matter.status == "withdrawn":
                    escalate(message, board, officer, key=f"key{number}")
                    walk.stand_still()
                elif deed == "answer":
                    referrals.answer(referral=lead, by=officer, text="Done")
                elif not matter.steps.filter(kind="reopened").exists():
                    was_unseen = lead.paused_on is not None
                    escalations.reopen(escalation=matter, reason="Not yet", by=chair)
                    walk.stand_still()
        elif lead.is_asked and walk.chance.random() < 0.6:
            reply(message)
            walk.run()
        else:
            deed = walk.chance.choice(["ask", "ask", "on", "escalate", "answer"])
            if deed == "ask" and not lead.is_asked:
                ask(message, officer)
                walk.stand_still()
            elif deed == "on":
                (other, _) = next(pair for pk, pair in bodies.items() if pk != body.pk)
                referrals.refer_on(referral=lead, to_body=other, by=officer, reason="Theirs")
                walk.run()
            elif deed == "escalate":
                escalate(message, board, officer, key=f"key{number}")
                if not lead.is_asked:
                    walk.stand_still()
            elif deed == "answer":
                referrals.answer(referral=lead, by=officer, text="Done")

        is_seen = not out_of_step().exists()
        was_unseen = was_unseen and (lead_of(message).paused_on is not None)
        if lead_of(message).is_open and is_seen and not was_unseen:
            assert days_of(message) == (walk.paused_days(), walk.due(given))
    follow_matters()
    assert clocks.reckon_anew() == 0
    call_command("recount_figures", "--check", verbosity=0)


def test_each_step_of_a_matter_ends_the_wait_for_it_where_its_status_does(message, matter, board):
    other = make_escalation(matter.raising_body, board)
    before, on = date(2026, 11, 3), date(2026, 11, 4)
    differ, told = [], set()
    for status, moves in MOVES.items():
        for move, after in moves.items():
            kind = RECORDED_AS.get(move)
            if status == "draft" or kind is None:
                continue
            pauses = [(before, None if status in OPEN_STATUSES else before)]
            take_step_of_matter(pauses, kind, on)
            merged_into = other if after == "merged" else None
            stands = {"status": after, "merged_into": merged_into}
            Escalation.objects.filter(pk=matter.pk).update(**stands)
            has_ended = Referral.objects.filter(MATTER_ENDED, submission=message).exists()
            if has_ended == (pauses[-1][1] is None):
                differ.append((status, kind))
            told.add(kind)

    assert differ == []
    assert set(EscalationStep.Kind) - told == {"raised", "moved", "took_in"}


def test_the_steps_of_its_matters_are_looked_up(partnership):
    """And not each step of any matter asked whether it is of one of them."""
    if connection.vendor != "postgresql":
        return  # what is one or the other it looks up by itself
    lead = lead_of(send_feedback(topic="healthy").submission)

    with CaptureQueriesContext(connection) as queries:
        pauses_of(lead)

    [sql] = [each["sql"] for each in queries if 'FROM "governance_escalationstep"' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "SubPlan" not in plan
