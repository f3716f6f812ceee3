"""When the clock of a matter stood still, as its steps tell: for due days and for figures alike.

A pause is the day since which it stood still and the day on which it went on, none if it has not.
"""

from itertools import groupby
from operator import itemgetter

from django.utils import timezone

from governance.models import EscalationStep
from governance.way import TRAVELS, Kind

STARTS_CLOCK = {*TRAVELS, Kind.REOPENED}
TELLING = {*STARTS_CLOCK, Kind.SENT_BACK, Kind.ANSWERED}


def stand_still(pauses, day):
    """Let the clock of these pauses stand still from a day on, if it runs."""
    if not pauses or pauses[-1][1] is not None:
        pauses.append((day, None))


def run_on(pauses, day):
    """Let it go on, if it stands still."""
    if pauses and pauses[-1][1] is None:
        pauses[-1] = (pauses[-1][0], day)


def take_step(pauses, kind, day):
    """Take the pauses of a clock one step further."""
    if kind in STARTS_CLOCK:
        pauses.clear()
    elif kind == Kind.SENT_BACK:
        stand_still(pauses, day)
    elif kind == Kind.ANSWERED:
        run_on(pauses, day)


def pauses_of(steps):
    """Those of the clock that a matter has now; `steps` are each a kind and a moment."""
    pauses, zone = [], timezone.get_current_timezone()
    for kind, at in steps:
        take_step(pauses, kind, timezone.localdate(at, zone))
    return pauses


def days_paused(pauses, days):
    """For how many working days it stood still, but for a pause that is not over."""
    return sum(days.working_days_between(since, until) for since, until in pauses if until)


def paused_days_of(matters, days):
    """Of those of these matters that were answered a question: key → for how many days, anew."""
    steps = EscalationStep.objects.filter(kind__in=TELLING).order_by("escalation", "pk")
    answered = EscalationStep.objects.filter(escalation__in=matters, kind=Kind.ANSWERED)
    steps = steps.filter(escalation__in=answered.order_by().values("escalation"))
    of_each = by_first(steps.values_list("escalation", "kind", "at"))
    return {matter: days_paused(pauses_of(of_one), days) for matter, of_one in of_each}


def by_first(rows):
    """Each key with its kinds and moments, one by one, of rows in the order of these keys."""
    for key, of_one in groupby(rows.iterator(), key=itemgetter(0)):
        yield key, [tuple(rest) for _, *rest in of_one]
