"""Many matters: lists of them, each in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import chain, permutations
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from governance.deadlines import clock_state
from governance.grouped import COUNTED, Group
from governance.models import Escalation, EscalationReader, EscalationStep
from governance.names import names_of
from governance.ranges import Order, Ranges, first_of, places_of
from governance.structure import structure_today
from governance.way import ASKS, SETTLES, TRAVELS
from governance.workflow import EscalationStatus
from localities.kept_query import (
    KeptRows,
    KeptUnion,
    any_of,
    asked_together,
    in_steps,
    union_of,
)


class Clock(NamedTuple):
    """What state a matter is in, and by when the next thing is due."""

    status: EscalationStatus
    due: date | None
    due_state: str


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in a list: what it is, between whom, and by when the next thing is due.

    What is drawn of its clock is kept from one page to the next, and so has nothing that anyone
    wrote.
    """

    escalation: Escalation
    raising_body: str
    holder: str
    holder_id: int
    due: date | None
    due_state: str
    is_view_asked: bool  # of a body of who reads the list

    @property
    def clock(self):
        return Clock(EscalationStatus(self.escalation.status), self.due, str(self.due_state))


# What a list says of each; a matter also has long texts, and they are read for each row.
OF_A_ROW = (
    *("title", "created_on", "raising_body", "current_body", "status", "is_open"),
    *("acknowledge_by", "answer_by", "paused_on"),
)


class Pile(models.TextChoices):
    """What state a matter is in for someone, and so what there is to do."""

    OVERDUE = "overdue", "Overdue"
    NEW = "new", "New, to be acknowledged"
    SENT_BACK = "sent-back", "Sent back with a question"
    DUE = "due", "In hand, to be answered"
    VIEW = "view", "Your view is asked"
    WAITING = "waiting", "Waiting on others"
    DRAFTS = "drafts", "My drafts"
    EXCEPTIONS = "exceptions", "Exceptions to approve or refuse"


def rows(escalations, *, names=None, structure=None, today=None):
    """Escalations with the names of their bodies, and how near their next due day is."""
    today = today or timezone.localdate()
    structure = structure or structure_today()
    names = names_on(escalations, structure) if names is None else names
    return [
        Row(
            escalation=each,
            holder=names[holder_id := holder_of(each, structure)],
            holder_id=holder_id,
            # A draft lies where it is to be raised.
            raising_body=names[
                holder_id if each.status == EscalationStatus.DRAFT else each.raising_body_id
            ],
            due=(due := next_due(each)),
            due_state=clock_state(each, due, today, structure.calendar) if due else "",
            is_view_asked=each.is_open and getattr(each, "is_view_asked", False),
        )
        for each in escalations
    ]


def fetched(keys, standing, structure):
    """Matters by key; of each, whether the view of a body of someone is asked and not yet given."""
    bodies = tuple(sorted(standing.sits_on))
    asked, place = places_of_one(bodies, structure)
    return listed(keys, bodies=in_steps(bodies, 4), asked=asked, place=place)


def places_of_one(bodies, structure):
    """Of bodies that have the place of one together: each of them, and beside it each other one."""
    places = defaultdict(list)
    for body in bodies:
        *_, last = structure.in_place_of(body, structure.day)
        places[last].append(body)
    pairs = [pair for together in places.values() for pair in permutations(together, 2)]
    asked, place = zip(*in_steps(pairs, 4), strict=True) if pairs else ((), ())
    return asked, place


@KeptRows
def listed(keys, bodies, asked, place):
    """How matters are listed for who sits on these bodies.

    The rule is that of `Matter.view_asked_of`; a test compares the two. A body that has the place
    of the one that was asked, and holds the matter, need not be asked.
    """
    matters = Escalation.objects.filter(any_of("pk", keys)).only(*OF_A_ROW)
    if not bodies:
        return matters
    readers = EscalationReader.objects.filter(
        any_of("body", bodies), is_open=True, holds=False, view_asked=True
    )
    for body, holder in zip(asked, place, strict=True):
        readers = readers.exclude(body=body, current_body=holder)
    return matters.annotate(is_view_asked=Exists(readers.filter(escalation=OuterRef("pk"))))


def names_on(escalations, structure):
    """The short names of the bodies that these concern."""
    bodies = {each.raising_body_id for each in escalations}
    bodies |= {holder_of(each, structure) for each in escalations}
    return names_of(bodies, structure, short=True)


