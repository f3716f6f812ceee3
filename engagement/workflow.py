"""Which status of a referral may follow which. Nothing else writes or judges a status."""

from django.db import models

from governance.workflow import MoveNotAllowed


class ReferralStatus(models.TextChoices):
    REFERRED = "referred", "Received"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    REFERRED_ON = "referred_on", "Referred on"


OPEN_STATUSES = (ReferralStatus.REFERRED, ReferralStatus.ACKNOWLEDGED)

# An answered referral opens again when the resident says that the answer does not answer it.
MOVES = {
    ReferralStatus.REFERRED: {
        ReferralStatus.ACKNOWLEDGED,
        ReferralStatus.ANSWERED,
        ReferralStatus.REFERRED_ON,
        ReferralStatus.CLOSED,
    },
    ReferralStatus.ACKNOWLEDGED: {
        ReferralStatus.ANSWERED,
        ReferralStatus.REFERRED_ON,
        ReferralStatus.CLOSED,
    },
    ReferralStatus.ANSWERED: {ReferralStatus.ACKNOWLEDGED, ReferralStatus.CLOSED},
    ReferralStatus.CLOSED: set(),
    ReferralStatus.REFERRED_ON: set(),
}


def may_move(status, to_status):
    return to_status in MOVES[status]


def check_move(status, to_status):
    """Refuse a move that the table does not hold."""
    if not may_move(status, to_status):
        was = ReferralStatus(status).label.lower()
        would_be = ReferralStatus(to_status).label.lower()
        raise MoveNotAllowed(f"This message is {was}, so it cannot become {would_be} now.")
