"""The deadlines of what lies before a body, each with its sum and how near it is."""

from dataclasses import dataclass

from governance.workflow import EscalationStatus
from governance.working_days import DueDay


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline of a matter with its sum, and how near it is."""

    label: str
    sum: DueDay
    state: str

    @property
    def due(self):
        return self.sum.due

    @property
    def runs(self):
        return self.state not in {"paused", "done"}


def clock_state(escalation, due, today, days):
    """How near a due day is by the calendar `days`, or that the clock stands still."""
    if escalation.status == EscalationStatus.SENT_BACK:
        return "paused"
    return days.due_state(due, today)
