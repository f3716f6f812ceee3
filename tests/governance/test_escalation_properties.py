"""Whatever people try, in whatever order: nothing illegal is ever accepted.

A machine tries random moves, sensible and senseless, by random people on random structures that
change as time passes. A model of its own, which shares no code with the portal, says for each
whether it may be done. The portal has to agree, and to leave exactly what the model expects.
"""

from collections import Counter, defaultdict
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import count, product
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from governance import readers
from governance.actions import asides, decisions, escalations, exceptions, merging
from governance.actions.asides import MOST_FILES
from governance.actions.clocks import climb_overdue
from governance.actions.structure import structure_edited
from governance.models import (
    ActionPoint,
    Body,
    Decision,
    Escalation,
    EscalationFile,
    EscalationReader,
    EscalationStep,
    Membership,
    ReportingLine,
)
from governance.workflow import Move, MoveNotAllowed
from tests.factories import (
    make_body,
    make_governance_administrator,
    make_kind,
    make_line,
    make_member,
    make_person,
    make_upload,
)

FIRST_DAY = date(2026, 11, 2)
OFFICERS = {"chair", "deputy_chair", "secretary"}
KINDS = ["escalates_to", "escalates_to", "escalates_to", "reports_to", "aligned_with"]
NOTES = ["", "  ", "A note"]

numbers = count(1)

REFUSALS = (MoveNotAllowed, PermissionDenied, ValidationError)

# The deed of each move.
DEEDS = {
    Move.EDIT: "edit_draft",
    Move.RAISE: "raise_matter",
    Move.ACCEPT: "accept",
    Move.PASS_UP: "pass_up",
    Move.SEND_BACK: "send_back",
    Move.ANSWER: "answer_back",
    Move.RESOLVE: "resolve",
    Move.WITHDRAW: "withdraw",
    Move.REOPEN: "reopen",
    Move.CONSULT: "consult",
    Move.COMMENT: "comment",
    Move.ATTACH: "attach",
    Move.DETACH: "detach",
    Move.MERGE: "merge",
    Move.ASK_OUT_OF_LINE: "ask_out_of_line",
    Move.REFUSE_OUT_OF_LINE: "refuse_out_of_line",
    Move.OUT_OF_LINE: "send_out_of_line",
    Move.REBASE: "rebase",
    Move.ADD_ACTION: "add_action",
}
EXCEPTIONS = ["ask_out_of_line", "refuse_out_of_line", "send_out_of_line", "rebase"]
BESIDE = ["comment", "consult", "attach", "detach", "merge", "refuse_out_of_line", *EXCEPTIONS]
# What goes on from where a matter is; what stands twice is done twice as often.
SENSIBLE = {
    "draft": ["edit_draft", "raise_matter", "raise_matter", "attach", "detach"],
    "raised": ["accept"] * 3 + BESIDE,
    "accepted": ["pass_up", "send_back", "resolve"] * 2 + BESIDE,
    "sent_back": ["answer_back"] * 3 + ["withdraw", *BESIDE[:4], "rebase"],
    "resolved": ["reopen"] * 3 + ["add_action"],
    "withdrawn": ["accept"],
    "merged": ["accept"],
}
# Deeds that name a body.
NAME_A_BODY = {"raise_matter", "pass_up", "consult", "add_action"}
NAME_A_BODY |= {"ask_out_of_line", "send_out_of_line"}
# What went through, in the whole run.
accepted = Counter()


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
        self.consulted, self.in_it, self.into, self.comments = [], [], None, []
        self.lines_since = None  # the day whose lines it follows instead, once it is re-based
        self.files = {}
        self.decided = False
        self.wanted = None  # the body to which an exception is asked for
        self.steps = []
        self.histories = 1

    @property
    def holder(self):
        return self.way[-2] if self.is_asked else self.way[-1]

    @property
    def way_here(self):
        return self.way[:-1] if self.is_asked else self.way

    @property
    def speaks(self):
        return {*self.way, *self.consulted}


