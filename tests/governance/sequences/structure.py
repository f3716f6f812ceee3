"""The structure of the model: bodies, lines and seats, each from one day to another."""

from governance.models import Membership
from tests.factories import make_body, make_kind, make_line, make_member

OFFICERS = {"chair", "deputy_chair", "secretary"}


class Dated:
    """A thing of the model that holds from one day to another."""

    def __init__(self, row, start, end, **facts):
        self.row, self.start, self.end = row, start, end
        self.__dict__.update(facts)

    def holds(self, day):
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Structure:
    """Bodies, lines and seats as they grow, and what they are on a day."""

    def found_body(self, *, is_outside, climbs=False):
        kind = make_kind("outside") if is_outside else make_kind()
        body = make_body(kind=kind, climbs_by_itself=climbs)
        facts = {"outside": is_outside, "climbs": climbs, "mailbox": ""}
        self.bodies[body.pk] = Dated(body, None, None, **facts)

    def draw_line(self, below, above, kind, start, end):
        line = make_line(
            self.bodies[below].row, self.bodies[above].row, kind, start_date=start, end_date=end
        )
        self.lines.append(Dated(line, start, end, below=below, above=above, kind=kind))

    def give_seat(self, person, body, role, start, end):
        make_member(self.bodies[body].row, role, person=person, start_date=start, end_date=end)
        row = Membership.objects.latest("pk")
        self.seats.append(Dated(row, start, end, person=person.pk, body=body, role=role))

    # --- What it is on a day ----------------------------------------------------------------------

    def sits(self, person, body, roles=None):
        return self.bodies[body].holds(self.today) and any(
            seat.holds(self.today) and (roles is None or seat.role in roles)
            for seat in self.seats
            if (seat.person, seat.body) == (person.pk, body)
        )

    def leads(self, person, body):
        return self.sits(person, body, OFFICERS)

    def has_no_officers(self, body):
        """Bodies outside have none here, nor have those that closed; nobody follows them here."""
        body = self.bodies[body]
        return body.outside or (body.end is not None and body.end < self.today)

    def leads_up(self, below, above, day):
        return any(
            line.holds(day) and self.bodies[below].holds(day) and self.bodies[above].holds(day)
            for line in self.lines
            if (line.below, line.above, line.kind) == (below, above, "escalates_to")
        )

    def are_aligned(self, one, other, day):
        return any(
            line.holds(day) and self.bodies[one].holds(day) and self.bodies[other].holds(day)
            for line in self.lines
            if line.kind == "aligned_with" and {line.below, line.above} == {one, other}
        )

    def ways_from(self, body, day):
        """Every way up that the lines of a day give, as pairs of bodies."""
        ways, waiting = set(), [(body, ())]
        while waiting:
            at, way = waiting.pop()
            been = {body, *(above for _, above in way)}
            ups = [up for up in self.bodies if up not in been and self.leads_up(at, up, day)]
            if way and not ups:
                ways.add(way)
            waiting += [(up, (*way, (at, up))) for up in ups]
        return ways
