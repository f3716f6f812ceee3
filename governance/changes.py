"""What changed in the structure between two days, in sentences, each with who recorded it and why.

A change takes effect on a day: something begins on its first day, and is gone on the day after its
last. Changes are read from the dated rows; who, when and why come from the rows' history.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from governance.models import (
    Body,
    BodyName,
    Decision,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
)

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recorded:
    """The edit that made a change: when, by whom (None: loaded from the sources), and why."""

    at: datetime
    by: str | None
    reason: str
    decision: Decision | None


@dataclass(frozen=True)
class Change:
    """One thing that was different from one day on; `bodies` are those it concerns."""

    day: date
    sentence: str
    bodies: frozenset[int]
    subject: str
    recorded: Recorded | None

    @property
    def key(self):
        """The same for the same change, whenever it is read."""
        return f"{self.subject}-{self.day.isoformat()}"


def changes_between(from_day, to_day, *, body=None):
    """What took effect after `from_day`, up to and including `to_day`; the oldest first.

    With `body`, only what concerns that body. The number of queries does not depend on the rows.
    """
    turning = _Turning(from_day, to_day)
    found = [
        change
        for changes in (_bodies, _names, _lines, _partners, _seats, _memberships)
        for change in changes(turning)
        if body is None or body.pk in change.bodies
    ]
    return tuple(sorted(found, key=lambda change: (change.day, change.subject)))


class _Turning:
    """The rows that begin or end between two days, their history, and the names to tell of them."""

    def __init__(self, from_day, to_day):
        self.from_day, self.to_day = from_day, to_day
        self.rows, self._versions = {}, {}
        for model in (Body, BodyName, ReportingLine, Partner, Seat):
            self._read(model, model.objects.all())
        self._read(Membership, Membership.objects.select_related("seat"))
        self._names = defaultdict(list)
        for name in BodyName.objects.order_by("start_date", "pk"):
            self._names[name.body_id].append(name)
        self.organisations = {each.pk: each for each in Organisation.objects.all()}

    def _read(self, model, rows):
        # What is gone on `to_day` had its last day before it.
        begins = rows.filter(start_date__gt=self.from_day, start_date__lte=self.to_day)
        ends = rows.filter(end_date__gte=self.from_day, end_date__lt=self.to_day)
        self.rows[model] = list((begins | ends).order_by("pk"))
        versions = self._versions[model] = defaultdict(list)
        history = model.history.filter(id__in=[row.pk for row in self.rows[model]])
        history = history.select_related("history_user")
        if hasattr(model, "decision"):
            history = history.select_related("history_user", "decision")
        for version in history.order_by("-history_date", "-history_id"):
            versions[version.id].append(version)

    def beginnings(self, model):
        return [
            row
            for row in self.rows[model]
            if row.start_date is not None and self.from_day < row.start_date <= self.to_day
        ]

    def endings(self, model):
        return [
            row
            for row in self.rows[model]
            if row.end_date is not None and self.from_day <= row.end_date < self.to_day
        ]

    def name(self, body_id, day):
        """What a body is called on a day, or the nearest name the record has."""
        names = self._names[body_id]
        on_day = [name.name for name in names if name.is_in_force_on(day)]
        return (on_day or [name.name for name in names] or ["A body"])[0]

    def earlier_name(self, name):
        """The name a body bore until the day before this one, if it bore one."""
        the_day_before = name.start_date - ONE_DAY
        return next(
            (each for each in self._names[name.body_id] if each.end_date == the_day_before), None
        )

    def change(self, row, field, sentence, *bodies):
        """The change made by a row's first day (`start_date`) or its last (`end_date`)."""
        day = row.start_date if field == "start_date" else row.end_date + ONE_DAY
        turn = "begins" if field == "start_date" else "ends"
        return Change(
            day=day,
            sentence=sentence,
            bodies=frozenset(bodies),
            subject=f"{row._meta.model_name}-{row.pk}-{turn}",
            recorded=self._recorded(row, field),
        )

    def _recorded(self, row, field):
        """The edit since which the field has had the value it has."""
        made = None
        for version in self._versions[type(row)][row.pk]:
            if getattr(version, field) != getattr(row, field):
                break
            made = version
        if made is None:
            return None
        return Recorded(
            at=made.history_date,
            by=str(made.history_user) if made.history_user else None,
            reason=made.history_change_reason or "",
            decision=getattr(made, "decision", None),
        )


