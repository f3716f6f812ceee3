"""The pack of papers for a meeting of a body: everything it needs to know, in parts.

Each app has parts of its own, which the apps above `register` when they start. What is new is told
since the meeting before; where none is on record, of the last three months.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.utils import timezone

from governance import action_points
from governance.changes import changes_between
from governance.faults import beside_on, faults_on
from governance.matters import rows
from governance.models import (
    ActionPoint,
    Body,
    Decision,
    Escalation,
    EscalationReader,
    EscalationStep,
    Meeting,
)
from governance.names import names_of
from governance.permissions import Standing
from governance.registered import Registered
from governance.structure import Structure, structure_today
from governance.workflow import EscalationStatus

SHOWN = 100  # rows of one part
# What is said of several faults of a rule at once.
TOGETHER = {"vacant-seat": "{number} seats are vacant: {names}."}
WITHOUT_A_MEETING_BEFORE = timedelta(days=91)

Kind = EscalationStep.Kind
CAME = (Kind.RAISED, Kind.PASSED_UP, Kind.OUT_OF_LINE, Kind.REOPENED)


@dataclass(frozen=True)
class Pack:
    """A meeting of a body, by whom its papers are read, and since when things are new to it."""

    body: Body
    meeting: Meeting
    standing: Standing
    structure: Structure
    before: Meeting | None  # the meeting before
    since: datetime

    @classmethod
    def of(cls, meeting, standing):
        earlier = Meeting.objects.filter(body=meeting.body_id, starts_at__lt=meeting.starts_at)
        before = earlier.exclude(status=Meeting.Status.CANCELLED).order_by("starts_at", "pk").last()
        now = min(meeting.starts_at, timezone.now())
        since = before.starts_at if before else now - WITHOUT_A_MEETING_BEFORE
        return cls(meeting.body, meeting, standing, structure_today(), before, since)

    @property
    def day(self):
        return timezone.localdate(self.meeting.starts_at)

    @property
    def since_day(self):
        return timezone.localdate(self.since)

    @property
    def bodies(self):
        """The body, and the closed ones whose matters it has, by primary key."""
        return {self.body.pk} | self.structure.followed_by(self.body)


class Part:
    """A section of the pack. Parts override what they show."""

    key = title = template = ""
    nothing = ""  # the sentence where there is nothing to show
    is_to_decide = False  # whether it shows matters that lie before the body
    is_to_answer = False  # or those in which it is asked something
    order = 0

    def about(self, pack):
        """What the template shows, as `about`; nothing at all leaves the sentence."""
        return None


PARTS = Registered()
register = PARTS.register


def parts_of(pack):
    return [(part, part.about(pack)) for part in PARTS]


def to_answer(parts):
    """The matters in which the body is asked something, as parts of its pack show them."""
    return [row for part, about in parts if part.is_to_answer and about for row in about["rows"]]


def to_decide(parts):
    """Those that lie before the body, each once; none that it answers a question on first."""
    shown = [about["rows"] for part, about in parts if part.is_to_decide and about]
    found = {row.escalation.pk: row for rows in shown for row in rows}
    asked = {row.escalation.pk for row in to_answer(parts)}
    return [row for key, row in found.items() if key not in asked]


# --- Matters --------------------------------------------------------------------------------------


class Matters(Part):
    """Some matters as a table, no more than a pack can hold."""

    template = "governance/_pack_matters.html"

    def found(self, pack):
        raise NotImplementedError

    def about(self, pack):
        found = list(self.found(pack)[: SHOWN + 1])
        if not found:
            return None
        told = rows(found[:SHOWN], structure=pack.structure)
        return {"rows": told, "has_more": len(found) > SHOWN}

    def before(self, pack):
        """What lies before the body, also what it took out of the partnership and acts on."""
        lying = readers_of(pack).filter(holds=True)
        return Escalation.objects.filter(is_open=True, pk__in=lying.values("escalation"))


def readers_of(pack):
    return EscalationReader.objects.filter(is_open=True, body__in=pack.bodies)


class New(Matters):
    key = "new"
    title = "New matters"
    nothing = "No matter has come in since."
    is_to_decide = True
    order = 10

    def found(self, pack):
        came = EscalationStep.objects.filter(
            escalation=OuterRef("pk"), kind__in=CAME, to_body__in=pack.bodies, at__gte=pack.since
        )
        here = self.before(pack).filter(Exists(came), current_body__in=pack.bodies)
        return here.order_by("due_on", "pk")


class Due(Matters):
    key = "due"
    title = "Due by this meeting"
    nothing = "Nothing is due by the day of this meeting."
    is_to_decide = True
    order = 20

    def found(self, pack):
        return self.before(pack).filter(due_on__lte=pack.day).order_by("due_on", "pk")


class Asked(Matters):
    key = "asked"
    title = "Questions to answer, and views to give"
    nothing = "Nobody waits for an answer or a view of this body."
    is_to_answer = True
    order = 25

    def about(self, pack):
        about = super().about(pack)
        if about:
            matters = [row.escalation for row in about["rows"]]
            names = names_of({each.asked_by for each in matters}, pack.structure, short=True)
            for each in matters:
                each.asker = names.get(each.asked_by, "")
        return about

    def found(self, pack):
        questions = Q(status=EscalationStatus.SENT_BACK, holds=True)
        views = Q(view_asked=True) & ~Q(current_body__in=pack.bodies)
        asked = readers_of(pack).filter(questions | views)
        here = asked.filter(questions, escalation=OuterRef("pk"))
        steps = EscalationStep.objects.filter(escalation=OuterRef("pk")).order_by("-pk")
        # Whoever has the matter may have come to it since, as another body follows or acts for it.
        sent_back = steps.filter(kind=Kind.SENT_BACK)
        consulted = steps.filter(kind=Kind.CONSULTED, consulted_body__in=pack.bodies)
        last = {
            name: Case(
                When(Exists(here), then=Subquery(sent_back.values(field)[:1])),
                default=Subquery(consulted.values(field)[:1]),
            )
            for name, field in (("question", "note"), ("asked_by", "from_body"))
        }
        found = Escalation.objects.filter(pk__in=asked.values("escalation"))
        return found.annotate(**last).order_by("answer_by", "pk")


class PassedUp(Matters):
    key = "passed-up"
    title = "Passed up"
    nothing = "No matter was passed up since."
    order = 30

    def found(self, pack):
        passed = EscalationStep.objects.filter(
            kind__in=[Kind.PASSED_UP, Kind.OUT_OF_LINE],
            from_body__in=pack.bodies,
            at__gte=pack.since,
        )
        return Escalation.objects.filter(pk__in=passed.values("escalation")).order_by("-pk")


# --- What else ------------------------------------------------------------------------------------


class ActionPoints(Part):
    key = "actions"
    title = "Open actions and conditions"
    nothing = "No action of this body is open."
    template = "governance/_pack_actions.html"
    order = 40

    def about(self, pack):
        points = ActionPoint.objects.filter(is_open=True, body__in=pack.bodies)
        points, has_more = action_points.rows(
            points.order_by("due_on", "pk"), pack.standing, names_matters=True
        )
        return {"points": points, "has_more": has_more} if points else None


class Changes(Part):
    key = "changes"
    title = "Changes of the structure"
    nothing = "Nothing about this body has changed in the structure since."
    template = "governance/_pack_changes.html"
    order = 60

    def about(self, pack):
        today = timezone.localdate()
        found = changes_between(min(pack.since_day, today), today, body=pack.body)
        days = [(day, list(changes)) for day, changes in groupby(found, key=attrgetter("day"))]
        return {"days": days} if days else None


class Faults(Part):
    key = "faults"
    title = "What is wrong with this body on record"
    nothing = "Nothing is wrong."
    template = "governance/_pack_faults.html"
    order = 70

    def about(self, pack):
        here = pack.structure.body(pack.body)
        found = faults_on(pack.structure, beside_on(pack.structure)) if here else ()
        found = [fault for fault in found if fault.body == here]
        return {"faults": told_together(found)} if found else None


def told_together(faults):
    """A sentence for each fault, or for all of a rule whose faults are alike; each is named."""
    said = []
    for rule, found in groupby(faults, key=lambda fault: fault.rule):
        found = list(found)
        if rule.code in TOGETHER and len(found) > 1:
            names = Counter(fault.name for fault in found)
            names = (
                f"{name}, {number} times" if number > 1 else name for name, number in names.items()
            )
            said.append(TOGETHER[rule.code].format(number=len(found), names="; ".join(names)))
        else:
            said += [f"{rule.title}: {fault.found}" for fault in found]
    return said


class Decisions(Part):
    key = "decisions"
    title = "Decisions of this meeting"
    nothing = "None is written down yet."
    template = "governance/_pack_decisions.html"
    order = 90

    def about(self, pack):
        found = Decision.objects.filter(meeting=pack.meeting).prefetch_related("escalations")
        found = list(found.order_by("pk"))
        return {"decisions": found} if found else None
