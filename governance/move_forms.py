"""What staff say as a matter goes its way, and the form of each move that a page offers."""

from django import forms

from governance.aside_forms import AttachForm, CommentForm, ConsultForm, DetachForm, MergeForm
from governance.decision_forms import AddActionForm, ResolveForm
from governance.exception_forms import (
    AskOutOfLineForm,
    OutOfLineForm,
    RebaseForm,
    RefuseOutOfLineForm,
)
from governance.forms import EditForm, RaiseForm, Words, bodies_above
from governance.move_form import MoveForm, MoveToBodyForm
from governance.workflow import Move


class AcceptForm(MoveForm):
    move = Move.ACCEPT
    heading = "Accept it"
    explanation = (
        "You say that the body has it and will answer by the day above. Then you can resolve it, "
        "pass it up, or send it back with a question."
    )
    button = "Accept this matter"
    stands_open = True
    note = Words(
        label="A word for those who wait",
        help_text="Such as when you will discuss it.",
        required=False,
    )
    nhsuk = {"note": {"rows": 3}}


class PassUpForm(MoveToBodyForm):
    move = Move.PASS_UP
    heading = "Pass it up"
    explanation = (
        "When your body cannot settle it either. It then lies before the body above, with clocks "
        "of its own."
    )
    button = "Pass it up"
    to_body = forms.ChoiceField(
        label="Which body do you pass it to?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the body to pass it to",
            "invalid_choice": "Choose one of the bodies listed",
        },
    )
    note = Words(
        label="Why do you pass it up?",
        help_text="What you have done about it, and what you cannot settle.",
        error_messages={"required": "Write why you pass it up"},
    )
    nhsuk = {"note": {"rows": 5}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lines = self.matter.lines_on
        self.lines = {line.to_body.slug: line for line in lines}
        to_body = self.fields["to_body"]
        to_body.choices, hints = bodies_above(lines)
        to_body.initial = to_body.choices[0][0] if len(lines) == 1 else None
        self.nhsuk = self.nhsuk | {"to_body": {"hints": hints}}


class SendBackForm(MoveForm):
    move = Move.SEND_BACK
    heading = "Send it back with a question"
    explanation = (
        "It goes back to the body it came from until they answer, and your clock stands still."
    )
    button = "Send it back with the question"
    note = Words(
        label="What do you need to know?",
        error_messages={"required": "Write your question"},
    )
    nhsuk = {"note": {"rows": 5}}


class AnswerForm(MoveForm):
    move = Move.ANSWER
    heading = "Answer the question"
    explanation = "Then the body that asked has it again, and its clock goes on."
    button = "Send the answer"
    stands_open = True
    note = Words(label="Your answer", error_messages={"required": "Write your answer"})


class WithdrawForm(MoveForm):
    move = Move.WITHDRAW
    group = "aside"
    heading = "Withdraw it"
    explanation = "It is closed without an outcome. This cannot be undone."
    button = "Withdraw this matter"
    note = Words(
        label="Why is it withdrawn?",
        error_messages={"required": "Write why it is withdrawn"},
    )
    nhsuk = {"note": {"rows": 3}}


class ReopenForm(MoveForm):
    move = Move.REOPEN
    heading = "Reopen it"
    button = "Reopen this matter"
    note = Words(
        label="Why does it need to be looked at again?",
        help_text="A matter can be reopened once.",
        error_messages={"required": "Write why it is reopened"},
    )
    nhsuk = {"note": {"rows": 5}}


# In the order in which a page offers them.
MOVE_FORMS = {
    form.move: form
    for form in (
        EditForm,
        RaiseForm,
        AcceptForm,
        AnswerForm,
        ResolveForm,
        PassUpForm,
        SendBackForm,
        AddActionForm,
        ReopenForm,
        CommentForm,
        ConsultForm,
        AttachForm,
        DetachForm,
        MergeForm,
        WithdrawForm,
        AskOutOfLineForm,
        OutOfLineForm,
        RefuseOutOfLineForm,
        RebaseForm,
    )
}
