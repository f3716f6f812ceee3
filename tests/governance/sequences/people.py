"""People of a world, and the changes of its structure, drawn at random as time passes."""

from collections import defaultdict
from copy import copy, deepcopy
from datetime import timedelta
from itertools import product

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from governance import readers
from governance.actions.structure import structure_edited
from governance.models import Body, Membership, ReportingLine
from tests.governance.sequences.deeds import DEEDS, NAME_A_BODY, SENSIBLE
from tests.governance.sequences.structure import OFFICERS
from tests.governance.sequences.world import World

KINDS = ["escalates_to", "escalates_to", "escalates_to", "reports_to", "aligned_with"]
NOTES = ["", "  ", "A note"]


class People(RuleBasedStateMachine, World):
    """What people try, from the same beginning each time, which is undone afterwards."""

    beginning = None

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        begun = self.beginning
        self.people, self.administrator = begun.people, begun.administrator
        self.today = begun.today
        self.bodies = {pk: copy(body) for pk, body in begun.bodies.items()}
        self.lines = [copy(line) for line in begun.lines]
        self.seats = [copy(seat) for seat in begun.seats]
        self.matters = deepcopy(begun.matters)
        self.patch = self.clock()
        self.patch.start()

    def teardown(self):
        try:
            assert readers.recount(mend=False) == 0
        finally:
            self.patch.stop()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- The structure changes --------------------------------------------------------------------

    def some_days(self, data):
        start = data.draw(st.none() | st.integers(-9, 9))
        end = data.draw(st.none() | st.integers(-9 if start is None else start, 19))
        day = lambda number: None if number is None else self.today + timedelta(days=number)  # noqa: E731
        return day(start), day(end)

    def some_body(self, data):
        return data.draw(st.sampled_from(list(self.bodies)))

    @rule(days=st.integers(1, 12), is_long=st.sampled_from([False, False, False, True]))
    def time_passes(self, days, is_long):
        self.today += timedelta(days=days)
        if is_long:  # The portal reminds twice before it moves anything.
            self.today += timedelta(days=7)
            for _ in range(3):
                self.today += timedelta(days=1)
                self.the_clock_looks()

    @rule(data=st.data())
    def something_changes(self, data):
        changes = [
            self.a_body_is_founded,
            self.a_line_is_drawn,
            self.a_line_ends,
            self.somebody_takes_a_seat,
            self.somebody_takes_a_seat,
            self.somebody_leaves,
            self.a_body_closes,
            self.a_body_gets_a_mailbox,
        ]
        data.draw(st.sampled_from(changes))(data)

    def a_body_is_founded(self, data):
        if len(self.bodies) < 6:
            self.found_body(is_outside=data.draw(st.booleans()))

    def a_line_is_drawn(self, data):
        below, above = self.some_body(data), self.some_body(data)
        if below != above:
            kind = data.draw(st.sampled_from(KINDS))
            self.draw_line(below, above, kind, *self.some_days(data))

    def a_line_ends(self, data):
        line = data.draw(st.sampled_from(self.lines))
        if line.start is None or line.start <= self.today:
            line.end = self.today
            ReportingLine.objects.filter(pk=line.row.pk).update(end_date=self.today)
            structure_edited()

    def somebody_takes_a_seat(self, data):
        person = data.draw(st.sampled_from(self.people))
        role = data.draw(st.sampled_from([*sorted(OFFICERS), "member"]))
        self.give_seat(person, self.some_body(data), role, *self.some_days(data))

    def somebody_leaves(self, data):
        seat = data.draw(st.sampled_from(self.seats))
        if seat.start is None or seat.start <= self.today:
            seat.end = self.today
            Membership.objects.filter(pk=seat.row.pk).update(end_date=self.today)

    def a_body_closes(self, data):
        if sum(body.end is None for body in self.bodies.values()) > 3:
            pk = self.some_body(data)
            self.bodies[pk].end = self.today
            self.edit(pk, end_date=self.today)
            structure_edited()

    def a_body_gets_a_mailbox(self, data):
        pk = self.some_body(data)
        self.bodies[pk].mailbox = "body@example.org"
        self.edit(pk, mailbox="body@example.org")

    def edit(self, pk, **fields):
        Body.objects.filter(pk=pk).update(**fields)
        self.bodies[pk].row = Body.objects.get(pk=pk)

    # --- What people try --------------------------------------------------------------------------

    @precondition(lambda self: len(self.matters) < 5)
    @rule(data=st.data())
    def somebody_drafts(self, data):
        self.draft(data.draw(st.sampled_from(self.people)), self.some_body(data))

    @precondition(lambda self: self.matters)
    @rule(data=st.data(), deed=st.sampled_from(list(DEEDS.values())), note=st.sampled_from(NOTES))
    def somebody_tries(self, data, deed, note):
        self.attempt(
            data.draw(st.sampled_from(sorted(self.matters))),
            deed,
            data.draw(st.sampled_from(self.people)),
            self.some_body(data),
            note,
            data.draw(st.sampled_from(sorted(self.matters))),
        )

    @precondition(lambda self: self.matters)
    @rule(data=st.data(), moves=st.integers(4, 10))
    def somebody_does_what_makes_sense(self, data, moves):
        """Most random moves are senseless; these go on from where a matter is."""
        over = {"withdrawn", "merged"}
        going = [pk for pk, matter in self.matters.items() if matter.status not in over]
        pk = data.draw(st.sampled_from(going or sorted(self.matters)))
        for _ in range(moves):
            able = self.able(self.matters[pk])
            if not able:
                return
            is_stale = data.draw(st.sampled_from([False, False, False, True]))
            deeds = [deed for deed in SENSIBLE[self.matters[pk].status] if deed in able]
            deed = data.draw(st.sampled_from(deeds))
            person, body, other = data.draw(st.sampled_from(able[deed]))
            self.attempt(pk, deed, person, body, "A note", other, is_stale=is_stale)

    def able(self, matter):
        """Who may do what with a matter now, by deed."""
        able = defaultdict(list)
        for deed in set(SENSIBLE[matter.status]):
            bodies = self.bodies if deed in NAME_A_BODY else [matter.holder]
            for choice in product(self.people, bodies, self.others(deed, matter)):
                person, body, other = choice
                if self.may(deed, person, matter, body, "A note", other):
                    able[deed].append(choice)
        return able

    def others(self, deed, matter):
        """What else a deed may be about: matters, or files."""
        if deed == "merge":
            return sorted(self.matters)
        return sorted(matter.files) or [None] if deed == "detach" else [None]
