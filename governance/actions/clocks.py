"""What the portal does of itself as clocks run: remind, tell the bodies above, reckon anew.

Any number of workers may do so at once: each matter is locked and judged as it stands then, so that
what one has done, another finds done.
"""

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from governance import readers
from governance.actions import escalations, steps
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
from governance.structure import structure_today
from governance.working_days import short_day

Clock, Kind = ClockNotice.Clock, ClockNotice.Kind


# --- Reckoning anew -------------------------------------------------------------------------------


@transaction.atomic
def reckon_anew():
    """Reckon every running clock by the bank holidays as they are now; give how many changed.

    It may be done at any time, and again: what is right stays as it is.
    """
    days = structure_today().calendar
    return sum(reckon(days) for reckon in RECKONERS)


def reckon_matters(days):
    """Give matters the due days they have by this calendar, each with a notice that says so.

    No row of the history: a page that someone has open is no older for it, and the notice tells
    what was there before.
    """
    running = Escalation.objects.open()
    waiting = running.filter(status="raised")
    return reckon_rows(waiting, Clock.ACKNOWLEDGE, days, _noted) + reckon_rows(
        running, Clock.ANSWER, days, _noted
    )


def _noted(escalation, **reckoned):
    body = escalation.current_body_id
    ClockNotice.objects.create(escalation=escalation, body_id=body, **reckoned)
    readers.keep_up(escalation)


def reckon_rows(rows, clock, days, noted):
    """Give rows the due day of a clock by this calendar; `noted` writes down each that changed."""
    due_field, changed = f"{clock}_by", 0
    wrong = misreckoned(rows, clock, days, pauses=clock == Clock.ANSWER).order_by("pk")
    for each in wrong.select_for_update():
        was_due = getattr(each, due_field)
        paused_days = each.paused_days if clock == Clock.ANSWER else 0
        given = getattr(each, f"{clock}_days")
        reckoned = days.due_day(each.clock_started_on, given, paused_days=paused_days)
        rows.model.objects.filter(pk=each.pk).update(**{due_field: reckoned.due})
        noted(
            each,
            kind=Kind.RECKONED,
            clock=clock,
            clock_started_on=each.clock_started_on,
            at=timezone.now(),
            due=reckoned.due,
            was_due=was_due,
            because=why_reckoned(reckoned, days),
        )
        changed += 1
    return changed


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
