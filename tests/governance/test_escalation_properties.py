"""Whatever people try, in whatever order: nothing illegal is ever accepted.

A machine tries random moves, sensible and senseless, by random people on random structures that
change as time passes. A model of its own, which shares no code with the portal, says for each
whether it may be done. The portal has to agree, and to leave exactly what the model expects.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from governance.actions import escalations
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.models import Body, Escalation, EscalationStep, Membership, ReportingLine
from governance.workflow import MoveNotAllowed
from tests.factories import make_body, make_kind, make_line, make_member, make_person

FIRST_DAY = date(2026, 11, 2)
OFFICERS = {"chair", "deputy_chair", "secretary"}
KINDS = ["escalates_to", "escalates_to", "escalates_to", "reports_to", "aligned_with"]
NOTES = ["", "  ", "A note"]

REFUSALS = (MoveNotAllowed, PermissionDenied, ValidationError)


class Dated:
    """A thing of the model that holds from one day to another."""

    def __init__(self, row, start, end, **facts):
        self.row, self.start, self.end = row, start, end
        self.__dict__.update(facts)

    def holds(self, day):
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Expected:
    """A matter as the model has it."""

    def __init__(self, raising, author):
        self.status, self.raising, self.author = "draft", raising, author
        self.way, self.is_asked, self.reopened = [raising], False, False
        self.raiser = self.raised_on = None
        self.steps = []
        self.histories = 1

    @property
    def holder(self):
        return self.way[-2] if self.is_asked else self.way[-1]


class People(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.today = FIRST_DAY
        self.clock = mock.patch("django.utils.timezone.now", lambda: self.now())
        self.clock.start()
        self.bodies, self.lines, self.seats, self.matters = {}, [], [], {}
        self.accepted = Counter()

    def now(self):
        return datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)

    def teardown(self):
        self.clock.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- The structure, as it begins and as it changes --------------------------------------------

    @initialize()
    def begin(self):
        make_kind("outside", outside_partnership=True)
        self.people = [make_person() for _ in range(4)]
        for number in range(4):
            self.found_body(is_outside=number == 3)
        pks = list(self.bodies)
        for below, above in zip(pks, pks[1:], strict=False):
            self.draw_line(below, above, "escalates_to", None, None)
        for number, pk in enumerate(pks[:3]):
            self.give_seat(self.people[number], pk, "chair", None, None)
        self.give_seat(self.people[3], pks[0], "member", None, None)
        self.draft(self.people[3], pks[0])

    def found_body(self, *, is_outside):
        kind = make_kind("outside") if is_outside else make_kind()
        body = make_body(kind=kind)
        self.bodies[body.pk] = Dated(body, None, None, outside=is_outside, mailbox="")

    def draw_line(self, below, above, kind, start, end):
        line = make_line(
            self.bodies[below].row, self.bodies[above].row, kind, start_date=start, end_date=end
        )
        self.lines.append(Dated(line, start, end, below=below, above=above, kind=kind))

    def give_seat(self, person, body, role, start, end):
        make_member(self.bodies[body].row, role, person=person, start_date=start, end_date=end)
        row = Membership.objects.latest("pk")
        self.seats.append(Dated(row, start, end, person=person.pk, body=body, role=role))

    def some_days(self, data):
        start = data.draw(st.none() | st.integers(-9, 9))
        end = data.draw(st.none() | st.integers(-9 if start is None else start, 19))
        day = lambda number: None if number is None else self.today + timedelta(days=number)  # noqa: E731
        return day(start), day(end)

    def some_body(self, data):
        return data.draw(st.sampled_from(list(self.bodies)))

    @rule(days=st.integers(1, 12))
    def time_passes(self, days):
        self.today += timedelta(days=days)

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
            Body.objects.filter(pk=pk).update(end_date=self.today)
            structure_edited()

    def a_body_gets_a_mailbox(self, data):
        pk = self.some_body(data)
        self.bodies[pk].mailbox = "body@example.org"
        Body.objects.filter(pk=pk).update(mailbox="body@example.org")

    # --- What the model knows ---------------------------------------------------------------------

    def sits(self, person, body, roles=None):
        return self.bodies[body].holds(self.today) and any(
            seat.holds(self.today) and (roles is None or seat.role in roles)
            for seat in self.seats
            if (seat.person, seat.body) == (person.pk, body)
        )

    def leads(self, person, body):
        return self.sits(person, body, OFFICERS)

    def acts_for(self, way):
        """The body whose officers act for the last of a way."""
        way = list(way)
        while len(way) > 1 and self.has_no_officers(way[-1]):
            way.pop()
        return way[-1]

    def has_no_officers(self, body):
        """Bodies outside have none here, nor have those that closed; nobody follows them here."""
        body = self.bodies[body]
        return body.outside or (body.end is not None and body.end < self.today)

    def acting(self, matter):
        return self.acts_for(matter.way[:-1] if matter.is_asked else matter.way)

    def can_receive(self, body, acting):
        someone = any(
            seat.body == acting and seat.role in OFFICERS and seat.holds(self.today)
            for seat in self.seats
        )
        is_open = self.bodies[body].holds(self.today) and self.bodies[acting].holds(self.today)
        return is_open and (someone or bool(self.bodies[acting].mailbox))

    def leads_up(self, below, above, day):
        return any(
            line.holds(day) and self.bodies[below].holds(day) and self.bodies[above].holds(day)
            for line in self.lines
            if (line.below, line.above, line.kind) == (below, above, "escalates_to")
        )

    def may(self, deed, person, matter, to_body, note):
        """Whether this may be done now, and where the matter then is."""
        said = bool(note.strip())
        holder = matter.holder
        acts = self.leads(person, self.acting(matter))
        owns = self.leads(person, matter.raising) or (
            self.sits(person, matter.raising)
            and person.pk == (matter.raiser if matter.raiser else matter.author)
        )
        up = [*matter.way, to_body]
        if deed in {"raise_matter", "pass_up"}:
            goes = self.leads_up(holder, to_body, matter.raised_on or self.today)
            goes = goes and self.can_receive(to_body, self.acts_for(up))
        below = matter.way[-2] if len(matter.way) > 1 else None
        match deed, matter.status:
            case "edit_draft", "draft":
                return owns
            case "raise_matter", "draft":
                return owns and goes
            case "accept", "raised":
                return acts
            case "pass_up", "accepted":
                return acts and goes
            case "send_back", "accepted":
                back = self.can_receive(below, self.acts_for(matter.way[:-1]))
                return acts and said and back
            case "answer_back", "sent_back":
                back = self.can_receive(matter.way[-1], self.acts_for(matter.way))
                return acts and said and back
            case "resolve", "accepted":
                return acts and said
            case "withdraw", "draft" | "raised" | "accepted" | "sent_back":
                return owns and said
            case "reopen", "resolved":
                either = acts or self.leads(person, matter.raising)
                there = self.can_receive(holder, self.acting(matter))
                return either and said and there and not matter.reopened
        return False

    def move_on(self, deed, person, matter, to_body):
        """What the deed makes of the matter."""
        if deed == "edit_draft":
            return
        if deed in {"raise_matter", "pass_up"}:
            matter.way.append(to_body)
            if deed == "raise_matter":
                matter.raiser, matter.raised_on = person.pk, self.today
        matter.is_asked = deed == "send_back" or (matter.is_asked and deed == "withdraw")
        matter.reopened |= deed == "reopen"
        matter.status = {
            "raise_matter": "raised",
            "accept": "accepted",
            "pass_up": "raised",
            "send_back": "sent_back",
            "answer_back": "accepted",
            "resolve": "resolved",
            "withdraw": "withdrawn",
            "reopen": "accepted",
        }[deed]
        kind = {"raise_matter": "raised", "answer_back": "answered", "reopen": "reopened"}
        matter.steps.append((kind.get(deed, SAME_WORD.get(deed)), person.pk, matter.holder))

    # --- What people try --------------------------------------------------------------------------

    @precondition(lambda self: len(self.matters) < 4)
    @rule(data=st.data())
    def somebody_drafts(self, data):
        self.draft(data.draw(st.sampled_from(self.people)), self.some_body(data))

    def draft(self, person, body):
        given = {"raising_body": self.bodies[body].row, "by": person, "title": "T"}
        words = {"category": "access", "situation": "S", "asked": "A"}
        try:
            draft = escalations.draft(**given, **words)
        except PermissionDenied:
            assert not self.sits(person, body)
        else:
            assert self.sits(person, body)
            self.matters[draft.pk] = Expected(body, person.pk)

    @precondition(lambda self: self.matters)
    @rule(
        data=st.data(),
        deed=st.sampled_from(
            ["edit_draft", "raise_matter", "accept", "pass_up", "send_back", "answer_back"]
            + ["resolve", "withdraw", "reopen"]
        ),
        note=st.sampled_from(NOTES),
    )
    def somebody_tries(self, data, deed, note):
        self.attempt(
            data.draw(st.sampled_from(sorted(self.matters))),
            deed,
            data.draw(st.sampled_from(self.people)),
            self.some_body(data),
            note,
        )

    @precondition(lambda self: self.matters)
    @rule(data=st.data(), moves=st.integers(2, 6))
    def somebody_does_what_makes_sense(self, data, moves):
        """Most random moves are senseless; these go on from where a matter is."""
        deeds = {
            "draft": ["raise_matter"],
            "raised": ["accept"],
            "accepted": ["pass_up", "pass_up", "send_back", "resolve"],
            "sent_back": ["answer_back"],
            "resolved": ["reopen"],
            "withdrawn": ["accept"],
        }
        pk = data.draw(st.sampled_from(sorted(self.matters)))
        for _ in range(moves):
            matter = self.matters[pk]
            able = [
                (deed, person, body)
                for deed in deeds[matter.status]
                for person in self.people
                for body in self.bodies
                if self.may(deed, person, matter, body, "A note")
            ]
            if not able:
                return
            is_stale = data.draw(st.sampled_from([False, False, False, True]))
            self.attempt(pk, *data.draw(st.sampled_from(able)), "A note", is_stale=is_stale)

    def attempt(self, pk, deed, person, to_body, note, *, is_stale=False):
        escalation, matter = Escalation.objects.get(pk=pk), self.matters[pk]
        seen = Matter(escalation).seen
        given = {
            "edit_draft": {"title": "T", "category": "access", "situation": "S", "asked": "A"},
            "raise_matter": {"to_body": self.bodies[to_body].row},
            "accept": {"note": note},
            "pass_up": {"to_body": self.bodies[to_body].row, "note": note},
            "send_back": {"question": note},
            "answer_back": {"answer": note},
            "resolve": {"outcome": note},
            "withdraw": {"reason": note},
            "reopen": {"reason": note},
        }[deed]
        expected = self.may(deed, person, matter, to_body, note) and not is_stale
        before = self.everything()
        try:
            moved = getattr(escalations, deed)(
                escalation=escalation, by=person, seen=seen - 1 if is_stale else seen, **given
            )
        except REFUSALS as refusal:
            assert not expected, f"{deed} was refused: {refusal}"
            assert self.everything() == before
            return
        assert expected, f"{deed} was accepted"
        self.move_on(deed, person, matter, to_body)
        matter.histories += 1
        self.accepted[deed] += 1
        assert moved.history.first().history_user_id == person.pk
        assert moved.status == matter.status

    def everything(self):
        """All that a deed could change."""
        return (
            list(Escalation.objects.order_by("pk").values()),
            list(EscalationStep.objects.order_by("pk").values()),
            Escalation.history.count(),
        )

    # --- What always holds ------------------------------------------------------------------------

    @invariant()
    def every_matter_is_where_the_model_has_it(self):
        if not self.matters:
            return
        rows = {row["pk"]: row for row in Escalation.objects.values("pk", *COLUMNS)}
        steps = {pk: [] for pk in self.matters}
        for pk, *step in EscalationStep.objects.order_by("pk").values_list(
            "escalation", "kind", "by", "to_body", "line", "from_body", "answer_by"
        ):
            steps[pk].append(step)
        histories = Counter(Escalation.history.values_list("id", flat=True))
        assert rows.keys() == self.matters.keys()
        for pk, matter in self.matters.items():
            row = rows[pk]
            assert (row["status"], row["current_body"]) == (matter.status, matter.holder)
            assert row["raised_on"] == matter.raised_on
            assert row["is_open"] == (matter.status in {"raised", "accepted", "sent_back"})
            assert (row["paused_on"] is not None) == self.is_paused(matter)
            assert histories[pk] == matter.histories
            assert [tuple(step[:3]) for step in steps[pk]] == matter.steps
            self.check_lines(matter, steps[pk])
            if matter.raised_on:
                assert row["clock_started_on"] <= row["answer_by"]

    def is_paused(self, matter):
        return matter.is_asked

    def check_lines(self, matter, steps):
        """What travelled, travelled a line of the day it was raised, and nothing else did."""
        lines = {line.row.pk: line for line in self.lines}
        for kind, _, to_body, line, from_body, _ in steps:
            assert (line is not None) == (kind in {"raised", "passed_up"})
            if line:
                assert (lines[line].below, lines[line].above) == (from_body, to_body)
                assert lines[line].kind == "escalates_to"


COLUMNS = (
    "status",
    "current_body",
    "raised_on",
    "is_open",
    "paused_on",
    "clock_started_on",
    "answer_by",
)
SAME_WORD = {
    "accept": "accepted",
    "pass_up": "passed_up",
    "send_back": "sent_back",
    "resolve": "resolved",
    "withdraw": "withdrawn",
}


@pytest.mark.django_db
def test_whatever_people_try_nothing_illegal_is_accepted_and_nothing_legal_refused():
    run_state_machine_as_test(
        People,
        settings=settings(
            settings.default,
            stateful_step_count=35,
            suppress_health_check=list(HealthCheck),
        ),
    )
