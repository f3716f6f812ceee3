"""Which status of an escalation may follow which. Nothing else writes or judges a status."""

from django.db import models


class EscalationStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    RAISED = "raised", "Raised"
    ACCEPTED = "accepted", "Accepted"
    SENT_BACK = "sent_back", "Sent back"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATUSES = (
    EscalationStatus.RAISED,
    EscalationStatus.ACCEPTED,
    EscalationStatus.SENT_BACK,
)

# Passing up is the move from accepted to raised, at the next body. Anything not here is refused.
MOVES = {
    EscalationStatus.DRAFT: {EscalationStatus.RAISED, EscalationStatus.WITHDRAWN},
    EscalationStatus.RAISED: {EscalationStatus.ACCEPTED, EscalationStatus.WITHDRAWN},
    EscalationStatus.ACCEPTED: {
        EscalationStatus.RAISED,
        EscalationStatus.SENT_BACK,
        EscalationStatus.RESOLVED,
        EscalationStatus.WITHDRAWN,
    },
    EscalationStatus.SENT_BACK: {EscalationStatus.ACCEPTED, EscalationStatus.WITHDRAWN},
    EscalationStatus.RESOLVED: {EscalationStatus.ACCEPTED},
    EscalationStatus.WITHDRAWN: set(),
}


class MoveNotAllowed(Exception):
    """The matter is not at a point where this may be done; the message says why, for people."""


def may_move(status, to_status):
    return to_status in MOVES[status]


def check_move(status, to_status):
    """Refuse a move that the table does not hold."""
    if not may_move(status, to_status):
        was = EscalationStatus(status).label.lower()
        would_be = EscalationStatus(to_status).label.lower()
        raise MoveNotAllowed(f"This matter is {was}, so it cannot become {would_be} now.")
