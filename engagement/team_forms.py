"""What the engagement team decides about messages that were held, to be erased, or misread."""

from django import forms
from django.core.exceptions import ValidationError

from engagement.forms import Words, too_long
from engagement.models import Screening
from engagement.models.phrase import families_named_in
from engagement.phrase_book import fault_in


class ScreeningForm(forms.Form):
    """What becomes of a message that was held, and why."""

    verdict = forms.ChoiceField(
        label="What is it?",
        choices=[
            (Screening.Verdict.RELEASED, "A message: release it"),
            (Screening.Verdict.REJECTED, "Spam: reject it"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether it is released or rejected",
            "invalid_choice": "Choose whether it is released or rejected",
        },
    )
    reason = forms.CharField(
        label="Why?",
        help_text="Kept with the message. Please do not repeat what it says.",
        max_length=500,
        error_messages={
            "required": "Enter why it is released or rejected",
            **too_long("the reason", 500),
        },
    )
    nhsuk = {"verdict": {"size": "s", "inline": True}, "reason": {"size": "s"}}


class PhraseForm(forms.Form):
    """Words that are to speak for a topic."""

    text = forms.CharField(
        label="The words",
        help_text="As residents write them, without names of people. “/” stands between words of "
        "which either will do, “*” for up to three words, “&” between words near each other.",
        max_length=200,
        error_messages={"required": "Enter the words", **too_long("the words", 200)},
    )
    topic = forms.ChoiceField(
        label="They speak for",
        error_messages={
            "required": "Choose a topic",
            "invalid_choice": "Choose a topic from the list",
        },
    )
    weight = forms.IntegerField(
        label="Weight",
        help_text="From 1, a hint, to 10, beyond doubt.",
        initial=4,
        min_value=1,
        max_value=10,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a weight from 1 to 10"
        ),
    )
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        error_messages={"required": "Enter why it is added", **too_long("the reason", 300)},
    )
    nhsuk = {"weight": {"width": 2}}

    def __init__(self, *args, topics, **options):
        super().__init__(*args, **options)
        self.topics = {topic.slug: topic for topic in topics}
        self.fields["topic"].choices = [(topic.slug, topic.name) for topic in topics]

    def clean_text(self):
        text = self.cleaned_data["text"]
        fault = fault_in(text, families_named_in(text))
        if fault:
            raise ValidationError(fault)
        return text

    def words(self):
        return self.cleaned_data | {"topic": self.topics[self.cleaned_data["topic"]]}


class EraseForm(forms.Form):
    """To erase is asked twice: it cannot be undone."""

    reason = Words(
        longest=500,
        label="Why is it erased?",
        help_text=(
            "Such as “The resident asked for it by telephone on 3 March”. This stays for good, so "
            "write it without names."
        ),
        error_messages={"required": "Enter why it is erased: that is all that will explain it"},
    )
    sure = forms.BooleanField(
        label="Yes, remove this message and everything that could identify who sent it",
        error_messages={"required": "Tick the box if you want to erase the message"},
    )
    nhsuk = {"reason": {"rows": 3}}


class RedactForm(forms.Form):
    """A message as it may be shown to everyone."""

    marked = Words(
        longest=8000,
        label="What the resident wrote",
        help_text=(
            "Put [[ and ]] around what nobody is to read: names, addresses, dates, rare illnesses, "
            "and whatever is not to the point. Change nothing else."
        ),
        error_messages={"required": "Leave the resident’s words here"},
    )
    reason = forms.CharField(
        label="Why is something blacked out?",
        help_text="For colleagues, such as “Names a nurse”. Please do not repeat what is hidden.",
        required=False,
        max_length=500,
        error_messages=too_long("the reason", 500),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    nhsuk = {"marked": {"rows": 12}, "reason": {"optional": False}}
