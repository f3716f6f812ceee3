"""The structure of one day: bodies, their names, lines, seats and partners, asked in memory.

`structure_on(day)` builds it in a fixed number of queries, whatever the number of bodies, and
keeps it until a structural edit gives the record a new version. It is immutable: what one reader
holds never changes under them.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils import timezone

from governance import record
from governance.models import BankHoliday, ReportingLine
from governance.on_day import (
    BodyOnDay,
    ClosedBody,
    LineOnDay,
    body_on_day,
    line_on_day,
    organisation_on_day,
    seat_on_day,
)
from governance.working_days import Calendar
from localities.kept_query import KeptQuery

REPORTS_TO = ReportingLine.Kind.REPORTS_TO
ESCALATES_TO = ReportingLine.Kind.ESCALATES_TO
ALIGNED_WITH = ReportingLine.Kind.ALIGNED_WITH


@dataclass(frozen=True, slots=True)
class Branch:
    """A body in the tree, with the line that hangs it there (none at the top) and those below."""

    body: BodyOnDay
    line: LineOnDay | None
    branches: tuple["Branch", ...]


def under(branch):
    """A branch and all below it, each after the one above it."""
    waiting = [branch]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.branches


class Forest:
    """Branches by the primary key of their body: each one, what it hangs under, and its size."""

    def __init__(self, roots):
        self.roots = roots
        self.branches, self.above = {}, {}
        for root in roots:
            for branch in under(root):
                self.branches[branch.body.pk] = branch
                self.above |= {each.body.pk: branch.body for each in branch.branches}
        self.sizes = {}
        for pk, branch in reversed(self.branches.items()):  # each before the one above it
            self.sizes[pk] = 1 + sum(self.sizes[each.body.pk] for each in branch.branches)


class Structure:
    """Everything that answered to anything on one day, and the working days to reckon with.

    Bodies may be given as a model row, as one of our own entries, or as a primary key.
    """

    def __init__(
        self,
        *,
        day,
        first_day,
        bodies,
        lines,
        organisations,
        seats,
        closed=(),
        known_on=None,
        bank_holidays=tuple,
        changes_of_bank_holidays=tuple,
    ):
        self.day = day
        # Both give them when they are asked.
        self._bank_holidays = bank_holidays
        self._changes_of_bank_holidays = changes_of_bank_holidays
        self.known_on = known_on
        self.first_day = first_day
        self.bodies = tuple(bodies)
        self.organisations = tuple(organisations)
        self.seats = tuple(seats)
        self._body = {body.pk: body for body in self.bodies}
        self._closed = {body.pk: body for body in closed}
        self._organisation = {each.pk: each for each in self.organisations}
        # A line holds on a day when both its ends do.
        self.lines = tuple(lines)
        self._up = defaultdict(list)
        self._down = defaultdict(list)
        for line in self.lines:
            self._up[line.from_body.pk].append(line)
            self._down[line.to_body.pk].append(line)
        self._seats = defaultdict(list)
        for seat in self.seats:
            self._seats[seat.body.pk].append(seat)
        self._followed = defaultdict(set)
        for pk in self._closed:
            if follower := self.holder_of(pk):
                self._followed[follower.pk].add(pk)

    @cached_property
    def calendar(self):
        """The working days to reckon with."""
        return Calendar(self._bank_holidays())

    def calendar_at(self, moment):
        """The working days as they were known at a moment, with what was announced by then."""
        moments, calendars = self._calendars_known
        place = bisect_right(moments, moment)
        return calendars[place] if place < len(moments) else self.calendar

    @cached_property
    def _calendars_known(self):
        """The moments at which bank holidays changed, and the calendar before each of them."""
        moments, calendars, known = [], [], {}
        for change in self._changes_of_bank_holidays():
            moments.append(change.history_date)
            calendars.append(Calendar(known.values()))
            known.pop(change.id, None)
            if change.history_type != "-":
                known[change.id] = change.day, change.name
        return moments, calendars

    @cached_property
    def partnership_bodies(self):
        return tuple(body for body in self.bodies if not body.outside_partnership)

    @property
    def without_way_up(self):
        """Bodies of the partnership, below its highest, that may escalate to nobody."""
        bodies = self.partnership_bodies
        top = min((body.kind_order for body in bodies), default=0)
        return [body for body in bodies if body.kind_order > top and not self.bodies_above(body)]

    @property
    def is_recorded(self):
        """Whether the record reaches back to this day."""
        return self.first_day is not None and self.first_day <= self.day

    @property
    def is_before_record(self):
        """Whether there is a record, and it begins later."""
        return self.first_day is not None and self.day < self.first_day

    def body(self, body):
        """The body as it was on this day, or None when it did not exist."""
        return self._body.get(_pk(body))

    def body_with_slug(self, slug):
        return next((body for body in self.bodies if body.slug == slug), None)

    def holder_of(self, body):
        """The body that has what lay before one: itself, or once it has closed, who follows it.

        None where nobody does. Whoever follows may have closed in turn.
        """
        pk, seen = _pk(body), set()
        while pk in self._closed and pk not in seen:
            seen.add(pk)
            pk = self._closed[pk].successor
        return self._body.get(pk)

    def in_place_of(self, body, day):
        """Who had the place of a body by a day up to this one: itself, and then who followed.

        By primary key, and the last one is None where nobody followed.
        """
        places = {_pk(body): None}
        while (closed := self._closed.get(next(reversed(places)))) and closed.end_date < day:
            if closed.successor in places:
                break
            places[closed.successor] = None
        return tuple(places)

    def followed_by(self, body):
        """The closed bodies, by primary key, that a body in force follows, near and far."""
        return frozenset(self._followed.get(_pk(body), ()))

    def places_before(self, body):
        """The bodies, by primary key, whose place came to one, near and far, and that one itself.

        Also where it has closed in turn.
        """
        found, waiting = set(), {_pk(body)}
        while waiting:
            found |= waiting
            waiting = {pk for pk, each in self._closed.items() if each.successor in waiting} - found
        return found

    def closed_for_good(self):
        """The closed bodies, by primary key, that nobody follows."""
        return frozenset(pk for pk in self._closed if self.holder_of(pk) is None)

    def without_officers_here(self):
        """Bodies, by primary key, for which those of the body below act on a matter.

        They stand outside the partnership, or have closed and nobody follows them.
        """
        outside = (body.pk for body in self.bodies if body.outside_partnership)
        return self.closed_for_good().union(*({pk, *self.followed_by(pk)} for pk in outside))

    def committee_of(self, locality):
        """The body of a locality, or who follows the last one it had; None without any."""
        committee = next((body for body in self.bodies if body.locality == locality), None)
        if committee is not None:
            return committee
        former = (body for body in self._closed.values() if body.locality == locality)
        last = max(former, key=lambda body: (body.end_date, body.pk), default=None)
        return last and self.holder_of(last)

    def organisation(self, organisation):
        return self._organisation.get(_pk(organisation))

    @property
    def partners(self):
        return tuple(each for each in self.organisations if each.is_partner)

    def lines_up(self, body, kind=None):
        """The lines that leave a body, all or of one kind."""
        return tuple(line for line in self._up.get(_pk(body), ()) if kind in (None, line.kind))

    def lines_down(self, body, kind=None):
        """The lines that arrive at a body, all or of one kind."""
        return tuple(line for line in self._down.get(_pk(body), ()) if kind in (None, line.kind))

    def bodies_above(self, body):
        """The bodies to which this one may escalate: the next rung, and no further."""
        return tuple(line.to_body for line in self.lines_up(body, ESCALATES_TO))

    def escalation_line(self, from_body, to_body):
        """The line on which a matter may travel from one body to the other, or None."""
        lines = self.lines_up(from_body, ESCALATES_TO)
        return next((line for line in lines if line.to_body.pk == _pk(to_body)), None)

    def each_way_up(self, body):
        """Every way on which a matter may travel from a body to a top, each a tuple of lines.

        One after the other as they are asked for: there may be too many to count. A ring ends the
        way it closes.
        """
        waiting = [(_pk(body), (), frozenset([_pk(body)]))]
        while waiting:
            pk, way, seen = waiting.pop()
            lines = self.lines_up(pk, ESCALATES_TO)
            lines = [line for line in lines if line.to_body.pk not in seen]
            if way and not lines:
                yield way
            waiting += [
                (line.to_body.pk, (*way, line), seen | {line.to_body.pk})
                for line in reversed(lines)
            ]

    def seats_on(self, body):
        return tuple(self._seats.get(_pk(body), ()))

    def seats_of(self, organisation):
        """The seats held on behalf of an organisation."""
        return tuple(seat for seat in self.seats if seat.on_behalf_of == _pk(organisation))

    def rings(self, kind):
        """Each ring of lines of one kind, as a tuple of bodies in the order of the lines."""
        rings, done = [], set()
        for start in self.bodies:
            if start.pk in done:
                continue
            stack = [(start.pk, iter(self.lines_up(start.pk, kind)))]
            way = {start.pk: None}  # in the order of the lines, and found at once
            while stack:
                line = next(stack[-1][1], None)
                if line is None:
                    done.add(stack.pop()[0])
                    way.popitem()
                    continue
                above = line.to_body.pk
                if above in way:
                    there = list(way)
                    rings.append(tuple(self._body[pk] for pk in there[there.index(above) :]))
                elif above not in done:
                    stack.append((above, iter(self.lines_up(above, kind))))
                    way[above] = None
        return tuple(rings)

    @cached_property
    def forest(self):
        """`tree`, looked for once, with how each branch hangs in it."""
        return Forest(self.tree())

    def tree(self):
        """The bodies as a forest along their first *reports to* line, each body once.

        A body with no such line stands at the top; so does one body of a ring.
        """
        below, placed = defaultdict(list), set()
        tops, forest = [], []
        for body in self.bodies:
            up = self.lines_up(body, REPORTS_TO)
            if up:
                below[up[0].to_body.pk].append((body, up[0]))
            else:
                tops.append(body)

        # Not by a function that asks itself: a chain may be longer than Python lets one do so.
        hung = {}
        for body in (*tops, *self.bodies):
            if body.pk in placed:
                continue
            found, waiting = [], [(body, None)]
            while waiting:
                each, line = waiting.pop()
                if each.pk not in placed:
                    placed.add(each.pk)
                    found.append((each, line))
                    waiting += below[each.pk]
            for each, line in reversed(found):  # each before the one above it
                its_own = (hung.get(one.pk) for one, _ in below[each.pk])
                hung[each.pk] = Branch(each, line, tuple(filter(None, its_own)))
            forest.append(hung[body.pk])
        return tuple(forest)


def structure_on(day, known_on=None):
    """The structure as it was, is or will be on `day`.

    As we know it now, or as the portal had recorded it at the moment `known_on`.
    """
    kept = record.current()
    if kept is None:
        return _build(None, None, day, known_on)
    return structure_of(kept, day, known_on)


def structure_of(kept, day, known_on=None):
    """The structure of a day at a version of the record that was asked for just before."""
    return _kept(kept.version, kept.first_day, day, known_on)


def structure_today():
    return structure_on(timezone.localdate())


def _build(version, first_day, day, known_on):
    rows = record.rows_on(day) if known_on is None else record.rows_known_on(day, known_on)
    names = {name.body_id: name for name in rows.names}
    bodies = [
        body_on_day(body, rows.kinds[body.kind_id], names.get(body.pk)) for body in rows.bodies
    ]
    bodies.sort(key=lambda body: (body.kind_order, body.slug))
    by_pk = {body.pk: body for body in bodies}
    lines = [
        line_on_day(line, by_pk[line.from_body_id], by_pk[line.to_body_id])
        for line in rows.lines
        if line.from_body_id in by_pk and line.to_body_id in by_pk
    ]
    organisations = [
        organisation_on_day(each, each.pk in rows.partners) for each in rows.organisations
    ]
    seats = [
        seat_on_day(
            seat, by_pk[seat.body_id], seat.pk in rows.held_seats, seat.pk in rows.named_seats
        )
        for seat in rows.seats
        if seat.body_id in by_pk
    ]
    return Structure(
        day=day,
        known_on=known_on,
        # Read when days are first reckoned: what only shows the structure needs none.
        bank_holidays=announced_holidays,
        changes_of_bank_holidays=changes_of_bank_holidays,
        first_day=first_day,
        bodies=bodies,
        lines=lines,
        organisations=organisations,
        seats=seats,
        closed=[
            ClosedBody(
                pk=body.pk,
                end_date=body.end_date,
                successor=body.successor_id,
                locality=body.locality_id,
                outside_partnership=rows.kinds[body.kind_id].outside_partnership,
            )
            for body in rows.closed
        ],
    )


_kept = lru_cache(maxsize=64)(_build)


@KeptQuery
def announced_holidays():
    return BankHoliday.objects.values_list("day", "name", named=True)


def changes_of_bank_holidays():
    columns = ("history_date", "history_type", "id", "day", "name")
    changes = BankHoliday.history.order_by("history_date", "history_id")
    return changes.values_list(*columns, named=True)


def _pk(row):
    return getattr(row, "pk", row)
