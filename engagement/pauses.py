"""When the clock of a message stood still: while its resident was asked, or its matter was open.

A matter knows of no message, so it writes down nowhere that the clock goes on: the steps of the
matter itself tell the day.
"""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from engagement.models import Referral, ReferralStep
from engagement.workflow import ReferralStatus
from governance.models import EscalationStep
from governance.pauses import by_first, days_paused, run_on, stand_still

Kind, OfMatter = ReferralStep.Kind, EscalationStep.Kind

STANDS_STILL = {Kind.ASKED, Kind.ESCALATED}
RUNS_ON = {
    Kind.ACKNOWLEDGED,
    Kind.REPLIED,
    Kind.ANSWERED,
    Kind.REFERRED_ON,
    Kind.MERGED,
    Kind.SPLIT,
    Kind.CLOSED,
}
MATTER_ENDS = {OfMatter.RESOLVED, OfMatter.WITHDRAWN}  # also where it went into another one


def take_step(pauses, kind, day):
    """Take the pauses of a clock one step of its message further."""
    if kind == Kind.REOPENED:
        pauses.clear()
    elif kind in STANDS_STILL:
        stand_still(pauses, day)
    elif kind in RUNS_ON:
        run_on(pauses, day)


def take_step_of_matter(pauses, kind, day):
    if kind in MATTER_ENDS:
        run_on(pauses, day)
    elif kind == OfMatter.REOPENED:
        stand_still(pauses, day)


def take_steps_of_matter(pauses, steps, waits_since, zone, until=None):
    """Those since the message waits for it: one that joined a theme later did not before.

    And where it waits for another one now, until it did.
    """
    for kind, at in steps:
        if at > waits_since and (until is None or at <= until):
            take_step_of_matter(pauses, kind, timezone.localdate(at, zone))


def pauses_of(referral):
    """Those of the clock that a message has now, which runs on where it is referred on."""
    return each_with_pauses(Referral.objects.filter(pk=referral.pk))[referral.pk]


def each_with_pauses(leads):
    """The pauses of several, by the key of the one that leads now."""
    leads = leads.order_by()
    steps = ReferralStep.objects.filter(
        referral__role=Referral.Role.LEAD,
        referral__submission__in=leads.values("submission"),
        kind__in={*STANDS_STILL, *RUNS_ON, Kind.REOPENED},
    ).order_by("referral__submission", "pk")
    before = steps.exclude(waited_for=None).order_by().values("waited_for")
    steps = steps.values_list("referral__submission", "kind", "at", "waited_for")
    of_messages = dict(by_first(steps))
    now = leads.filter(status=ReferralStatus.ESCALATED).values("escalation")
    steps = EscalationStep.objects.filter(
        escalation__in=now.union(before),  # for one or the other PostgreSQL would read all steps
        kind__in={*MATTER_ENDS, OfMatter.REOPENED},
    ).order_by("escalation", "pk")
    of_matters = dict(by_first(steps.values_list("escalation", "kind", "at")))
    found, zone = {}, timezone.get_current_timezone()
    columns = "pk", "submission", "status", "escalation"
    for key, submission, status, escalation in leads.values_list(*columns):
        found[key], waits_since = [], None
        for kind, at, waited_for in of_messages.get(submission, ()):
            if waited_for:
                steps = of_matters.get(waited_for, ())
                take_steps_of_matter(found[key], steps, waits_since, zone, until=at)
            take_step(found[key], kind, timezone.localdate(at, zone))
            waits_since = at if kind == Kind.ESCALATED else waits_since
        # One that has a life after its matter waits for that no more.
        if status == ReferralStatus.ESCALATED and waits_since:
            steps = of_matters.get(escalation, ())
            take_steps_of_matter(found[key], steps, waits_since, zone)
    return found


def paused_days_of(referrals, days):
    """Of those of these leads that ever stood still: key → for how many days, reckoned anew.

    While one stands still, what has ended since counts once the clock is let go on.
    """
    told = ReferralStep.objects.filter(
        kind__in=STANDS_STILL, referral__submission=OuterRef("submission")
    )
    may_have = referrals.exclude(status=ReferralStatus.REFERRED, referred_from=None)
    leads = may_have.filter(Exists(told))
    stood_still = dict(leads.order_by().values_list("pk", "paused_on"))
    return {
        key: days_paused([each for each in pauses if is_past(each, stood_still[key])], days)
        for key, pauses in each_with_pauses(leads).items()
        if key in stood_still
    }


def is_past(pause, paused_on):
    _, until = pause
    return paused_on is None or (until is not None and until <= paused_on)
