"""Many matters: lists of them, each in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.utils import timezone

from governance.matter import ASKS, SETTLES, TRAVELS, clock_state
from governance.models import Body, Escalation, EscalationStep, StaffSettings
from governance.names import names_of
from governance.structure import structure_today
from governance.workflow import EscalationStatus

Order = StaffSettings.Order
COUNTED = 100  # matters of a kind; counting a million would take long


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in a list: what it is, between whom, and by when the next thing is due."""

    escalation: Escalation
    raising_body: str
    holder: str
    due: date | None
    due_state: str


class Pile(models.TextChoices):
    """What state a matter is in for someone, and so what there is to do."""

    OVERDUE = "overdue", "Overdue"
    NEW = "new", "New, to be acknowledged"
    SENT_BACK = "sent-back", "Sent back with a question"
    DUE = "due", "In hand, to be answered"
    WAITING = "waiting", "Waiting on others"
    DRAFTS = "drafts", "My drafts"
    EXCEPTIONS = "exceptions", "Exceptions to approve or refuse"


@dataclass(frozen=True, slots=True)
class Group:
    """The matters of one pile; only the first of them are shown."""

    key: str
    title: str
    rows: list[Row]
    number: int
    counted: int = COUNTED

    @property
    def count(self):
        return in_number(self.number, self.counted)

    @property
    def has_more(self):
        return self.number > len(self.rows)


class Place(NamedTuple):
    """Where in an order a matter stands: at a due day, if its clock runs, and by its key."""

    day: date | None
    key: int
    has_day: bool = True

    def __str__(self):
        return f"{self.day or ''}.{self.key}" if self.has_day else str(self.key)


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


def piles_for(standing):
    """Which piles somebody has at all."""
    before = [pile for pile in Pile if pile != Pile.EXCEPTIONS] if standing.sits_on else []
    return before + [Pile.EXCEPTIONS] * standing.is_governance_administrator


def piles(standing):
    """The matters of each pile, for someone who sits on bodies, or decides on exceptions."""
    found = piles_before(standing) if standing.sits_on else {}
    if standing.is_governance_administrator:
        found[Pile.EXCEPTIONS] = exceptions_asked()
    return found


def exceptions_asked():
    """Open matters that officers ask to be sent out of line, and nobody has answered."""
    asked = EscalationStep.objects.filter(kind=ASKS, escalation=OuterRef("pk"))
    last = EscalationStep.objects.filter(kind__in={ASKS, *SETTLES}, escalation=OuterRef("pk"))
    found = Escalation.objects.open().filter(Exists(asked))
    return found.annotate(last=Subquery(last.order_by("-pk").values("kind")[:1])).filter(last=ASKS)


def piles_before(standing):
    """What lies before the bodies of someone, what came from there, and their drafts."""
    mine, today = standing.sits_on, standing.day
    before_mine = lies_before(mine)
    lying = Escalation.objects.open().filter(before_mine)
    in_time = lying.filter(due_on__gte=today)
    return {
        Pile.OVERDUE: lying.filter(due_on__lt=today),
        Pile.NEW: in_time.filter(status=EscalationStatus.RAISED),
        Pile.SENT_BACK: lying.filter(status=EscalationStatus.SENT_BACK, due_on=None),
        Pile.DUE: in_time.filter(status=EscalationStatus.ACCEPTED),
        Pile.WAITING: Escalation.objects.open().read_by(mine).exclude(before_mine),
        Pile.DRAFTS: Escalation.objects.filter(
            status=EscalationStatus.DRAFT, created_by=standing.person
        ),
    }


def escalations_before(standing, *, limit=10, narrowed=lambda matters: matters, order=Order.DUE):
    """What lies before the bodies someone sits on, in groups, and how many there are in each."""
    keys = keys_of_piles(
        {
            pile: in_order(narrowed(matters), order)[: counted_of(pile, limit) + 1]
            for pile, matters in piles(standing).items()
        },
        order,
    )
    shown = Escalation.objects.in_bulk(chain.from_iterable(each[:limit] for each in keys.values()))
    structure = structure_today()
    told = {
        "names": names_on(shown.values(), structure),
        "structure": structure,
        "today": standing.day,
    }
    return [
        Group(
            key=pile.value,
            title=pile.label,
            rows=rows([shown[key] for key in found[:limit]], **told),
            number=len(found),
            counted=counted_of(pile, limit),
        )
        for pile, found in keys.items()
    ]


def keys_of_piles(piles, order):
    """The keys of the matters of each pile, in their order: of all piles in one query."""
    # Each cut short inside: SQLite cannot cut what it then puts together.
    asked = [
        Escalation.objects.order_by()
        .filter(pk__in=matters.values("pk"))
        .values_list(Value(pile.value), "due_on", "pk")
        for pile, matters in piles.items()
    ]
    found = {pile: [] for pile in piles}
    for pile, due_on, key in asked[0].union(*asked[1:], all=True) if asked else ():
        found[Pile(pile)].append((due_on or date.max, -key) if order == Order.DUE else (-key,))
    return {pile: [-key for *_, key in sorted(places)] for pile, places in found.items()}


def counted_of(pile, limit):
    """How far a pile is counted: what lies elsewhere is found by passing by what others have."""
    return limit if pile == Pile.WAITING else COUNTED


def in_order(matters, order):
    """The newest first; or what is due first, and after it that whose clock does not run."""
    if order == Order.NEWEST:
        return matters.order_by("-pk")
    return matters.order_by(F("due_on").asc(nulls_last=True), "-pk")


def keys_of(matters, counted=COUNTED):
    """The keys of the first ones, and of one more than are counted."""
    return list(matters.values_list("pk", flat=True)[: counted + 1])


def in_number(number, counted=COUNTED):
    """How many there are, as far as they are counted."""
    return str(number) if number <= counted else f"more than {counted}"


def lies_before(bodies):
    """The condition that a matter lies before one of these bodies.

    What lies before a body without officers here counts for the body below, which acts for it.
    """
    without = structure_today().without_officers_here()
    came_up = EscalationStep.objects.filter(
        kind__in=TRAVELS, from_body__in=bodies, to_body__in=without
    )
    # Asked body by body: to see that there is none, the database would else read all steps.
    reached = Body.objects.filter(Exists(came_up.filter(to_body=OuterRef("pk"))), pk__in=without)
    if not reached.exists():  # Mostly so, and then the index of open matters says it all.
        return Q(current_body__in=bodies)
    theirs = Q(current_body__in=bodies) | Exists(came_up.filter(escalation=OuterRef("pk")))
    # Told apart by body first, so that the index of open matters by body finds them.
    return Q(current_body__in={*bodies, *without}) & theirs
