"""What staff write to the resident with a move; `words` of each is what its deed is given."""

from django import forms

from engagement.forms import Words
from engagement.models import Misrouting
from engagement.row_choices import RowChoices


class StepForm(forms.Form):
    """What is written to the resident with a move, on a page that showed the step `seen`."""

    text = Words()
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def words(self):
        """What the deed is given."""
        return {"text": self.cleaned_data["text"], "seen": self.cleaned_data["seen"]}


class AcknowledgeForm(StepForm):
    text = Words(
        label="A word to the resident",
        help_text="They read it at the receipt, beside “Acknowledged”.",
        required=False,
    )
    nhsuk = {"text": {"rows": 3}}


class AnswerForm(StepForm):
    text = Words(
        label="Your answer to the resident",
        help_text="In plain English: what you found, what you do or will not do, and why.",
        error_messages={"required": "Enter the answer: it is what the resident reads"},
    )
    nhsuk = {"text": {"rows": 8}}


class ReferOnForm(RowChoices, StepForm):
    to_body = forms.ChoiceField(
        label="To which body?",
        error_messages={
            "required": "Choose the body that is to have it",
            "invalid_choice": "Choose a body from the list: the others cannot receive it today",
        },
    )
    text = Words(
        label="Why does it go there?",
        help_text="The resident reads this. The clock does not start again.",
        error_messages={"required": "Enter why it goes there: the resident reads it"},
    )
    wrong = forms.ChoiceField(
        label="Why did it come to the wrong body?",
        help_text="So that the next one does not. The resident does not read this.",
        required=False,
        error_messages={"invalid_choice": "Choose what was wrong from the list"},
    )
    field_order = ["to_body", "text", "wrong", "seen"]
    nhsuk = {"text": {"rows": 3}}

    def __init__(self, *args, bodies, topics, **options):
        super().__init__(*args, **options)
        self.fields["wrong"].choices = [
            ("", "It did not: it was right here first"),
            (Misrouting.Cause.RULE, "Messages on this topic belong elsewhere"),
            *((topic.slug, f"Its topic is another: {topic.name}") for topic in topics),
        ]
        self.offer("to_body", "Choose a body", bodies, key="slug", label=lambda body: body.name)

    def words(self):
        words = super().words()
        return {
            "reason": words.pop("text"),
            "to_body": self.cleaned_data["to_body"],
            "wrong": self.cleaned_data["wrong"],
            **words,
        }


class CloseForm(StepForm):
    text = Words(
        label="Why is it closed?",
        help_text="The resident reads this.",
        error_messages={"required": "Enter why it is closed: the resident reads it"},
    )
    nhsuk = {"text": {"rows": 3}}
