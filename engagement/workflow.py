"""Which move takes a referral from which status to which. Nothing else judges a status."""

from django.db import models

from governance.workflow import MoveNotAllowed


class ReferralStatus(models.TextChoices):
    REFERRED = "referred", "Received"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    REFERRED_ON = "referred_on", "Referred on"


OPEN_STATUSES = (ReferralStatus.REFERRED, ReferralStatus.ACKNOWLEDGED)


class Move(models.TextChoices):
    """What can be done to a referral: by its body, and the last two by the resident."""

    ACKNOWLEDGE = "acknowledge", "Acknowledge"
    ANSWER = "answer", "Answer"
    REFER_ON = "refer_on", "Refer on"
    CLOSE = "close", "Close"
    REOPEN = "reopen", "Open again"
    WITHDRAW = "withdraw", "Withdraw"


# Anything not here is refused. That an answer is found wanting once only is the deed's to know.
MOVES = {
    ReferralStatus.REFERRED: {
        Move.ACKNOWLEDGE: ReferralStatus.ACKNOWLEDGED,
        Move.ANSWER: ReferralStatus.ANSWERED,
        Move.REFER_ON: ReferralStatus.REFERRED_ON,
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.ACKNOWLEDGED: {
        Move.ANSWER: ReferralStatus.ANSWERED,
        Move.REFER_ON: ReferralStatus.REFERRED_ON,
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.ANSWERED: {
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.REOPEN: ReferralStatus.ACKNOWLEDGED,
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.CLOSED: {
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.REFERRED_ON: {},
}


def may_move(status, move):
    return move in MOVES[status]


def status_after(status, move):
    """The status that a move leads to; a move that the table does not hold is refused."""
    if not may_move(status, move):
        raise MoveNotAllowed(
            f"This message is {ReferralStatus(status).label.lower()}. "
            f"“{Move(move).label}” is not possible now."
        )
    return MOVES[status][move]
