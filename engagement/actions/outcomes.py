"""What came of what residents said: drafted by a body, published by the engagement team.

Who published last is whom the authors are told of: each publication that changes what is told gets
a number, and an author is told once of each.
"""

from django.db import transaction
from django.utils import timezone

from engagement.actions.as_seen import check_is_as_seen
from engagement.emails import tell_resident_of_outcome
from engagement.models import Contact, Outcome, OutcomeTold, Submission, Theme
from engagement.models.submission import BEFORE_NOBODY, GONE
from engagement.outcomes import behind
from engagement.permissions import check_can_draft_outcome, check_can_publish_outcome
from governance.actions.structure import pages_edited
from governance.workflow import MoveNotAllowed
from localities.history import signed

BATCH = 100
WORDS = (
    "body",
    "locality",
    "topic",
    "title",
    "said",
    "state",
    "decision",
    "did",
    "evidence_url",
    "evidence_document",
)


@transaction.atomic
def draft(*, by, body, theme=None, submission=None, **words):
    """Begin an outcome of a theme or of one message; the same one pressed twice is begun once."""
    check_can_draft_outcome(by, body)
    if submission is not None:
        submission = Submission.objects.select_for_update().get(pk=submission.pk)
        if submission.is_gone:
            raise MoveNotAllowed("The words of this message were removed.")
    else:
        Theme.objects.select_for_update().get(pk=theme.pk)
    before = Outcome.objects.filter(
        theme=theme, submission=submission, body=body, created_by=by, **words
    )
    if same := before.first():
        return same
    outcome = Outcome(theme=theme, submission=submission, body=body, created_by=by)
    return written(outcome, words, by, "Begun")


@transaction.atomic
def change(*, outcome, by, body, seen, reason="Edited", **words):
    """Write an outcome anew. Of one that is published the authors are told again."""
    outcome = locked(outcome)
    check_can_draft_outcome(by, outcome.body)
    check_can_draft_outcome(by, body)
    if outcome.is_published:
        check_can_publish_outcome(by)
    words["body"] = body
    if all(getattr(outcome, name) == value for name, value in words.items()):
        return outcome
    check_is_as_seen(outcome, seen)
    if outcome.is_published:
        outcome.changed_at = timezone.now()
        outcome.told_of += 1
    return written(outcome, words, by, reason)


@transaction.atomic
def publish(*, outcome, by, seen):
    """Show an outcome to everyone. Its authors are told by the next `tell_residents`."""
    outcome = locked(outcome)
    check_can_publish_outcome(by)
    if outcome.is_published:
        return outcome
    check_is_as_seen(outcome, seen)
    now = timezone.now()
    outcome.is_published = True
    outcome.published_at = outcome.published_at or now
    outcome.changed_at = now
    outcome.told_of += 1
    return written(outcome, {}, by, "Published")


@transaction.atomic
def take_back(*, outcome, by, reason):
    """Take a published outcome from the public again. The same press twice does it once."""
    outcome = locked(outcome)
    check_can_publish_outcome(by)
    if not reason.strip():
        raise MoveNotAllowed("Say why it is taken back: it is kept in the history.")
    if not outcome.is_published:
        return outcome
    outcome.is_published = False
    return written(outcome, {}, by, reason)


def locked(outcome):
    # Its key stays free: a story that is saved meanwhile may point at it.
    found = Outcome.objects.select_for_update(no_key=True).filter(pk=outcome.pk).first()
    if found is None:
        raise MoveNotAllowed("It is gone, with the message that it was about.")
    return found


def written(outcome, words, by, reason):
    for name, value in words.items():
        setattr(outcome, name, value)
    outcome.full_clean(exclude=["theme", "submission"], validate_unique=False)
    outcome.revision += 1
    was_public = Outcome.objects.published().filter(pk=outcome.pk).exists()
    signed(outcome, by, reason).save()
    if outcome.is_published or was_public:
        pages_edited()  # pages that are kept show it, or lead to it
    return outcome


# --- Telling the authors --------------------------------------------------------------------------


def tell_residents():
    """Tell every author who asked of what was published; give how many were told.

    Several workers may do so at once: each takes the messages of one outcome in turn, and what was
    told is written with the mail.
    """
    number = 0
    for outcome in Outcome.objects.published().order_by("changed_at"):
        while told := tell_some(outcome.pk):
            number += told
    return number


@transaction.atomic
def tell_some(pk):
    """Tell some authors of one outcome who have not been told; give how many.

    Their messages are locked before the outcome, as by every deed on one: who withdraws meanwhile
    waits, and the mail goes with the rest. What of both was found before is looked for again.
    """
    found = Outcome.objects.published().filter(pk=pk)
    outcome = found.first()
    if outcome is None:
        return 0
    some = list(authors_to_tell(outcome).values_list("pk", flat=True)[:BATCH])
    messages = Submission.objects.select_for_update().filter(pk__in=some).order_by("pk")
    some = list(messages.values_list("pk", flat=True))
    outcome = found.select_for_update().first()
    if outcome is None:
        return 0
    to_tell = list(authors_to_tell(outcome).filter(pk__in=some))
    known = dict(
        OutcomeTold.objects.filter(outcome=outcome, submission__in=to_tell).values_list(
            "submission", "of"
        )
    )
    contacts = Contact.objects.filter(submission__in=to_tell).in_bulk(field_name="submission_id")
    for submission in to_tell:
        tell_resident_of_outcome(
            submission, contacts[submission.pk], outcome, again=submission.pk in known
        )
    now = timezone.now()
    OutcomeTold.objects.bulk_create(
        (
            OutcomeTold(outcome=outcome, submission=each, of=outcome.told_of, at=now)
            for each in to_tell
        ),
        update_conflicts=True,
        unique_fields=["outcome", "submission"],
        update_fields=["of", "at"],
    )
    return len(to_tell)


def authors_to_tell(outcome):
    """The messages whose authors asked to be told, and were not told of this publication."""
    told = OutcomeTold.objects.filter(outcome=outcome, of=outcome.told_of).values("submission")
    return (
        behind(outcome)
        .filter(contact__wants_answer=True)
        .exclude(status__in=(*GONE, *BEFORE_NOBODY))
        .exclude(contact__email="")
        .exclude(pk__in=told)
        .only("pk", "received_on")
        .order_by("pk")
    )
