"""What a resident does with a message once it is sent: adds to it, doubts its answer, withdraws it.

Residents have no account, so nobody is passed as `by`: having the receipt is what allows it.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.actions.steps import (
    check_not_withdrawn,
    keep_words,
    lead_of,
    locked,
    locked_together,
    run_on,
    voices_may_change,
)
from engagement.emails import (
    send_new_secret,
    tell_body_of_addition,
    tell_body_of_reopening,
    tell_body_of_reply,
    tell_body_of_withdrawal,
)
from engagement.erasure import remove_everything
from engagement.explanation import REJECTED
from engagement.models import (
    Addition,
    Contact,
    Erasure,
    Idea,
    Receipt,
    Redaction,
    Referral,
    ReferralStep,
    Submission,
    SubmissionStatus,
)
from engagement.receipts import new_secret, secret_hash
from engagement.receivers import days_given
from engagement.tallies import counting
from engagement.workflow import Move, ReferralStatus, may_move, status_after
from governance.actions.structure import pages_edited
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed

Kind = ReferralStep.Kind


@transaction.atomic
def add(*, submission, message, key):
    """Add to a message; the body that has it is told. Sending the same twice adds it once.

    With one that is held it waits for the engagement team.
    """
    submission = locked(submission)
    check_not_withdrawn(submission)
    if submission.status == SubmissionStatus.REJECTED:  # nobody would read it
        raise MoveNotAllowed(str(REJECTED))
    addition, is_new = Addition.objects.get_or_create(
        sending_key=key,
        defaults={"submission": submission, "message": message, "added_at": timezone.now()},
    )
    if is_new:
        keep_words(submission)
        lead = lead_of(submission)
        if lead is not None:
            tell_body_of_addition(lead)
    return addition


@transaction.atomic
def reply(*, submission, message, question):
    """Answer what the body asked; its clock goes on. `question` is the step that asks."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    lead = lead_of(submission)
    steps = ReferralStep.objects.filter(referral=lead)
    given = steps.filter(kind=Kind.REPLIED, pk__gt=question).first()
    if given is not None and given.text_for_resident == message:
        return given  # pressed twice
    asked = steps.filter(kind=Kind.ASKED).order_by("pk").last()
    if lead is None or not lead.is_asked or asked.pk != question:
        raise MoveNotAllowed(_("This question is not open any more. You can add to your message."))
    lead.status = status_after(lead.status, Move.REPLY)
    run_on(lead)
    lead.save()
    step = ReferralStep.objects.create(
        referral=lead, kind=Kind.REPLIED, at=timezone.now(), text_for_resident=message
    )
    keep_words(submission)
    tell_body_of_reply(lead)
    return step


