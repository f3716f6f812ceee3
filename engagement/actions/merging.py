"""Messages that say the same are answered once: each keeps its author, who gets that answer."""

from django.db import transaction

from engagement.actions.referrals import check_is_theirs, check_nothing_happened_since, moved
from engagement.actions.steps import (
    check_not_withdrawn,
    lead_of,
    locked_together,
    voices_may_change,
)
from engagement.models import Referral, Submission
from engagement.permissions import check_can_act_on_each
from engagement.workflow import OPEN_STATUSES, Move, status_after
from governance.workflow import MoveNotAllowed


@transaction.atomic
def merge(*, referral, into, by, text="", seen=None):
    """Put a message with another one, whose answer is to be the answer to both."""
    found = locked_together(referral.submission, into)
    submission, into = found[referral.submission_id], found[into.pk]
    lead, other = afresh(referral, submission), lead_of(into)
    check_is_theirs(lead, by, seen)
    check_can_act_on_each(by, [other])
    check_not_withdrawn(submission)
    check_not_withdrawn(into)
    check_nothing_happened_since(lead, seen)
    if submission.pk == into.pk:
        raise MoveNotAllowed("This is the same message. Enter the reference of another one.")
    if other.status not in OPEN_STATUSES:
        raise MoveNotAllowed(
            f"{into.reference} is not open, so its answer would not be the answer to this one too."
        )
    status_after(lead.status, Move.MERGE)

    Submission.objects.filter(merged_into=submission).update(merged_into=into)
    submission.merged_into = into
    submission.save(update_fields=["merged_into"])
    voices_may_change(submission)
    return moved(lead, Move.MERGE, by, text)


@transaction.atomic
def split(*, referral, by, text="", seen=None):
    """Take a message out again, to be answered by itself."""
    submission = locked_together(referral.submission)[referral.submission_id]
    lead = afresh(referral, submission)
    check_is_theirs(lead, by, seen)
    check_not_withdrawn(submission)
    check_nothing_happened_since(lead, seen)
    status_after(lead.status, Move.SPLIT)

    voices_may_change(submission)
    submission.merged_into = None
    submission.save(update_fields=["merged_into"])
    return moved(lead, Move.SPLIT, by, text)


def afresh(referral, submission):
    referral = Referral.objects.select_related("body").get(pk=referral.pk)
    referral.submission = submission
    return referral
