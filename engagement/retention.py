"""What is due to be removed by a day: periods are rows that the engagement team can change.

A period of months ends with the same day of a later month, or that month's last; what was closed on
31 August and is kept for six months is kept to 28 February, and due on 1 March.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from engagement.models import (
    Addition,
    Erasure,
    Interest,
    Referral,
    ReferralStep,
    RetentionPeriod,
    Screening,
    Submission,
    SubmissionStatus,
)
from engagement.models.submission import GONE
from engagement.workflow import ReferralStatus
from governance.models import OutboxMessage

Slug = RetentionPeriod.Slug
MOST_FIRST = [Slug.COMPLAINT, Slug.REJECTED, Slug.FEEDBACK, Slug.PERSON, Slug.SIGN_UP, Slug.MAIL]
ONE_DAY = timedelta(days=1)
# That somebody is still to answer it, by itself or with another message.
STILL_WAITS = Q(is_open=True) | Q(status=ReferralStatus.MERGED)


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time is over: since when it counted, and the last day it was kept."""

    what: str
    pk: int
    since: date
    kept_to: date
    is_row: bool = False  # it goes whole, without being looked at again


def periods():
    """The periods that end, those under which most is removed first."""
    ending = RetentionPeriod.objects.filter(months__isnull=False)
    return sorted(ending, key=lambda period: MOST_FIRST.index(period.slug))


def due_under(period, today):
    """What is due under a period, the oldest first, as it is found."""
    if period.slug == Slug.MAIL:
        mails = mails_due(period, today).order_by("pk").values_list("pk", "created_at")
        for pk, created_at in mails.iterator():
            since = timezone.localdate(created_at)
            yield Due(f"mail {pk}", pk, since, months_after(since, period.months), is_row=True)
        return
    if period.slug == Slug.SIGN_UP:
        for interest in sign_ups_due(period, today).select_related("activity").order_by("pk"):
            since = timezone.localdate(interest.activity.starts_at)
            kept_to = months_after(since, period.months)
            yield Due(interest.reference, interest.pk, since, kept_to, is_row=True)
        return
    # A list, since what is removed on the way would change what is still to be found.
    found = submissions_due(period, today).order_by("pk")
    for submission in list(found.only("pk", "received_on")):
        since = timezone.localdate(submission.counts_from)
        kept_to = months_after(since, period.months)
        yield Due(submission.reference, submission.pk, since, kept_to)


def submissions_due(period, today):
    """The messages whose time under a period is over, each with the moment it counts from."""
    over = start_of(last_day_over(period.months, today) + ONE_DAY)
    found = Submission.objects.exclude(status__in=GONE).filter(received_at__lt=over)
    if period.slug == Slug.REJECTED:
        return (
            found.filter(status=SubmissionStatus.REJECTED)
            .exclude(message="")
            .annotate(counts_from=last_thing_that_happened())
            .filter(counts_from__lt=over)
        )
    leads = Referral.objects.filter(submission=OuterRef("pk"), role=Referral.Role.LEAD)
    found = (
        found.exclude(status=SubmissionStatus.REJECTED)
        .filter(Exists(leads), ~Exists(leads.filter(STILL_WAITS)))
        .annotate(counts_from=last_thing_that_happened())
        .filter(counts_from__lt=over)
    )
    if period.slug == Slug.COMPLAINT:
        return found.filter(is_complaint())
    found = found.exclude(is_complaint())
    if period.slug == Slug.PERSON:
        done = Erasure.objects.filter(submission=OuterRef("pk"), extent=Erasure.Extent.PERSON)
        found = found.filter(~Exists(done))
    return found


def is_complaint():
    """The condition that a message is a complaint, which the law keeps for longer."""
    return Q(flags__has_key="complaint")


def last_thing_that_happened():
    """When a message’s last step was, or it was rejected, or its resident added to it."""
    steps = ReferralStep.objects.filter(
        referral__submission=OuterRef("pk"), referral__role=Referral.Role.LEAD
    )
    added = Addition.objects.filter(submission=OuterRef("pk"))
    screened = Screening.objects.filter(submission=OuterRef("pk"))
    last_step = Subquery(steps.order_by("-at").values("at")[:1])
    last_added = Subquery(added.order_by("-added_at").values("added_at")[:1])
    return Greatest(
        "received_at",
        Coalesce(last_step, "received_at"),
        Coalesce(last_added, "received_at"),
        Coalesce(Subquery(screened.values("at")), "received_at"),
    )


def mails_due(period, today):
    """Mails that are sent or given up, and whose time is over."""
    over = start_of(last_day_over(period.months, today) + ONE_DAY)
    return OutboxMessage.objects.filter(is_queued=False, created_at__lt=over)


def sign_ups_due(period, today):
    """The sign-ups for activities that are over for as long as the period says."""
    over = start_of(last_day_over(period.months, today) + ONE_DAY)
    return Interest.objects.filter(activity__starts_at__lt=over)


# --- Months ---------------------------------------------------------------------------------------


def months_after(day, months):
    """The last day of a period of months that counts from a day, as far as calendars go."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.min if year < MINYEAR else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_over(months, today):
    """The last day of which a period of months is over by today, or the first there is."""
    day = months_after(today, -months)
    while months_after(day + ONE_DAY, months) < today:
        day += ONE_DAY
    while day > date.min and months_after(day, months) >= today:
        day -= ONE_DAY
    return day


def start_of(day):
    """The moment at which a London day begins."""
    return timezone.make_aware(datetime.combine(day, time()))
