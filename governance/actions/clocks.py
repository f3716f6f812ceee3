"""What the portal does of itself as clocks run: remind, tell the bodies above, reckon anew.

Any number of workers may do so at once: each matter is locked and judged as it stands then, so that
what one has done, another finds done.
"""

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from governance import readers
from governance.actions import decisions, escalations, steps
from governance.actions.structure import lock_structure
from governance.clocks import (
    CLIMBERS,
    RECKONERS,
    STAGES,
    bodies_above,
    clock_of,
    misreckoned,
    next_stage,
    register,
    why_reckoned,
)
from governance.emails import tell_of_overdue
from governance.matter import Matter
from governance.models import ClockNotice, Escalation
from governance.names import named_bodies
from governance.outbox import can_receive
from governance.pauses import paused_days_of
from governance.structure import announced_holidays, structure_today
from governance.workflow import EscalationStatus
from governance.working_days import Calendar, short_day

Clock, Kind = ClockNotice.Clock, ClockNotice.Kind
BATCH = 10_000  # rows that are locked at a time


# --- Reckoning anew -------------------------------------------------------------------------------


@transaction.atomic
def reckon_anew():
    """Reckon every running clock by the bank holidays as they are now; give how many changed.

    It may be done at any time, and again: what is right stays as it is. Whoever has written a bank
    holiday does it before the structure is given a new version.

    It locks messages, then the structure, then matters. All deeds lock in this order, so that no
    two of them wait for each other. Matters were registered before messages, hence `reversed`.
    """
    days = Calendar(announced_holidays())
    return sum(reckon(days) for reckon in reversed(RECKONERS))


def reckon_matters(days):
    """Give matters the due days they have by this calendar, each with a notice that says so.

    No row of the history: a page that someone has open is no older for it, and the notice tells
    what was there before.
    """
    running, new = Escalation.objects.open(), EscalationStatus.RAISED
    wrong = misreckoned(running, new, paused_days_of, days)
    if wrong:
        lock_structure()
    # Their keys stay free: who has a message may point it at its matter, and is waited for later.
    rows = running.select_for_update(no_key=True)
    return reckon_rows(rows, wrong, new, paused_days_of, days, _noted)


def _noted(escalation, **reckoned):
    body = escalation.current_body_id
    ClockNotice.objects.create(escalation=escalation, body_id=body, **reckoned)
    readers.keep_up(escalation)


def reckon_rows(rows, keys, new, paused_days, days, noted):
    """Give those of the rows with these keys the days that they have by this calendar.

    Each is judged afresh, once it is locked; `noted` writes down each due day that changed. They
    are locked in the order of their keys, as by whoever locks several of them.
    """
    changed = 0
    for some in in_batches(keys):
        locked = list(rows.filter(pk__in=some).order_by("pk"))
        paused = paused_days(rows.model.objects.filter(pk__in=[row.pk for row in locked]), days)
        for row in locked:
            clocks = (Clock.ACKNOWLEDGE, Clock.ANSWER) if row.status == new else (Clock.ANSWER,)
            changed += reckon_row(row, clocks, paused.get(row.pk, 0), days, noted)
    return changed


def in_batches(keys):
    return (keys[first : first + BATCH] for first in range(0, len(keys), BATCH))


def reckon_row(row, clocks, paused_days, days, noted):
    """Give one row its days; give how many due days changed."""
    reckoned, values = {}, {"paused_days": paused_days}
    for clock in clocks:
        given, due = getattr(row, f"{clock}_days"), getattr(row, f"{clock}_by")
        if given is None or due is None:
            continue
        paused = paused_days if clock == Clock.ANSWER else 0
        right = days.due_day(row.clock_started_on, given, paused_days=paused)
        if right.due != due:
            reckoned[clock] = right
            values[f"{clock}_by"] = right.due
    if not reckoned and paused_days == row.paused_days:
        return 0
    type(row).objects.filter(pk=row.pk).update(**values)
    for clock, right in reckoned.items():
        was_due = getattr(row, f"{clock}_by")
        was_paused = row.paused_days if clock == Clock.ANSWER else 0
        noted(
            row,
            kind=Kind.RECKONED,
            clock=clock,
            clock_started_on=row.clock_started_on,
            at=timezone.now(),
            due=right.due,
            was_due=was_due,
            because=why_reckoned(right, days, was_due=was_due, was_paused=was_paused),
        )
    return len(reckoned)


# --- What is overdue ------------------------------------------------------------------------------


def climb_overdue(*, now=None):
    """Remind, or tell the next one, of all whose time has come; give what was done.

    Nothing outside office hours.
    """
    now = now or timezone.now()
    days = structure_today().calendar
    if not days.is_office_hour(now):
        return []
    return [sentence for climb in CLIMBERS for sentence in climb(now)]


def climb_matters(now):
    """Remind of every matter whose time has come, or tell the next body above."""
    done = (_take_next_stage(pk, now) for pk in _overdue(timezone.localdate(now)))
    return [sentence for sentence in done if sentence]


register(reckon=reckon_matters, climb=climb_matters)
register(climb=decisions.remind_of_overdue)


def _overdue(today):
    """The keys of overdue matters for which not everything was done, the longest overdue first."""
    of_this_clock = Q(notices__clock_started_on=F("clock_started_on")) & ~Q(
        notices__kind=Kind.RECKONED
    )
    of_this_clock &= Q(notices__clock=Clock.ACKNOWLEDGE, status="raised") | Q(
        notices__clock=Clock.ANSWER, status="accepted"
    )
    overdue = Escalation.objects.filter(is_open=True, due_on__lt=today)
    done = Count("notices__stage", filter=of_this_clock, distinct=True)
    overdue = overdue.annotate(stages_done=done).filter(stages_done__lt=len(STAGES))
    return list(overdue.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _take_next_stage(pk, now):
    """Do what is next for one matter, if it still is; another worker’s matter is left to it."""
    found = Escalation.objects.filter(pk=pk, is_open=True)
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    escalation = found.first()
    if escalation is None:
        return ""
    matter = Matter(escalation, today=timezone.localdate(now))
    stage = next_stage(matter)
    if stage is None:
        return ""
    if stage is STAGES[-1]:
        reason = f"Overdue since {short_day(escalation.due_on)}, and reminders were in vain."
        moved = escalations.climb(matter=matter, note=reason)
        if moved is not None:
            return f"{escalation.reference} went up by itself"
    return _tell(matter, stage, now)


def _tell(matter, stage, now):
    escalation, clock = matter.escalation, clock_of(matter.escalation)
    above = _who_can_be_told(matter, stage.rungs) if stage.rungs else []
    # Where nobody so far up can be told, the body itself is reminded once more.
    kind = Kind.TOLD if above else Kind.REMINDED
    notices = [
        ClockNotice(
            escalation=escalation,
            kind=kind,
            clock=clock,
            clock_started_on=escalation.clock_started_on,
            stage=stage.number,
            body=body,
            at=now,
            due=escalation.due_on,
        )
        for body in above or [matter.holder]
    ]
    ClockNotice.objects.bulk_create(notices)
    readers.add(escalation, {notice.body.pk for notice in notices})
    tell_of_overdue(matter, notices)
    return f"{escalation.reference} {kind.label.lower()}"


def _who_can_be_told(matter, rungs):
    above = named_bodies([body.pk for body in bodies_above(matter, rungs)]).values()
    now = {steps.who_has_it_now(body, matter.today) for body in above}
    return [
        body
        for body in sorted(now - {matter.holder, matter.acting_body}, key=lambda body: body.slug)
        if can_receive(body, day=matter.today)
    ]
