"""Taking away what residents sent: for one who asks, and when the time for keeping it is over."""

from django.db import transaction
from django.utils import timezone

from engagement import retention
from engagement.actions.activities import let_go
from engagement.actions.steps import check_not_withdrawn, locked, write_words_anew
from engagement.actions.submissions import take_away
from engagement.erasure import naming_of, remove_person
from engagement.models import Contact, Erasure, Submission, SubmissionStatus
from engagement.permissions import check_can_erase
from governance.workflow import MoveNotAllowed


@transaction.atomic
def erase(*, submission, by, reason):
    """Take away everything, for a resident who asked us to; who did it and why stays.

    `by` is None for whoever keeps the server and gives the command there.
    """
    submission = locked(submission)
    if by is not None:
        check_can_erase(by)
    check_not_withdrawn(submission)
    check_has_words(submission)
    check_names_nobody(submission, reason)
    return take_away(
        submission, SubmissionStatus.ERASED, Erasure.Cause.REQUEST, by=by, reason=reason.strip()
    )


def check_has_words(submission):
    """One that was rejected stays so when its time is over; that is noted, and no other reason."""
    if submission.erasures.filter(extent=Erasure.Extent.EVERYTHING).exists():
        raise MoveNotAllowed("The words of this message were removed.")


def check_names_nobody(submission, reason):
    if not reason.strip():
        raise MoveNotAllowed("Say why it is erased: that is all that will be left to explain it.")
    naming = naming_of(Contact.objects.filter(submission=submission).first())
    if naming and naming.search(reason):
        raise MoveNotAllowed(
            "The reason names the resident, and it is kept. Write it without their name, e-mail "
            "address or telephone number."
        )


# --- When the time is over ------------------------------------------------------------------------


def apply_retention(*, today=None, dry_run=False):
    """Remove what is due by a day, each message in a transaction of its own; give what it was.

    Yields a period and one thing that was due under it after the other. It may be stopped at any
    moment and run again.
    """
    today = today or timezone.localdate()
    gone = set()
    for period in retention.periods():
        for due in retention.due_under(period, today):
            if due.what in gone:
                continue
            if dry_run or due.is_row or remove_due(period, due, today):
                gone.add(due.what)
                yield period, due
        if not dry_run:
            remove_rows(period, today)


@transaction.atomic
def remove_rows(period, today):
    """Remove what goes whole under a period: mails, and sign-ups with the mails about them."""
    if period.slug == period.Slug.MAIL:
        retention.mails_due(period, today).delete()
    elif period.slug == period.Slug.SIGN_UP:
        for interest in retention.sign_ups_due(period, today):
            let_go(interest)


@transaction.atomic
def remove_due(period, due, today):
    """Remove one thing if it is still due; say whether it was."""
    submission = locked(Submission(pk=due.pk))
    if not retention.submissions_due(period, today).filter(pk=submission.pk).exists():
        return False  # something happened to it since the list was made
    if period.slug == period.Slug.PERSON:
        remove_person(submission)
        submission.save()
        write_words_anew(submission)
        Erasure.objects.create(
            submission=submission, extent=Erasure.Extent.PERSON, cause=Erasure.Cause.PERIOD
        )
        return True
    status = (
        submission.status
        if submission.status == SubmissionStatus.REJECTED
        else SubmissionStatus.ERASED
    )
    take_away(submission, status, Erasure.Cause.PERIOD)
    return True
