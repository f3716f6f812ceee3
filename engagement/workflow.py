"""Which move takes a referral, or an idea, from which status to which. Nothing else judges one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.workflow import MoveNotAllowed


class ReferralStatus(models.TextChoices):
    REFERRED = "referred", "Received"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    REFERRED_ON = "referred_on", "Referred on"
    ESCALATED = "escalated", "Escalated"
    MERGED = "merged", "Answered with another"


# How one stands in words that was escalated, once it is back from above.
TO_BE_ANSWERED = "To be answered"
# What the resident still waits for, and its body has to see to.
OPEN_STATUSES = (ReferralStatus.REFERRED, ReferralStatus.ACKNOWLEDGED, ReferralStatus.ESCALATED)


class Move(models.TextChoices):
    """What can be done to a referral: by its body, and the last three by the resident."""

    ACKNOWLEDGE = "acknowledge", "Acknowledge"
    ANSWER = "answer", "Answer"
    REFER_ON = "refer_on", "Refer on"
    CLOSE = "close", "Close"
    ASK = "ask", "Ask the resident"
    ESCALATE = "escalate", "Escalate"
    MERGE = "merge", "Answer with another"
    SPLIT = "split", "Answer by itself"
    GO_ALONG = "go_along", "Go on with another"
    REPLY = "reply", "Answer the question"
    REOPEN = "reopen", "Open again"
    WITHDRAW = "withdraw", "Withdraw"


# Anything not here is refused. That an answer is found wanting once only, that a question has been
# asked before it is answered, and that a matter was withdrawn before its message is escalated
# again, are the deeds' to know.
MOVES = {
    ReferralStatus.REFERRED: {
        Move.ACKNOWLEDGE: ReferralStatus.ACKNOWLEDGED,
        Move.ANSWER: ReferralStatus.ANSWERED,
        Move.REFER_ON: ReferralStatus.REFERRED_ON,
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.ASK: ReferralStatus.ACKNOWLEDGED,
        Move.ESCALATE: ReferralStatus.ESCALATED,
        Move.MERGE: ReferralStatus.MERGED,
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.ACKNOWLEDGED: {
        Move.ANSWER: ReferralStatus.ANSWERED,
        Move.REFER_ON: ReferralStatus.REFERRED_ON,
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.ASK: ReferralStatus.ACKNOWLEDGED,
        Move.REPLY: ReferralStatus.ACKNOWLEDGED,
        Move.ESCALATE: ReferralStatus.ESCALATED,
        Move.MERGE: ReferralStatus.MERGED,
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.ESCALATED: {
        Move.ANSWER: ReferralStatus.ANSWERED,
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.ESCALATE: ReferralStatus.ESCALATED,
        Move.WITHDRAW: ReferralStatus.CLOSED,
    },
    ReferralStatus.MERGED: {
        Move.ANSWER: ReferralStatus.ANSWERED,
        Move.GO_ALONG: ReferralStatus.REFERRED_ON,
        Move.CLOSE: ReferralStatus.CLOSED,
        Move.SPLIT: ReferralStatus.ACKNOWLEDGED,
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


# --- Ideas ----------------------------------------------------------------------------------------


class IdeaStatus(models.TextChoices):
    LOOKED_AT = "looked-at", _("Being looked at")
    TRIED = "tried", _("Being tried")
    DONE = "done", _("Done")
    NOT_NOW = "not-now", _("Not now")


# What a body still has to say something of.
OPEN_IDEAS = (IdeaStatus.LOOKED_AT, IdeaStatus.TRIED)


class IdeaMove(models.TextChoices):
    """What a body does with an idea; taking it up begins its life."""

    TAKE_UP = "take-up", _("Taken up")
    TRY = "try", _("Tried")
    FINISH = "finish", _("Done")
    SET_ASIDE = "set-aside", _("Set aside")
    LOOK_AGAIN = "look-again", _("Looked at again")


# None is an idea that no body has taken up yet.
IDEA_MOVES = {
    None: {IdeaMove.TAKE_UP: IdeaStatus.LOOKED_AT},
    IdeaStatus.LOOKED_AT: {
        IdeaMove.TRY: IdeaStatus.TRIED,
        IdeaMove.FINISH: IdeaStatus.DONE,
        IdeaMove.SET_ASIDE: IdeaStatus.NOT_NOW,
    },
    IdeaStatus.TRIED: {
        IdeaMove.FINISH: IdeaStatus.DONE,
        IdeaMove.SET_ASIDE: IdeaStatus.NOT_NOW,
    },
    IdeaStatus.DONE: {IdeaMove.LOOK_AGAIN: IdeaStatus.LOOKED_AT},
    IdeaStatus.NOT_NOW: {IdeaMove.LOOK_AGAIN: IdeaStatus.LOOKED_AT},
}


def idea_status_after(status, move):
    """The status of an idea after a move; one that the table does not hold is refused."""
    if move not in IDEA_MOVES[status]:
        now = IdeaStatus(status).label.lower() if status else "not taken up yet"
        raise MoveNotAllowed(f"This idea is {now}, so that is not possible now.")
    return IDEA_MOVES[status][move]