def _bodies(turning):
    for body in turning.beginnings(Body):
        name = turning.name(body.pk, body.start_date)
        yield turning.change(body, "start_date", f"{name} began.", body.pk)
    for body in turning.endings(Body):
        name = turning.name(body.pk, body.end_date)
        sentence = f"{name} was closed."
        if body.successor_id:
            successor = turning.name(body.successor_id, body.end_date + ONE_DAY)
            sentence = f"{name} was closed; {successor} follows it."
        yield turning.change(body, "end_date", sentence, body.pk, body.successor_id)


def _names(turning):
    for name in turning.beginnings(BodyName):
        earlier = turning.earlier_name(name)
        if earlier is not None:
            sentence = f"{earlier.name} was renamed {name.name}."
            yield turning.change(name, "start_date", sentence, name.body_id)


def _lines(turning):
    began, ended = turning.beginnings(ReportingLine), turning.endings(ReportingLine)
    moved_from = {}
    for line in began:
        for old in ended:
            same = (old.from_body_id, old.kind, old.respect)
            if same == (line.from_body_id, line.kind, line.respect) and (
                old.end_date + ONE_DAY == line.start_date
            ):
                moved_from[line.pk] = old
    moved = {old.pk for old in moved_from.values()}
    for line in began:
        day = line.start_date
        lower, upper = turning.name(line.from_body_id, day), turning.name(line.to_body_id, day)
        sentence = f"{lower} {_verb(line)} {upper}{_respect(line)}"
        ends = [line.from_body_id, line.to_body_id]
        old = moved_from.get(line.pk)
        if old is not None:
            sentence += f", and no longer {_preposition(line)} {turning.name(old.to_body_id, day)}"
            ends.append(old.to_body_id)
        yield turning.change(line, "start_date", f"{sentence}.", *ends)
    for line in ended:
        if line.pk not in moved:
            day = line.end_date
            lower, upper = turning.name(line.from_body_id, day), turning.name(line.to_body_id, day)
            sentence = f"{lower} no longer {_verb(line)} {upper}{_respect(line)}."
            yield turning.change(line, "end_date", sentence, line.from_body_id, line.to_body_id)


def _partners(turning):
    for partner in turning.beginnings(Partner):
        organisation = turning.organisations[partner.organisation_id]
        yield turning.change(partner, "start_date", f"{organisation} became a partner.")
    for partner in turning.endings(Partner):
        organisation = turning.organisations[partner.organisation_id]
        successor = turning.organisations.get(organisation.successor_id)
        followed = f"; {successor} follows it" if successor else ""
        sentence = f"{organisation} ceased to be a partner{followed}."
        yield turning.change(partner, "end_date", sentence)


def _seats(turning):
    for seat in turning.beginnings(Seat):
        body = turning.name(seat.body_id, seat.start_date)
        sentence = f"{body} has a new seat: {_seat_words(seat, turning)}."
        yield turning.change(seat, "start_date", sentence, seat.body_id)
    for seat in turning.endings(Seat):
        body = turning.name(seat.body_id, seat.end_date)
        sentence = f"{body} no longer has the seat {_seat_words(seat, turning)}."
        yield turning.change(seat, "end_date", sentence, seat.body_id)


def _memberships(turning):
    """Who holds a seat is not told, only that it is taken up or falls vacant."""
    begun = {(each.seat_id, each.start_date) for each in turning.beginnings(Membership)}
    for membership in turning.beginnings(Membership):
        seat = membership.seat
        body = turning.name(seat.body_id, membership.start_date)
        sentence = f"The seat {_seat_words(seat, turning)} of {body} was taken up."
        yield turning.change(membership, "start_date", sentence, seat.body_id)
    for membership in turning.endings(Membership):
        seat = membership.seat
        if (seat.pk, membership.end_date + ONE_DAY) not in begun:
            body = turning.name(seat.body_id, membership.end_date)
            sentence = f"The seat {_seat_words(seat, turning)} of {body} fell vacant."
            yield turning.change(membership, "end_date", sentence, seat.body_id)


def _verb(line):
    return {
        ReportingLine.Kind.REPORTS_TO: "reports to",
        ReportingLine.Kind.ESCALATES_TO: "escalates to",
        ReportingLine.Kind.ALIGNED_WITH: "is aligned with",
        ReportingLine.Kind.SUPPORTS: "supports",
    }[line.kind]


def _preposition(line):
    return {
        ReportingLine.Kind.ALIGNED_WITH: "with",
        ReportingLine.Kind.SUPPORTS: "supports",
    }.get(line.kind, "to")


def _respect(line):
    return f" in respect of {line.respect}" if line.respect else ""


def _seat_words(seat, turning):
    organisation = turning.organisations.get(seat.on_behalf_of_id)
    title = f"“{seat.title or seat.get_role_display()}”"
    return f"{title} on behalf of {organisation}" if organisation else title
