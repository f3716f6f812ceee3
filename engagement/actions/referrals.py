"""What a body does with a message put before it: acknowledge, ask, answer, refer on, close.

`seen` is how far the message was when the page showed it: who acts on an old page is told what
happened meanwhile, and nothing is done.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from engagement import listed
from engagement.actions.steps import check_not_withdrawn, locked, run_on
from engagement.emails import tell_body_of_referral, tell_resident_of_news
from engagement.models import (
    Clue,
    Misrouting,
    Phrase,
    Referral,
    ReferralStep,
    TopicBy,
)
from engagement.permissions import check_can_act_on, has_or_had
from engagement.progress import last_steps, what_happened
from engagement.receivers import receivers_on
from engagement.routing import FORMAT, named
from engagement.tallies import counting
from engagement.workflow import Move, ReferralStatus, may_move, status_after
from governance.models import EscalationStep
from governance.outbox import together
from governance.permissions import standing_of
from governance.structure import structure_today
from governance.workflow import EscalationStatus, MoveNotAllowed
from localities.day_field import in_words

Kind = ReferralStep.Kind

# The step that a move leaves behind.
RECORDED_AS = {
    Move.ACKNOWLEDGE: Kind.ACKNOWLEDGED,
    Move.ANSWER: Kind.ANSWERED,
    Move.REFER_ON: Kind.REFERRED_ON,
    Move.CLOSE: Kind.CLOSED,
    Move.ASK: Kind.ASKED,
    Move.ESCALATE: Kind.ESCALATED,
    Move.MERGE: Kind.MERGED,
    Move.SPLIT: Kind.SPLIT,
    Move.GO_ALONG: Kind.REFERRED_ON,
}
NO_NEWS = {Move.ACKNOWLEDGE, Move.MERGE, Move.SPLIT}  # to be read at the receipt, not worth a mail


@transaction.atomic
def acknowledge(*, referral, by, text="", seen=None):
    """Tell the resident that the body has it in hand."""
    referral = taken(referral, by, seen, Move.ACKNOWLEDGE)
    with counting(referral.submission):
        return moved(referral, Move.ACKNOWLEDGE, by, text)


@transaction.atomic
def ask(*, referral, by, text, seen=None):
    """Ask the resident something; the clock stands still until they answer."""
    referral = taken(referral, by, seen, Move.ASK)
    if referral.is_asked:
        raise MoveNotAllowed("A question is open already. Wait for the answer, or answer without.")
    if not text.strip():
        raise MoveNotAllowed("Write the question first.")
    referral.paused_on = timezone.localdate()
    return moved(referral, Move.ASK, by, text)


@transaction.atomic
def answer(*, referral, by, text, seen=None):
    """Answer the resident, and those whose messages were put with this one."""
    referral = taken(referral, by, seen, Move.ANSWER)
    check_says_something(text)
    answer_each([referral], by, text)
    return referral


@transaction.atomic
def close(*, referral, by, text="", seen=None):
    """End the matter; one that was not answered says to the resident why."""
    referral = taken(referral, by, seen, Move.CLOSE)
    if referral.status != ReferralStatus.ANSWERED and not text.strip():
        raise MoveNotAllowed("Say why it is closed without an answer: the resident reads it.")
    for_all_of([referral], Move.CLOSE, by, text)
    return moved(referral, Move.CLOSE, by, text)


@transaction.atomic
def refer_on(*, referral, to_body, by, reason, wrong="", seen=None):
    """Put the message before another body, whose clock is the one that runs already.

    If it came to the wrong body, `wrong` says by what: by the rule, or else which topic is right.
    """
    referral = taken(referral, by, seen, Move.REFER_ON)
    if to_body.pk in {referral.body_id, holder_by(structure_today(), referral.body_id)}:
        raise MoveNotAllowed(f"It lies before {to_body.name} already.")
    receiver = receivers_on(timezone.localdate()).get(to_body.pk)
    if receiver is None:
        raise MoveNotAllowed(
            f"{to_body.name} cannot receive a message today: it is closed, or nobody there would "
            "read it. Choose another body."
        )
    if not reason.strip():
        raise MoveNotAllowed("Say why it is referred on: the resident reads it.")
    with counting(referral.submission):
        return put_before(receiver, referral, by, reason, wrong)


def holder_by(structure, body_id):
    """Who has what lies before a body, by primary key: itself, or who follows; None if nobody."""
    holder = body_id and structure.holder_of(body_id)
    return holder.pk if holder else None


def put_before(receiver, referral, by, reason, wrong):
    """The moves of `refer_on`, once it is sure that it may be done."""
    with_it = those_with([referral])
    moved(referral, Move.REFER_ON, by, reason)
    if wrong:
        count_against_routing(referral, wrong)
    new = led_on(receiver, referral, by, ReferralStatus.REFERRED)
    tell_body_of_referral(new, by=by)
    for each in with_it:
        take_along(each, receiver, by, reason)
    return new


def take_along(referral, receiver, by, reason):
    """Let a message go with the one whose answer it waits for: whoever answers has it, too.

    That body, or the engagement team where none has it, is told of the one that it is to answer,
    and finds this one there.
    """
    structure = structure_today()
    if holder_by(structure, referral.body_id) == holder_by(structure, receiver and receiver.pk):
        return
    moved(referral, Move.GO_ALONG, by, reason)
    led_on(receiver, referral, by, ReferralStatus.MERGED)


def led_on(receiver, referral, by, status):
    """The referral that takes the place of one that was referred on."""
    new = Referral.objects.create(
        submission=referral.submission,
        body=receiver,
        role=Referral.Role.LEAD,
        status=status,
        **listed.as_its_message(referral.submission),
        reason={
            "format": FORMAT,
            "outcome": "referred-on",
            "from": named(referral.body) if referral.body else None,
            "lead": named(receiver) if receiver else None,
        },
        referred_from=referral,
        referred_at=timezone.now(),
        acknowledge_days=referral.acknowledge_days,
        answer_days=referral.answer_days,
        clock_started_on=referral.clock_started_on,
        acknowledge_by=referral.acknowledge_by,
        answer_by=referral.answer_by,
        paused_days=referral.paused_days,
    )
    ReferralStep.objects.create(referral=new, kind=Kind.REFERRED, at=new.referred_at, by=by)
    return new


def count_against_routing(referral, wrong):
    """Count it against the rule or the words that sent it there; a wrong topic is put right."""
    submission, by_rule = referral.submission, wrong == Misrouting.Cause.RULE
    misrouting = Misrouting.objects.create(
        referral=referral,
        cause=Misrouting.Cause.RULE if by_rule else Misrouting.Cause.TOPIC,
        rule=referral.rule,
        from_topic_id=submission.topic_id,
        right_topic_id=None if by_rule else wrong,
        at=timezone.now(),
    )
    if by_rule:
        return
    if submission.topic_by == TopicBy.SUGGESTED:
        suggested = referral.reason.get("suggestion", {})
        misrouting.phrases.set(Phrase.objects.filter(pk__in=suggested.get("phrases", ())))
        misrouting.clues.set(Clue.objects.filter(pk__in=suggested.get("clues", ())))
    submission.topic_id, submission.topic_by = wrong, TopicBy.STAFF
    submission.save(update_fields=["topic", "topic_by"])
    listed.keep(submission)


@transaction.atomic
def check_open_to(*, referral, by, seen):
    """Refuse with what happened meanwhile: it explains more than a choice that is gone."""
    in_hand(referral, by, seen)


def taken(referral, by, seen, move):
    """The referral afresh and locked, once it is sure that this person may do this to it now."""
    referral = in_hand(referral, by, seen)
    if move == Move.ESCALATE:
        check_may_wait(referral)
    status_after(referral.status, move)
    return referral


def in_hand(referral, by, seen=None):
    """The referral afresh and locked, once it is sure that this person may act on it now."""
    submission = locked(referral.submission)
    referral = Referral.objects.select_related("body").get(pk=referral.pk)
    referral.submission = submission
    check_is_theirs(referral, by, seen)
    check_not_withdrawn(submission)
    check_nothing_happened_since(referral, seen)
    return referral


def check_is_theirs(referral, by, seen):
    """Refuse who may not act on it; whoever had it when they opened the page learns who has it now.

    They hear that before they hear that they may not: what they typed goes with no refusal.
    """
    try:
        check_can_act_on(by, referral)
    except PermissionDenied:
        leads = Referral.objects.filter(submission=referral.submission, role=Referral.Role.LEAD)
        if has_or_had(standing_of(by), leads):
            check_nothing_happened_since(referral, seen)
        raise


def check_nothing_happened_since(referral, seen):
    if seen is None:
        return
    last = last_steps([referral.submission_id])[referral.submission_id]
    if last.seen != seen:
        raise MoveNotAllowed(
            f"{what_happened(last)}, after you opened this page. "
            "Look at it again before you go on; nothing of yours was sent."
        )


def check_says_something(text):
    if not text.strip():
        raise MoveNotAllowed("Write the answer first: it is what the resident reads.")


def answer_each(referrals, by, text):
    """Answer messages that are locked, and those that were put with them; give how many those are.

    Figures count them all at once: one after the other, two who do so could wait for each other.
    """
    messages = [each.submission for each in referrals]
    prefetch_related_objects(messages, "contact")
    with counting(*messages), together():
        with_them = for_all_of(referrals, Move.ANSWER, by, text)
        for each in referrals:
            moved(each, Move.ANSWER, by, text)
    return len(with_them)


def for_all_of(referrals, move, by, text):
    """The same for the messages that were put with these and still wait: each has its author."""
    return [moved(each, move, by, text) for each in those_with(referrals)]


def those_with(referrals):
    """The messages that were put with these and still wait for their answer.

    They are locked already, but for one that was put there while these were waited for.
    """
    with_them = Referral.objects.put_with([each.submission_id for each in referrals])
    with_them = with_them.select_for_update(of=("self", "submission"))
    return list(with_them.select_related("body", "submission__contact").order_by("pk"))


def may_wait(referral):
    """Whether a message may wait for a matter, or for another one since its own was withdrawn."""
    if referral.is_escalated:
        return referral.escalation.status == EscalationStatus.WITHDRAWN
    return may_move(referral.status, Move.ESCALATE)


def check_may_wait(referral):
    """The table of moves allows it of whatever was escalated; it does not see the matter."""
    if referral.is_escalated and not may_wait(referral):
        raise MoveNotAllowed(was_escalated(referral.escalation))


def was_escalated(escalation):
    raised = escalation.steps.filter(kind=EscalationStep.Kind.RAISED).select_related("by").get()
    return (
        f"It was escalated already, as {escalation.reference}. {raised.by} raised that on "
        f"{in_words(timezone.localdate(raised.at))}."
    )


def wait_for(referral, escalation, by, text):
    """Let a message wait for what comes of a matter; meanwhile its own clock stands still.

    Where it waited for one that was withdrawn, its clock ran from that day until now.
    """
    check_may_wait(referral)
    before = referral.escalation if referral.is_escalated else None
    if before:
        run_on(referral)
    referral.escalation = escalation
    referral.paused_on = referral.paused_on or timezone.localdate()
    return moved(referral, Move.ESCALATE, by, text, waited_for=before)


def moved(referral, move, by, text, **recorded):
    """Write the status and the step, and tell the resident what they have been waiting for."""
    is_news = move not in NO_NEWS and (referral.is_open or referral.is_merged)
    referral.status = status_after(referral.status, move)
    if move not in {Move.ASK, Move.ESCALATE}:
        run_on(referral)
    referral.save()
    ReferralStep.objects.create(
        referral=referral,
        kind=RECORDED_AS[move],
        at=timezone.now(),
        by=by,
        text_for_resident=text,
        **recorded,
    )
    if is_news:
        contact = getattr(referral.submission, "contact", None)
        tell_resident_of_news(referral.submission, contact)
    return referral
