"""What the engagement team does with a message that was held: it is released, or rejected.

Nothing is deleted. A released message goes where any other would, from the day it is released.
"""

from django.db import transaction
from django.utils import timezone

from engagement.actions.sending import put_before_bodies
from engagement.actions.steps import locked
from engagement.catalogue import catalogue_today
from engagement.forms import UNKNOWN
from engagement.judging import NOT_SURE, judge
from engagement.models import Screening, SubmissionStatus, TopicBy
from engagement.permissions import check_can_screen
from engagement.tallies import counting
from governance.telling import moment
from governance.workflow import MoveNotAllowed

Verdict = Screening.Verdict


@transaction.atomic
def release(*, submission, by, reason):
    """It is a message after all: put it before its bodies."""
    submission = decided(submission, by, reason, Verdict.RELEASED)
    judged = judge(answers_of(submission), released=True)
    with counting(submission):
        submission.status = SubmissionStatus.RELEASED
        # Read from the words anew, it may be another one than when they came.
        submission.topic_id, submission.topic_by = judged.topic, judged.topic_by
        submission.save(update_fields=["status", "topic", "topic_by"])
        put_before_bodies(submission, judged, timezone.now(), by)
    return submission


@transaction.atomic
def reject(*, submission, by, reason):
    """It is spam. It stays where it is, and the receipt says so."""
    submission = decided(submission, by, reason, Verdict.REJECTED)
    submission.status = SubmissionStatus.REJECTED
    submission.save(update_fields=["status"])
    return submission


def decided(submission, by, reason, verdict):
    check_can_screen(by)
    submission = locked(submission)
    if submission.status != SubmissionStatus.HELD:
        raise MoveNotAllowed(
            f"{submission.reference} is not held any more: {what_became(submission)}."
        )
    if not reason.strip():
        raise MoveNotAllowed("Say why it is released or rejected.")
    Screening.objects.create(
        submission=submission, verdict=verdict, reason=reason, by=by, at=timezone.now()
    )
    return submission


def what_became(submission):
    """What somebody decided, or its resident did, as the end of a sentence."""
    screening = Screening.objects.filter(submission=submission).select_related("by").first()
    if screening is None:
        return f"it was {submission.get_status_display().lower()}"
    return f"{screening.by} {screening.verdict} it on {moment(screening.at)}"


def answers_of(submission):
    """A message as it was typed, as far as it decides where it goes."""
    is_suggested = submission.topic_by == TopicBy.SUGGESTED
    # No column says who named whom it is about: what the words say too is taken to be theirs.
    read = catalogue_today().reader.read(submission.message).about
    return {
        "message": submission.message,
        "topic": NOT_SURE if is_suggested else submission.topic_id,
        "about": "" if submission.about == read else submission.about,
        "kind": submission.kind,
        "place": submission.place,
        "nearest": submission.locality_id or UNKNOWN,
    }