@transaction.atomic
def not_answered(*, submission, message, key):
    """The answer does not answer it: open it again before the body that answered, once."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    lead = lead_of(submission)
    if lead is None:
        raise MoveNotAllowed(_("This message was not answered yet."))
    steps = ReferralStep.objects.filter(referral__submission=submission)
    if steps.filter(kind=Kind.REOPENED).exists():
        if was_said_before(lead, message, key):
            return lead
        raise MoveNotAllowed(
            _(
                "You have said this once before, and it was looked at again. You can still add to "
                "your message."
            )
        )
    if not may_move(lead.status, Move.REOPEN):
        raise MoveNotAllowed(
            _("There is no answer to this message at present, so it cannot be opened again.")
        )
    now = timezone.now()
    today = timezone.localdate(now)
    lead.status = status_after(lead.status, Move.REOPEN)
    lead.clock_started_on = today
    lead.answer_days = days_given(lead.body)["answer_days"]
    lead.answer_by = structure_today().calendar.due_day(today, lead.answer_days).due
    lead.acknowledge_days, lead.acknowledge_by = 0, today
    lead.paused_days = 0
    lead.save()
    if submission.merged_into_id:  # what is missing is this author's own matter
        voices_may_change(submission)
        submission.merged_into = None
        submission.save(update_fields=["merged_into"])
    ReferralStep.objects.create(referral=lead, kind=Kind.REOPENED, at=now)
    if message.strip():
        Addition.objects.get_or_create(
            sending_key=key,
            defaults={"submission": submission, "message": message, "added_at": now},
        )
        keep_words(submission)
    tell_body_of_reopening(lead)
    return lead


def was_said_before(lead, message, key):
    """Whether it is what opened a message again: it was pressed twice."""
    if message.strip():
        return Addition.objects.filter(submission=lead.submission_id, sending_key=key).exists()
    return lead.steps.order_by("pk").last().kind == Kind.REOPENED


@transaction.atomic
def keep_private(*, submission):
    """The resident does not agree to publishing any more: what was shown is shown no longer."""
    submission = locked(submission)
    submission.may_publish = False
    submission.save(update_fields=["may_publish"])
    Redaction.objects.filter(submission=submission).delete()
    if idea := Idea.objects.filter(submission=submission, is_published=True).first():
        idea.is_published = False
        idea._change_reason = "The resident does not agree to publishing any more"
        idea.save()
        pages_edited()  # pages that are kept led to it
    return submission


@transaction.atomic
def withdraw(*, submission):
    """Take a message back: the words and the person go at once, the bare facts stay."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    return take_away(submission, SubmissionStatus.WITHDRAWN, Erasure.Cause.RESIDENT)


def take_away(submission, status, cause, *, by=None, reason=""):
    """Remove everything from a submission that is locked, note who had it done, tell the body."""
    with counting(submission):
        return taken_away(submission, status, cause, by, reason)


def taken_away(submission, status, cause, by, reason):
    """The same, without what it counts for."""
    remove_everything(submission)
    submission.status = status
    submission.save()
    if submission.theme_id or submission.merged_into_id:
        voices_may_change(submission)
    Erasure.objects.get_or_create(
        submission=submission,
        extent=Erasure.Extent.EVERYTHING,
        defaults={"cause": cause, "by": by, "reason": reason},
    )
    let_go(submission)
    lead = lead_of(submission)
    if lead is None:
        return submission
    was_open = lead.is_open
    lead.status = status_after(lead.status, Move.WITHDRAW)
    lead.save()
    by_resident = cause == Erasure.Cause.RESIDENT
    ReferralStep.objects.create(
        referral=lead,
        kind=Kind.WITHDRAWN if by_resident else Kind.ERASED,
        at=timezone.now(),
        by=by,
    )
    if by_resident or was_open:
        tell_body_of_withdrawal(lead)
    return submission


def let_go(submission):
    """The messages that were put with this one are answered by themselves again."""
    for lead in Referral.objects.leading().filter(
        submission__merged_into=submission, status=ReferralStatus.MERGED
    ):
        lead.status = status_after(lead.status, Move.SPLIT)
        lead.save()
        ReferralStep.objects.create(referral=lead, kind=Kind.SPLIT, at=timezone.now())
    submission.duplicates.update(merged_into=None)


@transaction.atomic
def renew_secret(*, submission):
    """Mail a new secret to the address given with the message; the old one ends."""
    submission = locked(submission)
    secret = new_secret()
    Receipt.objects.filter(submission=submission).update(secret_hash=secret_hash(secret))
    contact = Contact.objects.filter(submission=submission).first()
    if contact is None:  # it was taken away since the address was compared
        transaction.set_rollback(True)
        return
    send_new_secret(submission, contact, secret)


@transaction.atomic
def renew_nothing():
    """The steps of `renew_secret` for nobody, undone: a guess takes as long as the truth."""
    nobody = Submission(pk=0, received_on=timezone.localdate())
    locked_together(nobody)
    secret = new_secret()
    Receipt.objects.filter(submission=nobody.pk).update(secret_hash=secret_hash(secret))
    contact = Contact.objects.filter(submission=nobody.pk).first()
    send_new_secret(nobody, contact or Contact(email="nobody@example.org"), secret)
    transaction.set_rollback(True)