def holder_of(escalation, structure):
    """The body, by primary key, that has it: until it is over, whoever follows one that closed."""
    goes_on = escalation.is_open or escalation.status == EscalationStatus.DRAFT
    follower = goes_on and structure.holder_of(escalation.current_body_id)
    return follower.pk if follower else escalation.current_body_id


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


def visible_to(standing):
    """What someone may see: the rule of `permissions.can_see_escalation` for a list."""
    if standing.is_governance_administrator:
        theirs = Q(created_by=standing.person) | Q(raising_body__in=standing.officer_of)
        return Ranges((Escalation.objects.filter(Q(raised_on__isnull=False) | theirs),))
    rows = EscalationReader.objects.all()
    open_to_them = rows.filter(Q(author=None) | Q(author=standing.person))
    of_bodies = [
        (rows if body in standing.officer_of else open_to_them).filter(body=body)
        for body in sorted(standing.sits_on)
    ]
    return Ranges((*of_bodies, rows.filter(author=standing.person)))


def piles(standing):
    """The matters of each pile, for someone who sits on bodies, or decides on exceptions."""
    found = {}
    if standing.sits_on:
        bodies = sorted(standing.sits_on)
        stuck = came_up_and_stuck(bodies)
        found = piles_before(bodies, standing.person, standing.day, stuck)
    if standing.is_governance_administrator:
        found[Pile.EXCEPTIONS] = exceptions()
    return found


def exceptions():
    return Ranges((exceptions_asked(),), are_open=True)


def exceptions_asked():
    """Open matters that officers ask to be sent out of line, and nobody has answered."""
    asked = EscalationStep.objects.filter(kind=ASKS, escalation=OuterRef("pk"))
    last = EscalationStep.objects.filter(kind__in={ASKS, *SETTLES}, escalation=OuterRef("pk"))
    found = Escalation.objects.open().filter(Exists(asked))
    return found.annotate(last=Subquery(last.order_by("-pk").values("kind")[:1])).filter(last=ASKS)


def piles_before(bodies, person, today, stuck=None):
    """What lies before the bodies of someone, what came from there, and their drafts."""
    lying = Ranges(tuple(lying_before(bodies, stuck)), are_open=True)
    asked = Ranges(tuple(elsewhere(bodies, stuck, view_asked=True)), are_open=True)
    waiting = Ranges(tuple(elsewhere(bodies, stuck, view_asked=False)), are_open=True)
    drafts = Escalation.objects.filter(status=EscalationStatus.DRAFT, created_by=person)

    def those(are_due=True, **which):
        return lying.narrowed(lambda matters: matters.filter(**which), are_due=are_due)

    return {
        Pile.OVERDUE: those(due_on__lt=today),
        Pile.NEW: those(due_on__gte=today, status=EscalationStatus.RAISED),
        Pile.SENT_BACK: those(are_due=False, status=EscalationStatus.SENT_BACK),
        Pile.DUE: those(due_on__gte=today, status=EscalationStatus.ACCEPTED),
        Pile.VIEW: asked,
        Pile.WAITING: waiting,
        Pile.DRAFTS: Ranges((drafts,), are_open=False),
    }


def escalations_before(standing, *, limit=10, order=Order.DUE):
    """What lies before the bodies someone sits on, in groups, and how many there are in each."""
    [found] = asked_together(asked_before(standing, order=order))
    return in_piles(found, standing, limit=limit, order=order)


def asked_before(standing, *, narrowed=None, order=Order.DUE):
    """What is to be asked for these groups, together with more; `narrowed` says which of them."""
    if narrowed or came_up_and_stuck(standing.sits_on) is not None:
        lists = piles(standing)
        if narrowed:
            lists = {pile: narrowed(ranges) for pile, ranges in lists.items()}
        return [union_of(first_of(numbered(lists), order, COUNTED + 1))]
    asked, bodies = [], tuple(sorted(standing.sits_on))
    if bodies:
        mine = KEPT_PILES[order].of(bodies=bodies, person=standing.person, today=standing.day)
        asked.append(mine)
    if standing.is_governance_administrator:
        asked.append(KEPT_EXCEPTIONS[order].of())
    return asked


def numbered(lists):
    return {NUMBERS[pile]: ranges for pile, ranges in lists.items()}


def piles_in(order):
    """The piles in an order, of which nothing is left out: the SQL of their query is kept."""

    def piles_of(bodies, person, today):
        return first_of(numbered(piles_before(bodies, person, today)), order, COUNTED + 1)

    return KeptUnion(piles_of)


