"""The timeline of a matter: what happened to it, in words, and who did it for whom."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from governance.models import Body, ClockNotice, EscalationStep, Membership, Seat
from governance.telling import NOTICED, PORTAL, TO_DO, happened, with_article
from governance.way import OWN_STEPS, Kind, acting_body, go_on
from governance.working_days import short_day
from localities.kept_query import KeptQuery, any_of

OF_A_CHAIR = (
    *("start_date", "end_date", "seat__start_date", "seat__end_date", "seat__body"),
    *("person__username", "person__first_name", "person__last_name"),
)


def timeline_of(matter):
    """Every step and every notice of a matter with the words for it, the first one first."""
    way, entries, chairs = [matter.escalation.raising_body], [], chairs_of(matter)
    for step in matter.steps:
        entries.append(Entry(step, recorder(step, way), same_chairs(step, chairs)))
        go_on(way, step)
    entries += [Noticed(notice, holder_at(matter, notice.at)) for notice in matter.notices]
    return sorted(entries, key=lambda entry: entry.at)


def holder_at(matter, at):
    """Before whom it lay at a moment."""
    steps = (step.to_body for step in reversed(matter.steps) if step.at <= at)
    return next(steps, matter.escalation.raising_body)


def recorder(step, way):
    """The body whose officers recorded what a body without officers here did; mostly none."""
    if step.from_body not in way or step.kind in OWN_STEPS:
        return None
    last = len(way) - way[::-1].index(step.from_body)
    acted = acting_body(way[:last], timezone.localdate(step.at))
    return None if acted == step.from_body else acted


def chairs_of(matter):
    """Everyone who was ever chair of a body it has been before."""
    bodies = {pk for step in matter.steps for pk in (step.from_body_id, step.to_body_id)}
    return chairs_of_bodies(bodies=tuple(sorted(bodies))) if bodies else []


@KeptQuery
def chairs_of_bodies(bodies):
    chairs = Membership.objects.filter(any_of("seat__body", bodies), seat__role=Seat.Role.CHAIR)
    return chairs.select_related("seat", "person").only(*OF_A_CHAIR)


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as the timeline tells it."""

    step: EscalationStep
    recorded_by: Body | None
    same_chairs: list

    @property
    def at(self):
        return self.step.at

    @property
    def happened(self):
        return happened(self.step)

    @property
    def who(self):
        """Who took the step, and for whom."""
        by = str(self.step.by or PORTAL)
        if self.step.kind in {Kind.OUT_OF_LINE, Kind.REBASED}:
            return f"Approved by {by}, governance administrator"
        if self.step.kind == Kind.REFUSED_OUT:
            return f"Refused by {by}, governance administrator"
        if self.recorded_by:
            return f"{by}, recorded for {self.step.from_body.name} by {self.recorded_by.name}"
        return by


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the portal did of itself, as the timeline tells it."""

    notice: ClockNotice
    holder: Body

    @property
    def at(self):
        return self.notice.at

    @property
    def who(self):
        return PORTAL

    @property
    def because(self):
        return self.notice.because

    @property
    def happened(self):
        notice = self.notice
        return NOTICED[notice.kind].format(
            body=with_article(notice.body.name),
            holder=with_article(self.holder.name),
            do=TO_DO[notice.clock],
            due=short_day(notice.due),
            was_due=notice.was_due and short_day(notice.was_due),
        )


def same_chairs(step, chairs):
    """Who, of the memberships given, was chair at both ends of a move on its day."""
    if step.from_body == step.to_body or step.kind == Kind.MOVED:
        return []
    day = timezone.localdate(step.at)
    there = defaultdict(set)
    for each in chairs:
        if each.is_in_force_on(day) and each.seat.is_in_force_on(day):
            there[each.seat.body_id].add(each.person)
    return sorted(there[step.from_body.pk] & there[step.to_body.pk], key=str)
