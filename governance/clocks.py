"""Clocks that ran out, and those that a new bank holiday moves: what there is to do about them.

Rows with a clock have `clock_started_on`, and for each of its two deadlines the day and the working
days it was given: `acknowledge_by` with `acknowledge_days`, `answer_by` with `answer_days`. The
apps above `register` what reckons theirs anew, and what sees to those that are overdue.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from governance.models import ClockNotice
from governance.working_days import short_day

Clock, Kind = ClockNotice.Clock, ClockNotice.Kind


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done once a deadline is overdue by so many working days.

    `rungs` says how far up: none is a reminder to the body itself.
    """

    number: int
    overdue_by: int
    rungs: int


# The last one is the cap: a matter that stays overdue is listed as such, and nobody chased again.
STAGES = (Stage(1, 1, 0), Stage(2, 3, 1), Stage(3, 8, 2))

RECKONERS, CLIMBERS = [], []


def register(*, climb, reckon=None):
    """Let `reckon` be called with the calendar of the day, and `climb` with an office hour."""
    for functions, function in ((RECKONERS, reckon), (CLIMBERS, climb)):
        if function and function not in functions:
            functions.append(function)


# --- Reckoning anew -------------------------------------------------------------------------------


def misreckoned(rows, new, paused_days, days):
    """The keys of rows whose deadlines or paused days are others by the calendar `days`.

    They wait to be acknowledged in the status `new`. Of those that ever stood still `paused_days`
    gives for how many days, by their keys.
    """
    waiting = rows.filter(status=new)
    return sorted(
        mispaused(rows, paused_days, days)
        | misdue(waiting, Clock.ACKNOWLEDGE, days)
        | misdue(rows, Clock.ANSWER, days, "paused_days")
    )


def misdue(rows, clock, days, *paused):
    """Those with another day than the one that they hold.

    There are far fewer different sums than rows: each is reckoned once.
    """
    fields = ["clock_started_on", f"{clock}_days", f"{clock}_by", *paused]
    held = rows.filter(**{f"{clock}_days__isnull": False, f"{clock}_by__isnull": False}).order_by()
    wrong = Q(pk__in=[])
    for values in held.values_list(*fields).distinct():
        start, given, due, *paused_days = values
        if days.due_day(start, given, paused_days=sum(paused_days)).due != due:
            wrong |= Q(**dict(zip(fields, values, strict=True)))
    return set(held.filter(wrong).values_list("pk", flat=True))


def mispaused(rows, paused_days, days):
    """Those with another number of paused days than their steps tell."""
    held = rows.exclude(paused_days=0).order_by().values_list("pk", "paused_days")
    right = {(key, number) for key, number in paused_days(rows, days).items() if number}
    return {key for key, _ in right ^ set(held)}


def why_reckoned(right, days, *, was_due, was_paused):
    """Why a due day is another one now, in a sentence.

    Where this calendar leads to the day that it was, with the days that it was paused for then, it
    is those that differ. Else it is the bank holidays that were added among the days skipped.
    """
    if days.due_day(right.start, right.days, paused_days=was_paused).due == was_due:
        return "The days for which it waited were counted again."
    added = [day for day in right.bank_holidays if day in days.added]
    if not added:
        return "The bank holidays of England have changed."
    names = " and ".join(f"{days.added[day]} ({short_day(day)})" for day in added)
    return f"{names} {'is a bank holiday' if len(added) == 1 else 'are bank holidays'}."


# --- What is overdue ------------------------------------------------------------------------------


def clock_of(escalation):
    """Which deadline of an open matter runs now."""
    is_new = escalation.status == "raised"
    return Clock.ACKNOWLEDGE if is_new else Clock.ANSWER


def next_stage(matter):
    """The stage that an overdue matter has come to and that was not done yet, or none.

    One stage a day, so that a body has a day to act before the one above it is told.
    """
    escalation = matter.escalation
    if not escalation.due_on:
        return None
    clock = clock_of(escalation)
    done = [
        notice
        for notice in matter.notices
        if notice.kind != Kind.RECKONED
        and (notice.clock, notice.clock_started_on) == (clock, escalation.clock_started_on)
    ]
    return stage_to_take(escalation.due_on, done, matter.today, matter.calendar)


def stage_to_take(due, done, today, days):
    """The stage that something due on a day has come to, after the notices of those `done`."""
    last = max((notice.stage for notice in done), default=0)
    was_today = any(timezone.localdate(notice.at) == today for notice in done)
    if last == len(STAGES) or was_today:
        return None
    stage = STAGES[last]
    return stage if days.working_days_between(due, today) >= stage.overdue_by else None


def bodies_above(matter, rungs):
    """The bodies so many rungs above the one that has it, on the lines it follows."""
    reached = [matter.holder]
    for _ in range(rungs):
        reached = [
            line.to_body
            for body in reached
            for line in matter.structure.lines_up(body, "escalates_to")
        ]
    return list(dict.fromkeys(reached))
