"""What the deeds on a message are made of: each locks it, and judges it as it stands then."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.models import Referral, ReferralStep, Submission, SubmissionStatus, SubmissionWords
from engagement.outcomes import is_told_of
from engagement.pauses import pauses_of
from governance import pauses
from governance.actions.structure import pages_edited
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed

Kind = ReferralStep.Kind


def locked(submission):
    """The submission, locked: every deed about it takes its turn here.

    With it those that were put with it, since they share its answer; always in the same order.
    """
    return locked_together(submission)[submission.pk]


def locked_together(*submissions):
    """Several of them, with all that were put with them, by primary key."""
    pks = [each.pk for each in submissions]
    found = Submission.objects.select_for_update().filter(Q(pk__in=pks) | Q(merged_into__in=pks))
    return {each.pk: each for each in found.order_by("pk")}


def lead_of(submission):
    """The referral to the body that has it now; none where it is held or was rejected."""
    lead = Referral.objects.leading().select_related("body").filter(submission=submission).first()
    if lead is not None:
        lead.submission = submission
    return lead


def check_not_withdrawn(submission):
    if submission.status == SubmissionStatus.WITHDRAWN:
        raise MoveNotAllowed(_("This message was withdrawn, and its words were removed."))
    if submission.is_gone:
        raise MoveNotAllowed(_("The words of this message were removed."))


def voices_may_change(submission):
    """Pages that are kept say how many said what something came of."""
    if is_told_of(submission):
        pages_edited()


def run_on(referral):
    """Let the clock go on where it stood still, with the working days given back."""
    if referral.paused_on is None:
        return
    calendar, start = structure_today().calendar, referral.clock_started_on
    stood_still = pauses_of(referral)
    pauses.run_on(stood_still, timezone.localdate())
    referral.paused_days = pauses.days_paused(stood_still, calendar)
    referral.answer_by = calendar.due_day(
        start, referral.answer_days, paused_days=referral.paused_days
    ).due
    referral.paused_on = None


def keep_words(submission):
    """The words by which it is found, those of its additions with them."""
    SubmissionWords.objects.filter(submission=submission).update(words=words_of(submission))


def write_words_anew(submission):
    """The same, and no word that it had before stays in the index."""
    SubmissionWords.objects.filter(submission=submission).forget()
    SubmissionWords.objects.create(submission=submission, words=words_of(submission))


def words_of(submission):
    """What the resident wrote: the message, additions, and replies to questions."""
    added = submission.additions.order_by("pk").values_list("message", flat=True)
    replies = ReferralStep.objects.filter(referral__submission=submission, kind=Kind.REPLIED)
    replied = replies.order_by("pk").values_list("text_for_resident", flat=True)
    return "\n".join([submission.message, *added, *replied])
