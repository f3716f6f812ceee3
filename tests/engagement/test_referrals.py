"""What a body may do with a message, and at which moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from engagement.actions import merging, raising, referrals, submissions
from engagement.explanation import sentences
from engagement.models import Addition, Referral, ReferralStep
from engagement.progress import Progress
from engagement.workflow import MOVES, Move, ReferralStatus
from governance.actions import escalations
from governance.actions.structure import structure_edited
from governance.models import Body, OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import (
    make_body,
    make_draft,
    make_engagement_team_member,
    make_escalation_line,
    make_governance_administrator,
    make_member,
    make_officer,
    make_partnership,
    make_submission,
    send_feedback,
    today,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db

# The table of moves once more: from a status, by a move, to a status.
TABLE = {
    ("referred", "acknowledge"): "acknowledged",
    ("referred", "answer"): "answered",
    ("referred", "refer_on"): "referred_on",
    ("referred", "close"): "closed",
    ("referred", "withdraw"): "closed",
    ("acknowledged", "answer"): "answered",
    ("acknowledged", "refer_on"): "referred_on",
    ("acknowledged", "close"): "closed",
    ("acknowledged", "withdraw"): "closed",
    ("answered", "close"): "closed",
    ("answered", "reopen"): "acknowledged",
    ("answered", "withdraw"): "closed",
    ("closed", "withdraw"): "closed",
    ("referred", "ask"): "acknowledged",
    ("acknowledged", "ask"): "acknowledged",
    ("acknowledged", "reply"): "acknowledged",
    ("referred", "escalate"): "escalated",
    ("acknowledged", "escalate"): "escalated",
    ("referred", "merge"): "merged",
    ("acknowledged", "merge"): "merged",
    ("escalated", "answer"): "answered",
    ("escalated", "close"): "closed",
    ("escalated", "escalate"): "escalated",
    ("escalated", "withdraw"): "closed",
    ("merged", "answer"): "answered",
    ("merged", "go_along"): "referred_on",
    ("merged", "close"): "closed",
    ("merged", "split"): "acknowledged",
    ("merged", "withdraw"): "closed",
}
RESIDENTS = ("reopen", "withdraw")


@pytest.fixture
def lead(partnership):
    sent = send_feedback(email="amina@example.org", wants_answer=True)
    OutboxMessage.objects.all().delete()
    return Referral.objects.get(submission=sent.submission)


@pytest.fixture
def officer(partnership):
    return partnership.officers["ne-committee"]


def do(deed, referral, *, by, to_body=None, text="Because.", seen=None):
    if deed == "reopen":
        return submissions.not_answered(submission=referral.submission, message="No", key="key")
    if deed == "withdraw":
        return submissions.withdraw(submission=referral.submission)
    if deed in {"merge", "split"}:
        words = {"into": make_submission()} if deed == "merge" else {}
        return getattr(merging, deed)(referral=referral, by=by, seen=seen, **words)
    if deed == "go_along":
        return referrals.take_along(now(referral), to_body, by, text)
    if deed == "escalate":
        make_escalation_line(referral.body, to_body)
        words = words_of_a_matter(to_body=to_body, text=text, sending_key="key")
        return raising.escalate(referral=referral, by=by, seen=seen, **words)
    words = {"to_body": to_body, "reason": text} if deed == "refer_on" else {"text": text}
    return getattr(referrals, deed)(referral=referral, by=by, seen=seen, **words)


def now(referral):
    return Referral.objects.get(pk=referral.pk)


# --- The table ------------------------------------------------------------------------------------


def test_the_table_holds_these_moves_and_no_others():
    held = {
        (status, move): after for status, moves in MOVES.items() for move, after in moves.items()
    }

    assert held == TABLE


# The resident speaks of the referral that leads, never of one that was referred on.
@pytest.mark.parametrize(
    ("status", "move"),
    [
        (status, move)
        for status in ReferralStatus.values
        for move in Move.values
        if not (status == "referred_on" and move in RESIDENTS)
        and move != "reply"  # only where something was asked, see below
    ],
)
def test_a_move_leads_where_the_table_says_or_is_refused(partnership, lead, officer, status, move):
    matter = make_draft(lead.body, by=officer)
    escalations.withdraw(escalation=matter, reason="Not now", by=officer)
    Referral.objects.filter(pk=lead.pk).update(status=status, escalation=matter)
    after = TABLE.get((status, move))

    if after is None:
        with pytest.raises(MoveNotAllowed):
            do(move, lead, by=officer, to_body=partnership.living_well)
        assert now(lead).status == status
        assert not ReferralStep.objects.exclude(kind="referred").exists()
    else:
        do(move, lead, by=officer, to_body=partnership.living_well)
        assert now(lead).status == after
        step = ReferralStep.objects.filter(referral=lead).last()
        assert step.by == (None if move in RESIDENTS else officer)


# --- Each deed ------------------------------------------------------------------------------------


def test_an_answer_is_told_to_a_resident_who_asked_without_its_words(lead, officer):
    do("answer", lead, by=officer, text="The surgery has hired two nurses.")

    mail = OutboxMessage.objects.get(to="amina@example.org")
    assert lead.submission.reference in mail.subject
    assert "/feedback/receipt/" in mail.text
    assert "nurses" not in mail.subject + mail.text


def test_an_acknowledgement_is_at_the_receipt_and_not_in_the_mail(lead, officer):
    do("acknowledge", lead, by=officer)

    assert not OutboxMessage.objects.exists()
    assert lead.steps.last().text_for_resident == "Because."


def test_referring_on_keeps_the_clock_and_tells_why(partnership, lead, officer):
    started = {
        "clock_started_on": date(2026, 11, 2),
        "acknowledge_by": date(2026, 11, 5),
        "answer_by": date(2026, 11, 30),
    }
    Referral.objects.filter(pk=lead.pk).update(**started)

    new = do("refer_on", lead, by=officer, to_body=partnership.living_well, text="It is theirs.")

    assert now(lead).status == "referred_on"
    assert (new.body, new.status, new.referred_from) == (
        partnership.living_well,
        "referred",
        lead,
    )
    assert {name: getattr(now(new), name) for name in started} == started
    assert lead.steps.last().text_for_resident == "It is theirs."
    assert sentences(new.reason) == ["The North East Committee referred it on to Living Well."]
    to = set(OutboxMessage.objects.values_list("to", flat=True))
    assert to == {"amina@example.org", partnership.officers["living-well"].email}


def test_it_is_referred_on_only_to_another_body_that_can_receive(partnership, lead, officer):
    silent = make_body("Nobody there")
    closed = make_body("Closed", end_date=date(2026, 1, 1))
    make_officer(closed)

    for body in (silent, closed, partnership.ne.committee):
        with pytest.raises(MoveNotAllowed):
            do("refer_on", lead, by=officer, to_body=body)

    silent.mailbox = "somebody@example.org"
    silent.save()
    assert do("refer_on", lead, by=officer, to_body=silent).body == silent


@pytest.mark.parametrize("deed", ["answer", "refer_on", "close"])
def test_what_the_resident_must_be_told_cannot_be_left_out(partnership, lead, officer, deed):
    with pytest.raises(MoveNotAllowed):
        do(deed, lead, by=officer, to_body=partnership.living_well, text="  ")

    assert now(lead).status == "referred"


def test_what_was_answered_is_closed_without_a_word(lead, officer):
    do("answer", lead, by=officer)
    OutboxMessage.objects.all().delete()

    do("close", lead, by=officer, text="")

    assert now(lead).status == "closed"
    assert not OutboxMessage.objects.exists()


def test_a_body_that_closed_meanwhile_can_still_be_told_of_by_the_engagement_team(
    partnership, lead
):
    Body.objects.filter(pk=partnership.ne.committee.pk).update(end_date=date(2026, 1, 1))
    structure_edited()

    new = do("refer_on", lead, by=make_engagement_team_member(), to_body=partnership.living_well)

    assert new.body == partnership.living_well


def test_who_refers_it_on_to_a_body_of_theirs_is_not_told(partnership, lead, officer):
    colleague = make_officer(partnership.living_well)
    make_member(partnership.living_well, "deputy_chair", person=officer)
    make_member(partnership.living_well, "secretary", person=officer)

    do("refer_on", lead, by=officer, to_body=partnership.living_well)

    to = set(OutboxMessage.objects.values_list("to", flat=True))
    assert officer.email not in to
    assert {colleague.email, partnership.officers["living-well"].email} <= to


# --- Who may --------------------------------------------------------------------------------------


def test_officers_of_the_leading_body_and_the_engagement_team_act_and_nobody_else(partnership):
    lead = send_feedback(topic="healthy").submission.referrals.get(role="lead")
    may = {
        "officer": (partnership.officers["living-well"], True),
        "engagement team": (make_engagement_team_member(), True),
        "member": (make_member(partnership.living_well), False),
        "officer of the copied body": (partnership.officers["ne-committee"], False),
        "officer of another body": (partnership.officers["nw-committee"], False),
        "governance administrator": (make_governance_administrator(), False),
        "former officer": (
            make_officer(partnership.living_well, end_date=date(2026, 1, 1)),
            False,
        ),
    }

    for who, (person, allowed) in may.items():
        Referral.objects.filter(pk=lead.pk).update(status="referred")
        if allowed:
            do("acknowledge", lead, by=person)
        else:
            with pytest.raises(PermissionDenied):
                do("acknowledge", lead, by=person)
        assert now(lead).status == ("acknowledged" if allowed else "referred"), who


def test_who_referred_it_on_has_it_no_more(partnership, lead, officer):
    new = do("refer_on", lead, by=officer, to_body=partnership.living_well)

    with pytest.raises(PermissionDenied):
        do("answer", new, by=officer)


def test_standing_is_read_afresh_by_the_deed(partnership, lead, officer):
    officer.memberships.update(end_date=date(2026, 1, 1))

    with pytest.raises(PermissionDenied):
        do("answer", lead, by=officer)


# --- Two at once ----------------------------------------------------------------------------------


def test_who_acts_on_an_old_page_is_told_what_happened_since(lead, officer, partnership):
    seen = lead.steps.last().pk
    colleague = make_officer(partnership.ne.committee)
    do("acknowledge", lead, by=colleague, seen=seen)

    with pytest.raises(MoveNotAllowed) as refusal:
        do("answer", lead, by=officer, seen=seen)

    assert f"{colleague} acknowledged it for the North East Committee" in str(refusal.value)
    assert now(lead).status == "acknowledged"


def test_a_step_does_not_make_up_for_what_was_added_and_taken_away(lead, officer):
    submissions.add(submission=lead.submission, message="And the stairs.", key="key")
    seen = Progress(lead.submission).seen
    Addition.objects.all().delete()
    do("acknowledge", lead, by=officer)

    with pytest.raises(MoveNotAllowed, match="acknowledged it"):
        do("answer", lead, by=officer, seen=seen)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_act_at_once_exactly_one_wins():
    partnership = make_partnership()
    lead = send_feedback().submission.referrals.get()
    seen = lead.steps.last().pk
    people = [partnership.officers["ne-committee"]]
    people += [make_officer(partnership.ne.committee) for _ in range(4)]

    def attempt(number):
        deed = ["answer", "refer_on", "acknowledge", "close", "answer"][number]
        try:
            do(deed, lead, by=people[number], to_body=partnership.living_well, seen=seen)
        except MoveNotAllowed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(5) as pool:
        won = list(pool.map(attempt, range(5)))

    assert sum(won) == 1
    assert Referral.objects.leading().count() == 1
    acted = ReferralStep.objects.exclude(by=None).exclude(kind="referred")
    assert acted.count() == 1


def test_a_message_withdrawn_meanwhile_is_left_alone(lead, officer):
    submissions.withdraw(submission=lead.submission)

    for deed in ("acknowledge", "answer", "close"):
        with pytest.raises(MoveNotAllowed, match="withdrawn"):
            do(deed, lead, by=officer)


def test_the_days_are_those_of_the_body(partnership):
    Body.objects.filter(pk=partnership.ne.committee.pk).update(acknowledge_days=1, answer_days=1)

    lead = send_feedback().submission.referrals.get()

    assert lead.acknowledge_by == lead.answer_by
    assert (lead.answer_by - today()).days <= 5
