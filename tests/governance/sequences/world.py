"""A world in which people try things: a structure, the people in it, and matters before them."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from unittest import mock

from django.core.exceptions import PermissionDenied

from governance.actions import escalations
from governance.actions.clocks import climb_overdue
from governance.models import Escalation, EscalationFile, EscalationStep
from tests.factories import make_governance_administrator, make_kind, make_person, make_upload
from tests.governance.sequences.deeds import REFUSALS, deed_named
from tests.governance.sequences.invariants import Invariants
from tests.governance.sequences.matters import Effects, Expected
from tests.governance.sequences.permitted import Permitted
from tests.governance.sequences.structure import Structure

FIRST_DAY = date(2026, 11, 2)

numbers = count(1)

# What went through, in the whole run.
accepted = Counter()


class World(Structure, Permitted, Effects, Invariants):
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
            self.needs_no_view(matter, to_body)
            matter.status, matter.wanted = "raised", None
            matter.steps.append((kind, None, to_body))
            matter.histories += 1
            accepted["climb"] += 1
        self.check()
