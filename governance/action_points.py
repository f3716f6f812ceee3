"""What decisions ask of people: for whom it is listed, how near it is, and what was done."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q

from governance.models import ActionPoint, Escalation, User
from governance.names import names_of
from governance.permissions import can_finish, can_move_due_day
from governance.structure import structure_today
from governance.working_days import DueState

SHOWN = 100


def of_interest_to(standing):
    """Those that fall to someone or their bodies, or were decided there; for administrators all."""
    if standing.is_governance_administrator:
        return ActionPoint.objects.all()
    mine = standing.sits_on
    return ActionPoint.objects.filter(
        Q(body__in=mine) | Q(person=standing.person) | Q(decision__body__in=mine)
    )


def rows(points, standing, *, limit=SHOWN):
    """Action points as a list shows them, and whether there are more of them.

    Each knows how near it is, and whether this reader may finish it.
    """
    points = points.select_related("person", "done_by", "decision")
    found, structure = list(points[: limit + 1]), structure_today()
    days, names = structure.calendar, names_of({point.body_id for point in found}, structure)
    for point in found:
        point.body_name = names[point.body_id]
        point.state = days.due_state(point.due_on, standing.day) if point.is_open else DueState.OPEN
        point.may_finish = point.is_open and can_finish(standing, point)
        point.may_move = point.is_open and can_move_due_day(standing, point)
    return found[:limit], len(found) > limit


def with_matters(points):
    """With the matters that each came of, for lists that name them."""
    named = Escalation.objects.order_by("pk").only("created_on", "decision")
    return points.prefetch_related(Prefetch("decision__escalations", named))


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


def before(standing, *, limit=10):
    """What is open and falls to someone or the bodies they sit on, the most pressing first."""
    mine = Q(body__in=standing.sits_on) | Q(person=standing.person)
    found = ActionPoint.objects.filter(mine, is_open=True)
    return rows(with_matters(found), standing, limit=limit)
