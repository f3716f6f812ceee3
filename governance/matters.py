"""Many matters: lists of them, each in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.matter import TRAVELS, clock_state
from governance.models import Escalation, EscalationStep
from governance.names import names_of
from governance.structure import structure_today
from governance.workflow import EscalationStatus


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in a list: what it is, between whom, and by when the next thing is due."""

    escalation: Escalation
    raising_body: str
    holder: str
    due: date | None
    due_state: str


@dataclass(frozen=True, slots=True)
class Group:
    """Matters that are in the same state for someone; only the most pressing are shown."""

    key: str
    title: str
    rows: list[Row]
    has_more: bool


def rows(escalations, *, names=None, structure=None, today=None):
    """Escalations with the names of their bodies, and how near their next due day is."""
    today = today or timezone.localdate()
    structure = structure or structure_today()
    names = names_on(escalations, structure) if names is None else names
    return [
        Row(
            escalation=each,
            raising_body=names[each.raising_body_id],
            holder=names[each.current_body_id],
            due=(due := next_due(each)),
            due_state=clock_state(each, due, today, structure.calendar) if due else "",
        )
        for each in escalations
    ]


def names_on(escalations, structure):
    """The short names of the bodies that these concern."""
    bodies = {pk for each in escalations for pk in (each.raising_body_id, each.current_body_id)}
    return names_of(bodies, structure, short=True)


def next_due(escalation):
    """The day by which its holder does what comes next; none when it is not open."""
    if not escalation.is_open:
        return None
    if escalation.status == EscalationStatus.RAISED:
        return escalation.acknowledge_by
    return escalation.answer_by


def escalations_before(standing, *, limit=10):
    """What lies before the bodies someone sits on, in groups, the most pressing first in each."""
    mine, today = standing.sits_on, standing.day
    before_mine = lies_before(mine)
    lying = Escalation.objects.open().filter(before_mine)
    raised = lying.filter(status=EscalationStatus.RAISED)
    accepted = lying.filter(status=EscalationStatus.ACCEPTED)
    late = Q(acknowledge_by__lt=today, status=EscalationStatus.RAISED) | Q(answer_by__lt=today)
    running = lying.exclude(status=EscalationStatus.SENT_BACK)
    acted = EscalationStep.objects.filter(escalation=OuterRef("pk"), from_body__in=mine)
    elsewhere = Escalation.objects.open().filter(Exists(acted)).exclude(before_mine)
    groups = {
        ("overdue", "Overdue"): running.filter(late),
        ("new", "New, to be acknowledged"): raised.exclude(late),
        ("sent-back", "Sent back with a question"): lying.filter(status=EscalationStatus.SENT_BACK),
        ("due", "In hand, to be answered"): accepted.exclude(late),
        ("waiting", "Waiting on others"): elsewhere,
        ("drafts", "My drafts"): Escalation.objects.filter(
            status=EscalationStatus.DRAFT, created_by=standing.person
        ),
    }
    found = {
        group: list(matters.order_by("answer_by", "pk")[: limit + 1])
        for group, matters in groups.items()
    }
    structure = structure_today()
    names = names_on(chain.from_iterable(found.values()), structure)
    told = {"names": names, "structure": structure, "today": today}
    return [
        Group(key, title, rows(matters[:limit], **told), len(matters) > limit)
        for (key, title), matters in found.items()
    ]


def lies_before(bodies):
    """The condition that a matter lies before one of these bodies.

    What lies before a body without officers here counts for the body below, which acts for it.
    """
    without = structure_today().without_officers_here()
    came_up = EscalationStep.objects.filter(
        escalation=OuterRef("pk"), kind__in=TRAVELS, from_body__in=bodies, to_body__in=without
    )
    theirs = Q(current_body__in=bodies) | Q(Exists(came_up))
    # Told apart by body first, so that the index of open matters by body finds them.
    return Q(current_body__in={*bodies, *without}) & theirs
