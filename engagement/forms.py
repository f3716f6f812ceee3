"""What residents type, and what is said when it cannot be taken as it is."""

import re

from django import forms
from django.core.exceptions import ValidationError

from engagement.models import About, Kind

MESSAGE_LENGTH = 5000
UNKNOWN = "unknown"  # "I'd rather not say, or I don't know", when asked what is nearest
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # what no database keeps as text


def plain_data(post):
    """What was posted, each text with one kind of line break and nothing that cannot be stored."""
    return {name: plain_text(value) for name, value in post.items()}


def plain_text(value):
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", value)


class Words(forms.CharField):
    """Free text, kept to the last space; too long a text is told by how much."""

    widget = forms.Textarea(attrs={"dir": "auto"})

    def __init__(self, *, longest=MESSAGE_LENGTH, **options):
        super().__init__(strip=False, **options)
        self.max_length = longest

    def validate(self, value):
        super().validate("" if value.isspace() else value)
        over = len(value) - self.max_length
        if over > 0:
            characters = "character" if over == 1 else "characters"
            raise ValidationError(
                f"This text has {len(value):,} characters. Shorten it by {over:,} {characters}, "
                f"to {self.max_length:,} or fewer",
                code="max_length",
            )


def too_long(what, length):
    return {"max_length": f"Shorten {what} to {length} characters or fewer"}


class FeedbackForm(forms.Form):
    """What a resident says, and the little we ask beside it."""

    message = Words(
        label="What do you want to say?",
        help_text=(
            "What happened, or what could be better? Please leave out names and details of "
            "people’s health that we do not need."
        ),
        error_messages={"required": "Enter what you want to say"},
    )
    topic = forms.ChoiceField(
        label="What is it about?",
        help_text="This decides which group of the partnership gets your message.",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is about, or “I’m not sure”",
            "invalid_choice": "Choose what it is about from the list, or “I’m not sure”",
        },
    )
    about = forms.ChoiceField(
        label="Who is it about?",
        required=False,
        choices=[choice for choice in About.choices if choice[0] != About.MATERNITY],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose who it is about from the list"},
    )
    place = forms.CharField(
        label="Where is it about?",
        help_text=(
            "A postcode, or the name of an area, such as E3 4AB or Isle of Dogs. It decides which "
            "locality’s committee gets your message."
        ),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
        error_messages=too_long("the place", 80),
    )
    kind = forms.ChoiceField(
        label="Is it feedback, or an idea?",
        required=False,
        choices=Kind,
        initial=Kind.FEEDBACK,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose feedback or idea"},
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages=too_long("your name", 120),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": "Enter an e-mail address in full, such as name@example.org",
            **too_long("your e-mail address", 254),
        },
    )
    phone = forms.CharField(
        label="Your telephone number",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages=too_long("your telephone number", 40),
    )
    wants_answer = forms.BooleanField(
        label="Tell me by e-mail when there is an answer", required=False
    )
    may_publish = forms.BooleanField(
        label="You may publish what I wrote, without my name",
        help_text="Perhaps shortened, to show what residents said and what came of it.",
        required=False,
    )
    # What the page before sending asks, where it asks it.
    may_pass_on = forms.BooleanField(label="Those who answer may know who I am", required=False)
    let_someone_read = forms.BooleanField(required=False, widget=forms.HiddenInput)
    nearest = forms.CharField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    NO_ADDRESS = "Enter your e-mail address, or untick “Tell me by e-mail” below it"

    nhsuk = {
        "*": {"size": "m"},
        "message": {"rows": 9},
        "topic": {"dividers": {"not-sure": "or"}},
        "place": {"width": 20},
        "kind": {"inline": True, "optional": False},
        "name": {"size": "s", "width": 20},
        "email": {"size": "s", "width": 20},
        "phone": {"size": "s", "width": 20},
    }

    def __init__(self, *args, catalogue, **options):
        super().__init__(*args, **options)
        self.catalogue = catalogue
        topics = catalogue.offered_topics
        self.fields["topic"].choices = [(topic.slug, topic.name) for topic in topics]
        hints = {topic.slug: topic.hint for topic in topics if topic.hint}
        self.nhsuk = self.nhsuk | {"topic": self.nhsuk["topic"] | {"hints": hints}}

    def clean_kind(self):
        return self.cleaned_data["kind"] or Kind.FEEDBACK.value

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("wants_answer") and "email" in cleaned and not cleaned["email"]:
            self.add_error("email", self.NO_ADDRESS)
        return cleaned


class NearestForm(forms.Form):
    """The one more question, near a boundary."""

    nearest = forms.ChoiceField(
        label="Which part of the borough is nearest?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what is nearest, or “I don’t know”",
            "invalid_choice": "Choose what is nearest from the list, or “I don’t know”",
        },
    )

    def offer(self, choices, place):
        """Offer these localities, each a code, a name and its wards, and not to say."""
        self.fields["nearest"].choices = [
            *((code, name) for code, name, _ in choices),
            (UNKNOWN, "I don’t know, or I’d rather not say"),
        ]
        if place:
            self.fields["nearest"].help_text = f"You gave “{place}” as the place."
        self.nhsuk = {
            "nearest": {
                "size": "l",
                "page_heading": True,
                "hints": {code: ", ".join(wards) for code, _, wards in choices if wards},
                "dividers": {UNKNOWN: "or"},
            }
        }


class OpenReceiptForm(forms.Form):
    """What opens a receipt."""

    reference = forms.CharField(
        label="Reference",
        help_text="Such as F-2026-000042",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the reference of your receipt, such as F-2026-000042",
            **too_long("the reference", 60),
        },
    )
    secret = forms.CharField(
        label="Code",
        help_text="Four groups of four letters and digits, such as K7QM-2XN4-09TD-HJ5R",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the code that stands under the reference on your receipt",
            **too_long("the code", 100),
        },
    )
    nhsuk = {"*": {"width": 20}}


class NewSecretForm(forms.Form):
    """Where the code is lost: what a new one is sent for, and where."""

    reference = forms.CharField(
        label="Reference",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the reference of your message, such as F-2026-000042",
            **too_long("the reference", 60),
        },
    )
    email = forms.EmailField(
        label="The e-mail address you gave with your message",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter the e-mail address you gave with your message",
            "invalid": "Enter an e-mail address in full, such as name@example.org",
            **too_long("the e-mail address", 254),
        },
    )
    nhsuk = {"*": {"width": 20}}


class AdditionForm(forms.Form):
    """What a resident adds to a message."""

    message = Words(
        label="What do you want to add?",
        error_messages={"required": "Enter what you want to add"},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 5}}


class ReplyForm(forms.Form):
    """A resident's answer to what the body asked."""

    message = Words(
        label="Your answer",
        error_messages={"required": "Enter your answer"},
    )
    question = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 5}}


class NotAnsweredForm(forms.Form):
    """What a resident finds missing in an answer."""

    message = Words(label="What is missing?", required=False)
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 4}}


class WithdrawForm(forms.Form):
    """To take a message back is asked twice: it cannot be undone."""

    sure = forms.BooleanField(
        label="Yes, remove my message and everything that could identify me",
        error_messages={"required": "Tick the box if you want to withdraw your message"},
    )
