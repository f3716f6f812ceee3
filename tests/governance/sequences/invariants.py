"""What always holds: every matter is where the model has it, and as it has it."""

from collections import Counter

from governance import readers, tallies
from governance.models import (
    ActionPoint,
    Decision,
    Escalation,
    EscalationFile,
    EscalationReader,
    EscalationStep,
)

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


class Invariants:
    """The rows of the portal, held against the model."""

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
        assert tallies.recount(mend=False) == 0

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
