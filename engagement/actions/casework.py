"""What staff do about a message among themselves: nothing of it is told to the resident."""

from django.db import transaction
from django.utils import timezone

from engagement.actions.referrals import in_hand
from engagement.actions.steps import check_not_withdrawn, locked
from engagement.models import Note, Referral
from engagement.permissions import can_act_on, check_can_note
from governance.permissions import standing_of
from governance.workflow import MoveNotAllowed

ANYONE = object()


@transaction.atomic
def assign(*, referral, to, by, was=ANYONE):
    """Say who works on a message; `to` is None for nobody in particular.

    `was` is who did, by primary key, as far as one knew: who is overtaken is told.
    """
    referral = in_hand(referral, by)
    if not referral.is_open:
        raise MoveNotAllowed("It is not open any more, so there is nothing to work on.")
    if to is not None and not can_act_on(standing_of(to), referral):
        raise MoveNotAllowed(
            f"{to} may not act on this message today. Choose someone else, or refer it on."
        )
    if referral.assigned_to_id == (to.pk if to else None):
        return referral
    if was is not ANYONE and referral.assigned_to_id != was:
        raise MoveNotAllowed(
            f"It was given to {referral.assigned_to or 'nobody in particular'} after you opened "
            "this page. Look again before you change that."
        )
    referral.assigned_to = to
    referral.save(update_fields=["assigned_to"])
    record(referral.submission, Note.Kind.ASSIGNED, f"to {to}" if to else "to nobody", by=by)
    return referral


@transaction.atomic
def note(*, submission, text, by, key=None):
    """Write something down for colleagues. The same press twice notes it once."""
    submission = locked(submission)
    check_can_note(by, Referral.objects.filter(submission=submission))
    check_not_withdrawn(submission)
    if not text.strip():
        raise MoveNotAllowed("Write the note first.")
    if key is None:
        return record(submission, Note.Kind.NOTE, text, by=by)
    return Note.objects.get_or_create(
        sending_key=key,
        defaults={"submission": submission, "text": text, "by": by, "at": timezone.now()},
    )[0]


def record(submission, kind, text, *, by):
    return Note.objects.create(
        submission=submission, kind=kind, text=text, by=by, at=timezone.now()
    )