def exceptions_in(order):
    def exceptions_to_decide():
        return first_of(numbered({Pile.EXCEPTIONS: exceptions()}), order, COUNTED + 1)

    return KeptUnion(exceptions_to_decide)


NUMBERS = {pile: number for number, pile in enumerate(Pile)}
KEPT_PILES = {order: piles_in(order) for order in Order}
KEPT_EXCEPTIONS = {order: exceptions_in(order) for order in Order}


def in_piles(found, standing, *, limit=10, order=Order.DUE):
    """The groups, of what was found."""
    places = places_of(found, order, COUNTED + 1)
    keys = {
        pile: [place.key for place in places.get(NUMBERS[pile], ())] for pile in piles_for(standing)
    }
    structure = structure_today()
    shown = chain.from_iterable(each[:limit] for each in keys.values())
    shown = fetched(shown, standing, structure)
    told = {
        "names": names_on(shown.values(), structure),
        "structure": structure,
        "today": standing.day,
    }
    return [
        Group(
            key=pile.value,
            title=pile.label,
            rows=rows([shown[key] for key in found[:limit] if key in shown], **told),
            number=len(found),
        )
        for pile, found in keys.items()
    ]


class Stuck(NamedTuple):
    """The steps by which matters came to closed bodies that nobody follows, from those who act now.

    What lies there lies before the body below, and so does what such a body had taken out of the
    partnership. A question to one of them, with nobody below, lies before the body that asked. By
    date alone, so no row says so; mostly there are no such bodies.
    """

    came_up: models.QuerySet
    asked: models.QuerySet


def came_up_and_stuck(bodies):
    """Those from these bodies; none where no body is closed so.

    From a closed one a matter may have come to a body that acts, and on to the next of them: then
    that one is the body below.
    """
    structure = structure_today()
    closed = structure.closed_for_good()
    if not closed:
        return None
    steps = EscalationStep.objects.filter(to_body__in=closed, from_body__in=bodies)
    by_who_acts = EscalationStep.objects.filter(
        escalation=OuterRef("escalation"), kind__in=TRAVELS
    ).exclude(from_body__in=structure.without_officers_here())
    later = by_who_acts.filter(pk__gt=OuterRef("pk"))
    return Stuck(
        came_up=steps.filter(~Exists(later.order_by()), kind__in=TRAVELS),
        asked=steps.filter(~Exists(by_who_acts.order_by()), kind=EscalationStep.Kind.SENT_BACK),
    )


def where_stuck(stuck, matter, current_body):
    """That a matter came by one of these steps, and lies where nobody acts but these bodies.

    That is before a closed body, or before one outside the partnership to which a closed one took
    it. `matter` and `current_body` are the names of its key and of who has it.
    """
    structure = structure_today()
    closed = structure.closed_for_good()
    came_up, asked = (Exists(each.filter(escalation=OuterRef(matter))) for each in stuck)
    yield Q(came_up, **{f"{current_body}__in": closed})
    yield Q(asked, **{f"{current_body}__in": closed, "status": EscalationStatus.SENT_BACK})
    if outside := structure.without_officers_here() - closed:
        taken_out = EscalationStep.objects.filter(
            escalation=OuterRef(matter),
            kind__in=TRAVELS,
            from_body__in=closed,
            to_body__in=outside,
        )
        yield Q(came_up, Exists(taken_out), **{f"{current_body}__in": outside})


def lying_before(bodies, stuck=None):
    """Open matters that lie before these bodies, or before those that they act for."""
    readers = EscalationReader.objects.filter(is_open=True)
    yield from (readers.filter(body=body, holds=True) for body in bodies)
    if stuck is not None:
        for where in where_stuck(stuck, "pk", "current_body"):
            yield Escalation.objects.open().filter(where)


def elsewhere(bodies, stuck=None, *, view_asked):
    """Open matters that these bodies read and that do not lie before them.

    Either those of which the view of one is asked, or all others.
    """
    readers = EscalationReader.objects.filter(is_open=True)
    for body in bodies:
        found = readers.filter(body=body, holds=False, view_asked=view_asked)
        if others := [other for other in bodies if other is not body]:
            for_others = Q(holds=True) if view_asked else Q(holds=True) | Q(view_asked=True)
            others = readers.filter(any_of("body", others), for_others)
            found = found.exclude(Exists(others.filter(escalation=OuterRef("escalation"))))
        if stuck is not None:
            for where in where_stuck(stuck, "escalation", "escalation__current_body"):
                found = found.exclude(where)
        yield found
