"""What changed in the structure between two days, in sentences, each with who recorded it and why.

A change takes effect on a day: something begins on its first day, and is gone on the day after its
last. Changes are read from the dated rows; who, when and why come from the rows' history.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.change_sentences import TELLERS
from governance.models import (
    Body,
    BodyName,
    Decision,
    Membership,
    Partner,
    ReportingLine,
    Seat,
)

ONE_DAY = timedelta(days=1)
AT_ONCE = 5_000  # keys in one query

# What a row lies within: it holds on no day on which one of these does not.
WITHIN = {
    Body: (),
    BodyName: (),
    ReportingLine: ("from_body", "to_body"),
    Partner: ("organisation",),
    Seat: ("body",),
    Membership: ("seat", "seat.body"),
}
RELATED = {
    ReportingLine: ("from_body", "to_body"),
    Partner: ("organisation__successor",),
    Seat: ("body", "on_behalf_of"),
    Membership: ("seat__body", "seat__on_behalf_of"),
}


class TooManyChanges(Exception):
    """There is more to tell of a period than was asked for at most."""


@dataclass(frozen=True)
class Recorded:
    """The edit that made a change: when, by whom (None: loaded from the sources), and why."""

    at: datetime
    by: str | None
    reason: str
    decision: Decision | None
    decided_by: str = ""  # the name of the body whose decision it is


@dataclass(frozen=True)
class Change:
    """One thing that was different from one day on; `bodies` are those it concerns."""

    day: date
    sentence: str
    bodies: frozenset[int]
    subject: str
    fact: Model = field(repr=False, compare=False)  # the row whose day it is
    day_field: str = field(repr=False, compare=False)
    recorded: Recorded | None = None
    evidence: str = ""  # how the day is known, if it was recorded with the fact itself

    @property
    def key(self):
        """The same for the same change, whenever it is read."""
        return f"{self.subject}-{self.day.isoformat()}"


def changes_between(from_day, to_day, *, body=None):
    """What took effect after `from_day`, up to and including `to_day`; the oldest first.

    With `body`, only what concerns that body. The number of queries does not depend on the rows.
    """
    return recorded(turns_between(from_day, to_day, body=body))


def turns_between(from_day, to_day=None, *, body=None, at_most=None):
    """The changes without who, when and why, which `recorded` adds; to the end if not told when."""
    turning = Turning(from_day, to_day, body, at_most)
    found = [
        (change.day, position, change.fact.pk, change)
        for position, tell in enumerate(TELLERS)
        for change in tell(turning)
        if body is None or body.pk in change.bodies
    ]
    found.sort(key=lambda each: each[:3])
    return tuple(change for *_, change in found)


def recorded(changes):
    """The changes with the edits that made them."""
    facts = defaultdict(set)
    for change in changes:
        facts[type(change.fact)].add(change.fact.pk)
    versions = {model: _versions(model, keys) for model, keys in facts.items()}
    found = [_edit_of(change, versions[type(change.fact)][change.fact.pk]) for change in changes]
    names = _Names({decision.body_id for _, decision in found if decision})
    return tuple(
        replace(
            change,
            recorded=_recorded(version, decision, names),
            evidence=_evidence(change, version),
        )
        for change, (version, decision) in zip(changes, found, strict=True)
    )


def for_everyone(change):
    """The change without what is not public: who recorded it, why someone came or left a seat, and
    a decision that is for staff.
    """
    made = change.recorded
    if made is None:
        return change
    reason = "" if isinstance(change.fact, Membership) else made.reason
    made = replace(made, by=None, reason=reason)
    if made.decision and not made.decision.is_public:
        made = replace(made, decision=None, decided_by="")
    return replace(change, recorded=made)


def _versions(model, keys):
    """The history of these rows, the newest first."""
    related = ["history_user"]
    if model is not Membership:
        related.append("decision__meeting")
    versions = defaultdict(list)
    for some in _in_parts(keys):
        history = model.history.filter(id__in=some).select_related(*related)
        for version in history.order_by("-history_date", "-history_id"):
            versions[version.id].append(version)
    return versions


def _edit_of(change, versions):
    """The version since which the day has been what it is, and the decision behind it.

    The decision may have been noted later, as long as nothing else was decided meanwhile. One that
    stood there before has made something else.
    """
    made = decision = None
    for version in versions:
        if getattr(version, change.day_field) != getattr(change.fact, change.day_field):
            if decision and decision == getattr(version, "decision", None):
                decision = None
            break
        period = (version.start_date, version.end_date)
        if made is None or period != (made.start_date, made.end_date):
            decision = None
        made = version
        decision = decision or getattr(version, "decision", None)
    return made, decision


def _evidence(change, version):
    """Evidence is of a fact as it was recorded: it does not cover what an edit made of it."""
    if version is None or version.history_type != "+":
        return ""
    return getattr(change.fact, "evidence", "")


def _recorded(version, decision, names):
    if version is None:
        return None
    return Recorded(
        at=version.history_date,
        by=str(version.history_user) if version.history_user else None,
        reason=version.history_change_reason or "",
        decision=decision,
        decided_by=names.on(decision.body_id, decision.decided_on) if decision else "",
    )


def _in_parts(keys):
    keys = sorted(keys)
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


# --- The rows that begin or end -------------------------------------------------------------------


class _Names:
    """The names of some bodies, on whichever day."""

    def __init__(self, bodies):
        self._names = defaultdict(list)
        for some in _in_parts(bodies):
            for name in BodyName.objects.filter(body__in=some):
                self._names[name.body_id].append(name)
        for names in self._names.values():
            names.sort(key=lambda name: (name.start_date or date.min, name.pk))

    def on(self, body, day):
        """What a body is called on a day, or the nearest name the record has."""
        names = self._names[body]
        begun = [name for name in names if name.start_date is None or name.start_date <= day]
        in_force = [name for name in begun if name.is_in_force_on(day)]
        nearest = in_force[-1:] or begun[-1:] or names[:1]
        return nearest[0].name if nearest else _("A body")

    def before(self, name):
        """The name a body bore until the day before this one, if it bore one."""
        the_day_before = name.start_date - ONE_DAY
        names = self._names[name.body_id]
        return next((each for each in names if each.end_date == the_day_before), None)


@dataclass(frozen=True)
class _Held:
    """A row with the days on which it really holds, and the rows that set them."""

    row: Model
    start_date: date | None
    end_date: date | None
    starter: Model
    ender: Model

    def holds_on(self, day):
        return (self.start_date is None or self.start_date <= day) and (
            self.end_date is None or self.end_date >= day
        )


def _held(row):
    """A row within the days of what it lies within; None when that leaves it no day."""
    rows = [row, *(attrgetter(path)(row) for path in WITHIN[type(row)])]
    starter = max(rows, key=lambda each: each.start_date or date.min)
    ender = min(rows, key=lambda each: each.end_date or date.max)
    start_date, end_date = starter.start_date, ender.end_date
    if start_date and end_date and end_date < start_date:
        return None
    return _Held(row, start_date, end_date, starter, ender)


class Turning:
    """The rows that begin or end between two days, and the names to tell of them."""

    def __init__(self, from_day, to_day, body, at_most):
        self.from_day, self.to_day = from_day, to_day or date.max
        self.today = timezone.localdate()
        self.at_most = at_most
        self.rows = {model: self._read(model, _concerning(model, body)) for model in WITHIN}
        bodies = {held.row.pk for held in self.rows[Body]}
        bodies |= {held.row.successor_id for held in self.rows[Body]} - {None}
        bodies |= {held.row.body_id for held in self.rows[BodyName]}
        for held in self.rows[ReportingLine]:
            bodies |= {held.row.from_body_id, held.row.to_body_id}
        bodies |= {held.row.body_id for held in self.rows[Seat]}
        bodies |= {held.row.seat.body_id for held in self.rows[Membership]}
        self.names = _Names(bodies)

    def _read(self, model, rows):
        paths = [path.replace(".", "__") for path in WITHIN[model]]
        turns = Q()
        for prefix in ("", *(f"{path}__" for path in paths)):
            # What is gone on `to_day` had its last day before it.
            turns |= Q(
                **{f"{prefix}start_date__gt": self.from_day},
                **{f"{prefix}start_date__lte": self.to_day},
            ) | Q(
                **{f"{prefix}end_date__gte": self.from_day},
                **{f"{prefix}end_date__lt": self.to_day},
            )
        rows = rows.filter(turns)
        if model is Membership:
            # Whether a seat falls vacant, its other holders tell.
            seats = rows.order_by().values("seat")
            rows = Membership.objects.filter(seat__in=seats)
        if model in RELATED:
            rows = rows.select_related(*RELATED[model])
        rows = rows.order_by("pk")
        if self.at_most is not None:
            rows = list(rows[: self.at_most + 1])
            if len(rows) > self.at_most:
                raise TooManyChanges
        return [held for row in rows if (held := _held(row)) is not None]

    def begins(self, held):
        return held.start_date is not None and self.from_day < held.start_date <= self.to_day

    def ends(self, held):
        return held.end_date is not None and self.from_day <= held.end_date < self.to_day

    def beginnings(self, model):
        return [held for held in self.rows[model] if self.begins(held)]

    def endings(self, model):
        return [held for held in self.rows[model] if self.ends(held)]

    def begun(self, held, happened, planned, *bodies):
        """The change made by a row's first day, told as what happened or what is planned."""
        return self._change(held, "begins", held.start_date, happened, planned, bodies)

    def ended(self, held, happened, planned, *bodies):
        """The change made by a row's last day, which takes effect on the next."""
        return self._change(held, "ends", held.end_date + ONE_DAY, happened, planned, bodies)

    def _change(self, held, turn, day, happened, planned, bodies):
        row = held.row
        return Change(
            day=day,
            sentence=planned if day > self.today else happened,
            bodies=frozenset(body for body in bodies if body),
            subject=f"{row._meta.model_name}-{row.pk}-{turn}",
            fact=held.starter if turn == "begins" else held.ender,
            day_field="start_date" if turn == "begins" else "end_date",
        )


def _concerning(model, body):
    """The rows of a model that may concern a body; all, if none is given."""
    rows = model.objects.all()
    if body is None:
        return rows
    if model is Body:
        return rows.filter(Q(pk=body.pk) | Q(successor=body.pk))
    if model is ReportingLine:
        # A line that has moved away is told with the one it has moved to.
        lower = ReportingLine.objects.filter(to_body=body.pk).values("from_body")
        return rows.filter(Q(from_body=body.pk) | Q(to_body=body.pk) | Q(from_body__in=lower))
    if model is Partner:
        return rows.none()
    return rows.filter(seat__body=body.pk) if model is Membership else rows.filter(body=body.pk)