class World:
    """A structure, the people in it and matters before them, and a model of them all."""

    def __init__(self):
        self.today = FIRST_DAY
        self.bodies, self.lines, self.seats, self.matters = {}, [], [], {}
        with self.clock():
            self.begin()

    def now(self):
        return datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)

    def clock(self):
        return mock.patch("django.utils.timezone.now", lambda: self.now())

    def begin(self):
        make_kind("outside", outside_partnership=True)
        self.people = [make_person() for _ in range(4)]
        self.administrator = make_governance_administrator()
        self.people.append(self.administrator)
        for number in range(4):
            self.found_body(is_outside=number == 3, climbs=number == 1)
        pks = list(self.bodies)
        for below, above in zip(pks, pks[1:], strict=False):
            self.draw_line(below, above, "escalates_to", None, None)
        for number, pk in enumerate(pks[:3]):
            self.give_seat(self.people[number], pk, "chair", None, None)
        self.give_seat(self.people[3], pks[0], "member", None, None)
        # Soon the lines of the day are others than those of the day a matter was raised.
        self.draw_line(pks[1], pks[3], "escalates_to", FIRST_DAY + timedelta(days=3), None)
        self.found_body(is_outside=False)
        aligned = list(self.bodies)[-1]
        self.draw_line(pks[1], aligned, "aligned_with", None, None)
        self.give_seat(self.people[3], aligned, "secretary", None, None)
        for _ in range(3):
            self.draft(self.people[3], pks[0])
        for matter in sorted(self.matters)[:2]:
            self.attempt(matter, "raise_matter", self.people[0], pks[1], "", None)

    # --- How the structure grows ------------------------------------------------------------------

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

    def is_off_line(self, matter, to_body):
        """Whether a body can have a matter, and only an exception would bring it there."""
        there = to_body != matter.holder
        there = there and self.can_receive(to_body, self.acts_for([*matter.way_here, to_body]))
        return there and not self.leads_up(matter.holder, to_body, self.lines_of(matter))

    def lines_of(self, matter):
        return matter.lines_since or matter.raised_on or self.today

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

    def speaks_to(self, person, matter):
        return any(self.sits(person, body) for body in matter.speaks)

    def may(self, deed, person, matter, to_body, note, other=None):
        """Whether this may be done now, and where the matter then is.

        Of `other`, what else the deed is about: another matter, or a file.
        """
        said = bool(note.strip())
        holder = matter.holder
        acts = self.leads(person, self.acting(matter))
        owns = self.leads(person, matter.raising) or (
            self.sits(person, matter.raising)
            and person.pk == (matter.raiser if matter.raiser else matter.author)
        )
        up = [*matter.way, to_body]
        if deed in {"raise_matter", "pass_up"}:
            goes = self.leads_up(holder, to_body, self.lines_of(matter))
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
                return owns and said and not matter.in_it
            case "comment", "raised" | "accepted" | "sent_back":
                return said and self.speaks_to(person, matter)
            case "consult", "raised" | "accepted" | "sent_back":
                aligned = self.are_aligned(holder, to_body, self.lines_of(matter))
                new = to_body not in matter.speaks
                return acts and said and aligned and new and self.can_receive(to_body, to_body)
            case "attach", "draft":
                return owns and len(matter.files) < MOST_FILES
            case "attach", "raised" | "accepted" | "sent_back":
                return self.speaks_to(person, matter) and len(matter.files) < MOST_FILES
            case "detach", "draft":
                return owns and other in matter.files
            case "detach", "raised" | "accepted" | "sent_back":
                theirs = matter.files.get(other) == person.pk and self.speaks_to(person, matter)
                by_right = person == self.administrator and other in matter.files
                return said and (theirs or by_right)
            case "merge", "raised" | "accepted":
                beside = self.matters.get(other)
                return (
                    acts
                    and said
                    and beside not in (None, matter)
                    and beside.status in {"raised", "accepted"}
                    and (beside.holder, self.acting(beside)) == (holder, self.acting(matter))
                )
            case "send_out_of_line", "raised" | "accepted":
                by_right = person == self.administrator
                return by_right and said and self.is_off_line(matter, to_body)
            case "ask_out_of_line", "raised" | "accepted":
                return acts and said and matter.wanted is None and self.is_off_line(matter, to_body)
            case "refuse_out_of_line", "raised" | "accepted":
                return person == self.administrator and said and matter.wanted is not None
            case "rebase", "raised" | "accepted" | "sent_back":
                then = self.ways_from(holder, self.lines_of(matter))
                changed = then != self.ways_from(holder, self.today)
                return person == self.administrator and said and changed
            case "add_action", "resolved":
                return acts and said and self.bodies[to_body].holds(self.today)
            case "reopen", "resolved":
                either = acts or self.leads(person, matter.raising)
                there = self.can_receive(holder, self.acting(matter))
                return either and said and there and not matter.reopened
        return False

    def move_on(self, deed, person, matter, to_body, note, other):
        """What the deed makes of the matter, and of others."""
        if deed == "edit_draft":
            return
        if deed in ASIDES:
            self.take_in(deed, person, matter, to_body, other)
            if matter.status != "draft":
                matter.steps.append((ASIDES[deed], person.pk, matter.holder))
            return
        if deed in {"raise_matter", "pass_up", "send_out_of_line"}:
            matter.way.append(to_body)
        if deed == "raise_matter":
            matter.raiser, matter.raised_on = person.pk, self.today
        if deed in {"pass_up", "send_out_of_line", "send_back", "resolve"}:
            matter.wanted = None
        if deed == "merge":
            self.take_over(person, matter, self.matters[other], other)
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
            "merge": "merged",
            "send_out_of_line": "raised",
        }[deed]
        matter.decided = deed == "resolve"
        kind = {"raise_matter": "raised", "answer_back": "answered", "reopen": "reopened"}
        kind = kind.get(deed, SAME_WORD.get(deed))
        matter.steps.append((kind, person.pk, matter.holder))
        if deed in {"resolve", "reopen"}:
            for merged in (self.matters[pk] for pk in matter.in_it):
                merged.decided = matter.decided
                merged.histories += 1
                merged.steps.append((kind, person.pk, merged.holder))

    def take_in(self, deed, person, matter, to_body, other):
        if deed == "consult":
            matter.consulted.append(to_body)
        elif deed == "detach":
            del matter.files[other]
        elif deed == "ask_out_of_line":
            matter.wanted = to_body
        elif deed == "refuse_out_of_line":
            matter.wanted = None
        elif deed == "rebase":
            matter.lines_since = self.today

    def take_over(self, person, matter, goes_on, pk):
        """Another matter goes on for this one, and for those that went into it."""
        for earlier in matter.in_it:
            earlier = self.matters[earlier]
            earlier.into = pk
            earlier.histories += 1
            earlier.steps.append(("merged", person.pk, earlier.holder))
        mine = next(key for key, each in self.matters.items() if each is matter)
        goes_on.in_it += [*matter.in_it, mine]
        matter.in_it, matter.into = [], pk
        goes_on.histories += 1
        goes_on.steps.append(("took_in", person.pk, goes_on.holder))

    # --- What is tried ----------------------------------------------------------------------------

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
            self.check()

    def attempt(self, pk, deed, person, to_body, note, other, *, is_stale=False):
        escalation, matter = Escalation.objects.get(pk=pk), self.matters[pk]
        given = self.given(deed, matter, to_body, note, other)
        if deed in {"comment", "attach"}:
            is_stale = False
        else:
            seen = escalation.history.values_list("history_id", flat=True).first()
            given["seen"] = seen - 1 if is_stale else seen
        expected = self.may(deed, person, matter, to_body, note, other) and not is_stale
        before = None if expected else self.everything()
        try:
            moved = deed_named(deed)(escalation=escalation, by=person, **given)
        except REFUSALS as refusal:
            assert not expected, f"{deed} was refused: {refusal}"
            assert self.everything() == before
            return
        assert expected, f"{deed} was accepted"
        if deed == "attach":
            matter.files[EscalationFile.objects.latest("pk").pk] = person.pk
        self.move_on(deed, person, matter, to_body, note, other)
        matter.histories += 1
        accepted[deed] += 1
        assert moved.history.first().history_user_id == person.pk
        assert moved.status == matter.status
        self.check()

    def given(self, deed, matter, to_body, note, other):
        """What a deed is told, but for who does it."""
        body = self.bodies[to_body].row
        match deed:
            case "edit_draft":
                return {"title": "T", "category": "access", "situation": "S", "asked": "A"}
            case "raise_matter":
                return {"to_body": body}
            case "accept":
                return {"note": note}
            case "pass_up":
                return {"to_body": body, "note": note}
            case "send_back":
                return {"question": note}
            case "answer_back":
                return {"answer": note}
            case "resolve":
                return {"outcome": note}
            case "comment":
                return {"text": f"{note} {len(matter.steps)}" if note.strip() else note}
            case "consult":
                return {"body": body, "question": note}
            case "attach":
                return {"upload": make_upload(content=f"%PDF-1.7 {next(numbers)}".encode())}
            case "detach":
                return {"file": EscalationFile(pk=other), "reason": note}
            case "merge":
                return {"into": Escalation.objects.get(pk=other), "reason": note}
            case "ask_out_of_line" | "send_out_of_line":
                return {"to_body": body, "reason": note}
            case "add_action":
                return {"text": note, "body": body, "due_on": self.today}
        return {"reason": note}

    def the_clock_looks(self):
        """The portal reminds of what is overdue; of itself it moves only what may climb."""
        due = dict(Escalation.objects.values_list("pk", "due_on"))
        climb_overdue(now=self.now())
        for pk, kind, to_body in EscalationStep.objects.filter(
            by=None, at__date=self.today
        ).values_list("escalation", "kind", "to_body"):
            matter = self.matters[pk]
            assert kind == "passed_up" and due[pk] < self.today
            assert self.bodies[matter.holder].climbs and matter.status in {"raised", "accepted"}
            assert self.leads_up(matter.holder, to_body, self.lines_of(matter))
            assert self.can_receive(to_body, self.acts_for([*matter.way, to_body]))
            matter.way.append(to_body)
            matter.status, matter.wanted = "raised", None
            matter.steps.append((kind, None, to_body))
            matter.histories += 1
            accepted["climb"] += 1
        self.check()

    def everything(self):
        """All that a deed could change."""
        return (
            list(Escalation.objects.order_by("pk").values()),
            list(EscalationStep.objects.order_by("pk").values()),
            Escalation.history.count(),
            list(EscalationReader.objects.order_by("pk").values()),
            list(EscalationFile.objects.order_by("pk").values()),
            Decision.objects.count(),
            ActionPoint.objects.count(),
        )

    # --- What always holds ------------------------------------------------------------------------

    def check(self):
        """Every matter is where the model has it, and as it has it."""
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
            assert row["merged_into"] == matter.into
            assert (row["decision"] is not None) == matter.decided
            self.check_lines(matter, steps[pk])
            if matter.raised_on:
                assert row["clock_started_on"] <= row["answer_by"]
        assert not readers.astray().exists()

    def is_paused(self, matter):
        return matter.is_asked

    def check_lines(self, matter, steps):
        """What travelled, travelled a line of the day it was raised, and nothing else did."""
        lines = {line.row.pk: line for line in self.lines}
        for kind, _, to_body, line, from_body, _ in steps:
            assert (line is not None) == (kind in {"raised", "passed_up", "consulted"})
            if line and kind == "consulted":
                assert lines[line].kind == "aligned_with"
            elif line:
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
    "merged_into",
    "decision",
)
# What leaves a matter where it is and as it stands, and what each is recorded as.
ASIDES = {
    "comment": "commented",
    "consult": "consulted",
    "attach": "file_added",
    "detach": "file_removed",
    "ask_out_of_line": "asked_out",
    "refuse_out_of_line": "refused_out",
    "rebase": "rebased",
    "add_action": "action_added",
}
SAME_WORD = {
    "merge": "merged",
    "send_out_of_line": "out_of_line",
    "accept": "accepted",
    "pass_up": "passed_up",
    "send_back": "sent_back",
    "resolve": "resolved",
    "withdraw": "withdrawn",
}


def deed_named(name):
    modules = (asides, decisions, escalations, exceptions, merging)
    return next(getattr(module, name) for module in modules if name in vars(module))


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


def test_the_machine_knows_every_move_of_the_workflow():
    assert DEEDS.keys() == set(Move)


@pytest.mark.django_db
def test_whatever_people_try_nothing_illegal_is_accepted_and_nothing_legal_refused():
    accepted.clear()
    People.beginning = World()

    run_state_machine_as_test(
        People,
        settings=settings(
            settings.default,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert accepted.keys() == {*DEEDS.values(), "climb"}, "some moves never went through"
