"""What can be tried with a matter: the deed of each move, and what it is recorded as."""

from django.core.exceptions import PermissionDenied, ValidationError

from governance.actions import asides, decisions, escalations, exceptions, merging
from governance.workflow import Move, MoveNotAllowed

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
