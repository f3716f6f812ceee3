"""How long bodies took, counted as it happens: `count` for one step, `recount` from all of them."""

from collections import Counter
from itertools import groupby

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from governance.models import EscalationStep, Tally
from governance.pauses import STARTS_CLOCK, days_paused, take_step
from governance.structure import structure_today
from localities import bulk

Kind, Measure = EscalationStep.Kind, Tally.Measure

GOES_UP = {"passed_up", "out_of_line"}


def measured(steps, calendar_at):
    """What each step of a matter counts for: (body, day, measure, working days).

    Days are those of London, and the days for which the clock stood still are not among them. They
    are reckoned by the bank holidays that were known at the moment of the step, as its deed did.
    Once it was merged, the matter that goes on for both counts alone.
    """
    start, pauses, zone = None, [], timezone.get_current_timezone()
    for step in steps:
        day, calendar = timezone.localdate(step.at, zone), calendar_at(step.at)

        def note(measure, body, days=0, day=day):
            return (body, day, measure, max(days, 0))

        taken = calendar.working_days_between(start, day) if start else 0
        counted = []
        if step.kind == Kind.ACCEPTED:
            counted = [note(Measure.ACKNOWLEDGED, step.from_body_id, taken)]
        elif step.kind == Kind.SENT_BACK:
            counted = [note(Measure.SENT_BACK, step.from_body_id)]
        elif step.kind == Kind.RESOLVED:
            counted = [
                note(Measure.ANSWERED, step.from_body_id, taken - days_paused(pauses, calendar)),
                note(Measure.RESOLVED, step.from_body_id),
            ]
        elif step.kind in GOES_UP:
            counted = [
                note(Measure.ANSWERED, step.from_body_id, taken - days_paused(pauses, calendar)),
                note(Measure.PASSED_UP, step.from_body_id),
            ]
        if step.kind in STARTS_CLOCK:
            counted.append(note(Measure.RECEIVED, step.to_body_id))
            start = day
        take_step(pauses, step.kind, day)
        yield step, counted
        if step.kind == Kind.MERGED:
            return


def count(steps, calendar):
    """Count what the last of a matter's steps counts for, in the transaction that writes it."""
    *_, (_, counted) = measured(steps, lambda moment: calendar)
    # In one order, so that no two transactions wait for each other.
    for body, on, measure, days in sorted(counted):
        row, _ = Tally.objects.get_or_create(body_id=body, on=on, measure=measure, days=days)
        Tally.objects.filter(pk=row.pk).update(count=F("count") + 1)


@transaction.atomic
def recount(*, mend=True):
    """Count everything anew from the steps; give how many rows were wrong, mended if asked."""
    if connection.vendor == "postgresql":  # Whoever counts meanwhile waits; SQLite has locked all.
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Tally._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    right, calendar_at = Counter(), structure_today().calendar_at
    steps = EscalationStep.objects.order_by("escalation", "pk").only(
        "escalation", "kind", "at", "from_body", "to_body"
    )
    for _, of_one in groupby(steps.iterator(), key=lambda step: step.escalation_id):
        for _, counted in measured(of_one, calendar_at):
            right.update(counted)
    there = counts()
    wrong = {key for key in right.keys() | there.keys() if right[key] != there[key]}
    if mend and wrong:
        write(right)
    return len(wrong)


def counts():
    """How often each thing was counted, by body, day, measure and working days."""
    rows = Tally.objects.values_list("body", "on", "measure", "days", "count")
    return Counter({tuple(key): number for *key, number in rows.order_by()})


def write(right):
    """Let these counts stand, and no others."""
    Tally.objects.all().delete()
    bulk.write(
        Tally,
        ["body", "on", "measure", "days", "count"],
        (
            (body, on.isoformat(), str(measure), days, number)
            for (body, on, measure, days), number in sorted(right.items())
        ),
    )
    bulk.go_on_after(Tally)
