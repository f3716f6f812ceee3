"""Which move takes an escalation from which status to which. Nothing else judges a status."""

from django.db import models


class EscalationStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    RAISED = "raised", "Raised"
    ACCEPTED = "accepted", "Accepted"
    SENT_BACK = "sent_back", "Sent back"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"
    MERGED = "merged", "Merged"


OPEN_STATUSES = (
    EscalationStatus.RAISED,
    EscalationStatus.ACCEPTED,
    EscalationStatus.SENT_BACK,
)


class Move(models.TextChoices):
    """What someone can do to an escalation; the value stands in the address of the deed."""

    EDIT = "edit", "Save the draft"
    RAISE = "raise", "Raise"
    ACCEPT = "accept", "Accept"
    PASS_UP = "pass-up", "Pass up"
    SEND_BACK = "send-back", "Send back with a question"
    ANSWER = "answer", "Answer the question"
    RESOLVE = "resolve", "Resolve"
    WITHDRAW = "withdraw", "Withdraw"
    REOPEN = "reopen", "Reopen"
    CONSULT = "consult", "Consult an aligned body"
    COMMENT = "comment", "Comment"
    ATTACH = "attach", "Add a file"
    DETACH = "detach", "Take a file away"
    MERGE = "merge", "Merge into another matter"
    ASK_OUT_OF_LINE = "ask-out-of-line", "Ask to send out of line"
    REFUSE_OUT_OF_LINE = "refuse-out-of-line", "Refuse to send out of line"
    OUT_OF_LINE = "out-of-line", "Send out of line"
    REBASE = "rebase", "Re-base on today’s lines"
    ADD_ACTION = "add-action", "Add an action"


# Passing up leaves a matter raised, at the next body. Anything not here is refused.
MOVES = {
    EscalationStatus.DRAFT: {
        Move.EDIT: EscalationStatus.DRAFT,
        Move.ATTACH: EscalationStatus.DRAFT,
        Move.DETACH: EscalationStatus.DRAFT,
        Move.RAISE: EscalationStatus.RAISED,
        Move.WITHDRAW: EscalationStatus.WITHDRAWN,
    },
    EscalationStatus.RAISED: {
        Move.ACCEPT: EscalationStatus.ACCEPTED,
        Move.CONSULT: EscalationStatus.RAISED,
        Move.COMMENT: EscalationStatus.RAISED,
        Move.ATTACH: EscalationStatus.RAISED,
        Move.DETACH: EscalationStatus.RAISED,
        Move.MERGE: EscalationStatus.MERGED,
        Move.ASK_OUT_OF_LINE: EscalationStatus.RAISED,
        Move.REFUSE_OUT_OF_LINE: EscalationStatus.RAISED,
        Move.OUT_OF_LINE: EscalationStatus.RAISED,
        Move.REBASE: EscalationStatus.RAISED,
        Move.WITHDRAW: EscalationStatus.WITHDRAWN,
    },
    EscalationStatus.ACCEPTED: {
        Move.PASS_UP: EscalationStatus.RAISED,
        Move.SEND_BACK: EscalationStatus.SENT_BACK,
        Move.RESOLVE: EscalationStatus.RESOLVED,
        Move.CONSULT: EscalationStatus.ACCEPTED,
        Move.COMMENT: EscalationStatus.ACCEPTED,
        Move.ATTACH: EscalationStatus.ACCEPTED,
        Move.DETACH: EscalationStatus.ACCEPTED,
        Move.MERGE: EscalationStatus.MERGED,
        Move.ASK_OUT_OF_LINE: EscalationStatus.ACCEPTED,
        Move.REFUSE_OUT_OF_LINE: EscalationStatus.ACCEPTED,
        Move.OUT_OF_LINE: EscalationStatus.RAISED,
        Move.REBASE: EscalationStatus.ACCEPTED,
        Move.WITHDRAW: EscalationStatus.WITHDRAWN,
    },
    EscalationStatus.SENT_BACK: {
        Move.ANSWER: EscalationStatus.ACCEPTED,
        Move.CONSULT: EscalationStatus.SENT_BACK,
        Move.COMMENT: EscalationStatus.SENT_BACK,
        Move.ATTACH: EscalationStatus.SENT_BACK,
        Move.DETACH: EscalationStatus.SENT_BACK,
        Move.REBASE: EscalationStatus.SENT_BACK,
        Move.WITHDRAW: EscalationStatus.WITHDRAWN,
    },
    EscalationStatus.RESOLVED: {
        Move.REOPEN: EscalationStatus.ACCEPTED,
        Move.ADD_ACTION: EscalationStatus.RESOLVED,
    },
    EscalationStatus.WITHDRAWN: {},
    EscalationStatus.MERGED: {},
}

# Where a matter goes that climbs by itself. That is the clock's to do and nobody's move, and only
# for bodies whose settings say so.
CLIMBING = {
    EscalationStatus.RAISED: EscalationStatus.RAISED,
    EscalationStatus.ACCEPTED: EscalationStatus.RAISED,
}
CLIMB = "Go up by itself"


class MoveNotAllowed(Exception):
    """The matter is not at a point where this may be done; the message says why, for people."""


def may_move(status, move):
    return move in MOVES[status]


def status_after(status, move):
    """The status that a move leads to; a move that the table does not hold is refused."""
    if not may_move(status, move):
        raise MoveNotAllowed(
            f"This matter is {EscalationStatus(status).label.lower()}, "
            f"so “{Move(move).label}” is not possible now."
        )
    return MOVES[status][move]


def every_way():
    """Every change of status, with the words for it: people's moves, then the clock's."""
    for status, moves in MOVES.items():
        for move, after in moves.items():
            yield status, move.label, after
    for status, after in CLIMBING.items():
        yield status, CLIMB, after


def as_text():
    """The table, a line for each move."""
    width = max(len(status.label) for status in EscalationStatus)
    return "\n".join(
        f"{status.label:<{width}}  {label:<26}  {after.label}"
        for status, label, after in every_way()
    )


def as_mermaid():
    """The table as a state diagram in Mermaid's notation."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {status} : {status.label}" for status in EscalationStatus]
    lines += [f"    {status} --> {after} : {label}" for status, label, after in every_way()]
    lines += [f"    {status} --> [*]" for status, moves in MOVES.items() if not moves]
    return "\n".join(lines)
