"""What decisions ask of people: for whom it is listed, how near it is, and what was done."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value

from governance.models import ActionPoint, Escalation, EscalationReader, User
from governance.names import names_of
from governance.permissions import can_finish, can_move_due_day
from governance.structure import structure_today
from governance.working_days import DueState
from localities.kept_query import KeptQuery, any_of, either

SHOWN, SHOWN_BEFORE = 100, 10
# What no list says of people, who have far more columns, and of decisions.
NOT_OF_A_ROW = [
    "decision__text",
    *(
        f"{person}__{name}"
        for person in ("person", "done_by")
        for name in ("password", "last_login", "email", "date_joined")
    ),
]


def of_interest_to(standing):
    """Those that fall to someone or their bodies, or were decided there; for administrators all."""
    if standing.is_governance_administrator:
        return ActionPoint.objects.all()
    mine = standing.sits_on
    conditions = {"body__in": mine}, {"person": standing.person}, {"decision__body__in": mine}
    theirs = (ActionPoint.objects.filter(**each) for each in conditions)
    return ActionPoint.objects.filter(pk__in=either(theirs))


def rows(points, standing, *, limit=SHOWN, names_matters=False):
    """Action points as a list shows them, and whether there are more of them.

    Each knows how near it is, whether this reader may finish it, and whether its person may not
    sign in any more; for a list that names them, also the matters that it came of, as far as this
    reader may see them.
    """
    if names_matters:
        bodies = tuple(sorted(standing.sits_on))
        found = each_once(with_matters(points, limit + 1, bodies), standing)
    else:
        found = list(of_a_row(points)[: limit + 1])
    return as_shown(found, standing, limit)


def as_shown(found, standing, limit):
    structure = structure_today()
    days, bodies = structure.calendar, {point.body_id for point in found}
    names = names_of(bodies | {point.decision.body_id for point in found}, structure)
    for point in found:
        point.body_name, point.decided_by = names[point.body_id], names[point.decision.body_id]
        point.state = days.due_state(point.due_on, standing.day) if point.is_open else DueState.OPEN
        point.has_left = point.is_open and point.person is not None and not point.person.is_active
        point.may_finish = point.is_open and can_finish(standing, point)
        point.may_move = point.is_open and can_move_due_day(standing, point)
    return found[:limit], len(found) > limit


def of_a_row(points):
    return points.select_related("person", "done_by", "decision").defer(*NOT_OF_A_ROW)


def with_matters(points, number, bodies):
    """The first so many, each as often as there are matters that it came of, or once.

    With each stands its matter once more, if who sits on these bodies reads it.
    """
    first = points[:number].values("pk")
    order = points.query.order_by or ActionPoint._meta.ordering
    matter = "decision__escalations"
    found = ActionPoint.objects.filter(pk__in=first)
    found = found.annotate(matter=F(matter), matter_began=F(f"{matter}__created_on"))
    found = found.annotate(matter_read=read_by(bodies))
    return of_a_row(found.order_by(*order, "matter"))


def read_by(bodies):
    """The matter of a row, if one of these bodies reads it.

    PostgreSQL would answer whether there is one by reading all that these bodies read.
    """
    if not bodies:
        return Value(None, models.BigIntegerField())
    readers = EscalationReader.objects.filter(any_of("body", bodies), author=None)
    readers = readers.filter(escalation=OuterRef("matter")).order_by()
    return Subquery(readers.values("escalation")[:1])


def each_once(found, standing):
    """Each action point with its matters that somebody may see, and whether they know of what.

    An action may fall to a body that never had the matter. Then what was decided is for others, as
    `Decision.objects.known_to` has it; a test compares the two.
    """
    points = {}
    for each in found:
        decision, point = each.decision, points.setdefault(each.pk, each)
        if point is each:
            settles_none = each.matter is None and not decision.told_to_resolve
            is_theirs = decision.body_id in standing.sits_on
            is_open = decision.is_public or standing.is_governance_administrator
            point.matters, point.is_known_why = [], settles_none or is_theirs or is_open
        if each.matter and (each.matter_read or standing.is_governance_administrator):
            point.matters.append(Escalation(pk=each.matter, created_on=each.matter_began))
            point.is_known_why = True
    return list(points.values())


@dataclass(frozen=True, slots=True)
class MovedDay:
    """The day of an action was moved: from which, by whom, and why."""

    was: date
    by: User | None
    reason: str


def with_moved_days(points):
    """Give each the days that it had before, the first one first: one query."""
    for point in points:
        point.moved = []
    shown, before = {point.pk: point for point in points}, {}
    if not shown:
        return points
    versions = ActionPoint.history.filter(id__in=shown).select_related("history_user")
    for version in versions.order_by("history_date", "history_id"):
        was = before.get(version.id)
        if was and was != version.due_on:
            moved = MovedDay(was, version.history_user, version.history_change_reason or "")
            shown[version.id].moved.append(moved)
        before[version.id] = version.due_on
    return points


def before(standing):
    """What is open and falls to someone or the bodies they sit on, the most pressing first."""
    found = lying_before(bodies=tuple(sorted(standing.sits_on)), person=standing.person)
    return as_shown(each_once(found, standing), standing, SHOWN_BEFORE)


@KeptQuery
def lying_before(bodies, person):
    mine = any_of("body", bodies) | Q(person=person)
    points = ActionPoint.objects.filter(mine, is_open=True)
    return with_matters(points, SHOWN_BEFORE + 1, bodies)
