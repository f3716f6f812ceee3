"""A resident’s own words, shown to everyone if they agreed, and only as the team redacted them."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from engagement import redaction
from engagement.actions.casework import record
from engagement.actions.steps import check_not_withdrawn, locked
from engagement.models import Contact, Note, Redaction, Referral
from engagement.permissions import check_can_redact
from governance.workflow import MoveNotAllowed


@transaction.atomic
def redact(*, submission, marked, reason, by, seen=0):
    """Keep a message as it may be shown; it stands with what came of it, now and later.

    `seen` is the revision that one had before one, 0 for none. The same pressed twice is kept once.
    """
    check_can_redact(by)
    submission = locked(submission)
    check_not_withdrawn(submission)
    check_may_be_shown(submission)
    before = Redaction.objects.filter(submission=submission).first()
    if before and (before.marked, before.reason, before.by) == (marked, reason, by):
        return before
    if seen != (before.revision if before else 0):
        raise MoveNotAllowed(
            f"{before.by if before else 'Someone'} changed what is shown of it after you opened "
            "this page. Look at it again before you go on."
        )
    redaction.check(marked, submission, Contact.objects.filter(submission=submission).first())
    after = redaction.shown(marked)
    if redaction.BLACK in after and not reason.strip():
        raise ValidationError({"reason": "Enter why something is blacked out"})
    kept, _ = Redaction.objects.update_or_create(
        submission=submission,
        defaults={
            "marked": marked,
            "shown": after,
            "reason": reason.strip(),
            "by": by,
            "at": timezone.now(),
            "revision": seen + 1,
        },
    )
    record(submission, Note.Kind.REDACTED, "to be shown to everyone", by=by)
    return kept


@transaction.atomic
def take_back(*, submission, by):
    """Show the words to nobody any more; pressed again, there is nothing left to do."""
    check_can_redact(by)
    submission = locked(submission)
    if Redaction.objects.filter(submission=submission).delete()[0]:
        record(submission, Note.Kind.TAKEN_BACK, "from what everyone may read", by=by)


def check_may_be_shown(submission):
    if not submission.may_publish:
        raise MoveNotAllowed("The resident did not agree that what they wrote is published.")
    if not Referral.objects.leading().filter(submission=submission).exists():
        raise MoveNotAllowed("This message was put before nobody, so it is not published.")
