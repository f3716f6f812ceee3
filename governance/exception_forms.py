"""What is said when no recorded line will do, or when a matter is to follow other lines."""

from django import forms

from governance.forms import Words
from governance.move_form import MoveForm, MoveToBodyForm
from governance.workflow import Move


class OffTheLinesForm(MoveToBodyForm):
    """A body to which no line leads from where a matter lies, and why no line will do."""

    to_body = forms.ChoiceField(
        label="Which body is to have it?",
        error_messages={
            "required": "Choose the body",
            "invalid_choice": "Choose one of the bodies listed",
        },
    )
    note = Words(
        label="Why will no line do?", error_messages={"required": "Write why no line will do"}
    )
    nhsuk = {"note": {"rows": 4}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        up = {line.to_body.pk for line in self.matter.lines_up} | {self.matter.holder.pk}
        bodies = self.matter.structure_now.bodies
        self.fields["to_body"].choices = [
            ("", "Choose a body"),
            *((body.slug, body.name) for body in bodies if body.pk not in up),
        ]


class AskOutOfLineForm(OffTheLinesForm):
    move = Move.ASK_OUT_OF_LINE
    group = "aside"
    heading = "Ask to send it out of line"
    explanation = (
        "Only when no recorded line will do. A governance administrator approves it or refuses it; "
        "until then the matter stays where it is, and your clock goes on."
    )
    button = "Ask for this exception"

    def is_as(self, matter):
        wanted = matter.last_step.wanted_body
        return MoveForm.is_as(self, matter) and self.data.get("to_body") == wanted.slug


class OutOfLineForm(OffTheLinesForm):
    move = Move.OUT_OF_LINE
    group = "exception"
    heading = "Send it out of line"
    explanation = (
        "Only when no recorded line will do. The timeline shows that you approved it, and why."
    )
    button = "Approve and send it"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if asked := self.matter.exception_asked:
            self.stands_open = True
            self.fields["to_body"].initial = asked.wanted_body.slug
            self.fields["note"].initial = asked.note


class RefuseOutOfLineForm(MoveForm):
    move = Move.REFUSE_OUT_OF_LINE
    group = "exception"
    heading = "Refuse to send it out of line"
    explanation = "It stays where it is, and its officers are told why."
    button = "Refuse the exception"
    note = Words(label="Why is it refused?", error_messages={"required": "Write why it is refused"})
    nhsuk = {"note": {"rows": 3}}


class RebaseForm(MoveForm):
    move = Move.REBASE
    group = "exception"
    heading = "Re-base it on today’s lines"
    explanation = (
        "It stays where it is and goes on by today’s lines. The timeline shows that you approved "
        "it, and why."
    )
    button = "Re-base this matter"
    note = Words(
        label="Why is it to follow today’s lines?",
        error_messages={"required": "Write why it is to follow today’s lines"},
    )
    nhsuk = {"note": {"rows": 3}}
