"""Messages that say the same are answered once: each keeps its author, who gets that answer."""

from django.db import transaction

from engagement.actions.referrals import (
    check_is_theirs,
    check_nothing_happened_since,
    holder_by,
    led_on,
    moved,
    take_along,
    those_with,
)
from engagement.actions.steps import (
    check_not_withdrawn,
    lead_of,
    locked_together,
    voices_may_change,
)
from engagement.models import Referral, Submission
from engagement.permissions import check_can_act_on_each
from engagement.tallies import counting
from engagement.workflow import OPEN_STATUSES, Move, ReferralStatus, status_after
from governance.structure import structure_today
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

    with counting(submission, into):
        with_it = those_with([lead])
        Submission.objects.filter(merged_into=submission).update(merged_into=into)
        submission.merged_into = into
        submission.save(update_fields=["merged_into"])
        voices_may_change(submission)
        for each in with_it:
            take_along(each, other.body, by, text)
        return moved(brought_to(other, lead, by), Move.MERGE, by, text)


def brought_to(other, lead, by):
    """The referral that leads once it is where the other one is: whoever answers has both.

    What its resident is told of it stands in the step that puts it with that one.
    """
    structure = structure_today()
    if holder_by(structure, lead.body_id) == holder_by(structure, other.body_id):
        return lead
    moved(lead, Move.REFER_ON, by, "")
    return led_on(other.body, lead, by, ReferralStatus.REFERRED)


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
