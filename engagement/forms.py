"""What residents type, and what is said when it cannot be taken as it is."""

import re
from copy import deepcopy
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from engagement.contact_fields import CodeField, EmailField, NameField, PhoneField, ReferenceField
from engagement.models import About, Kind
from engagement.sending import token_or_new
from governance.forms import shows_nothing

MESSAGE_LENGTH = 5000
UNKNOWN = "unknown"  # "I'd rather not say, or I don't know", when asked what is nearest
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # what no database keeps as text


def plain_data(post):
    """What was posted, each text with one kind of line break and nothing that cannot be stored."""
    return {name: plain_text(value) for name, value in post.items()}


def plain_lists(post):
    """The same where a name may have several values."""
    data = QueryDict(mutable=True)
    for name, values in post.lists():
        data.setlist(name, [plain_text(each) for each in values])
    return data


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
        super().validate("" if shows_nothing(value) else value)
        over = len(value) - self.max_length
        if over > 0:
            sentence = ngettext(
                "This text has %(length)s characters. Shorten it by %(over)s character, to "
                "%(longest)s or fewer",
                "This text has %(length)s characters. Shorten it by %(over)s characters, to "
                "%(longest)s or fewer",
                over,
            )
            numbers = {"length": len(value), "over": over, "longest": self.max_length}
            numbers = {name: f"{number:,}" for name, number in numbers.items()}
            raise ValidationError(sentence % numbers, code="too_long")


def too_long(what, length):
    return {"max_length": f"Shorten {what} to {length} characters or fewer"}


class FeedbackForm(forms.Form):
    """What a resident says, and the little we ask beside it."""

    message = Words(
        label=_("What do you want to say?"),
        help_text=_(
            "What happened, or what could be better? Please leave out names and details of "
            "people’s health that we do not need."
        ),
        error_messages={"required": _("Enter what you want to say")},
    )
    topic = forms.ChoiceField(
        label=_("What is it about?"),
        help_text=_("This decides which group of the partnership gets your message."),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it is about, or “I’m not sure”"),
            "invalid_choice": _("Choose what it is about from the list, or “I’m not sure”"),
        },
    )
    about = forms.ChoiceField(
        label=_("Who is it about?"),
        required=False,
        choices=[choice for choice in About.choices if choice[0] != About.MATERNITY],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose who it is about from the list")},
    )
    place = forms.CharField(
        label=_("Where is it about?"),
        help_text=_(
            "A postcode, or the name of an area, such as E3 4AB or Isle of Dogs. It decides which "
            "locality’s committee gets your message."
        ),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
        error_messages={"max_length": _("Shorten the place to 80 characters or fewer")},
    )
    kind = forms.ChoiceField(
        label=_("Is it feedback, or an idea?"),
        required=False,
        choices=Kind,
        initial=Kind.FEEDBACK,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose feedback or idea")},
    )
    name = NameField(required=False)
    email = EmailField(required=False)
    phone = PhoneField(required=False)
    wants_answer = forms.BooleanField(
        label=_("Tell me by e-mail when there is an answer"), required=False
    )
    may_publish = forms.BooleanField(
        label=_("You may publish what I wrote, without my name"),
        help_text=_("Perhaps shortened, to show what residents said and what came of it."),
        required=False,
    )
    # What the page before sending asks, where it asks it.
    may_pass_on = forms.BooleanField(
        label=_("Those who answer may know who I am"),
        help_text=_("Otherwise only the engagement team knows who you are."),
        required=False,
    )
    let_someone_read = forms.BooleanField(required=False, widget=forms.HiddenInput)
    nearest = forms.CharField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    # What makes a sending the same or another: everything but the token.
    CONTENT = (
        "message",
        "topic",
        "about",
        "place",
        "kind",
        "name",
        "email",
        "phone",
        "wants_answer",
        "may_publish",
        "may_pass_on",
        "let_someone_read",
        "nearest",
    )

    NO_ADDRESS = _("Enter your e-mail address, or untick “Tell me by e-mail” below it")

    nhsuk = {
        "*": {"size": "m"},
        "message": {"rows": 9},
        "topic": {"dividers": {"not-sure": _("or")}},
        "place": {"width": 20},
        "kind": {"inline": True, "optional": False},
        "name": {"size": "s", "width": 20},
        "email": {"size": "s", "width": 20},
        "phone": {"size": "s", "width": 20},
    }

    def __init__(self, *args, catalogue, **options):
        super().__init__(*args, **options)
        self.catalogue = catalogue
        self.fields["topic"], hints = topics_to_choose(catalogue, get_language())
        self.nhsuk = self.nhsuk | {"topic": self.nhsuk["topic"] | {"hints": hints}}

    def clean_kind(self):
        return self.cleaned_data["kind"] or Kind.FEEDBACK.value

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("wants_answer") and "email" in cleaned and not cleaned["email"]:
            self.add_error("email", self.NO_ADDRESS)
        return cleaned

    def content(self):
        return {name: self.cleaned_data[name] for name in self.CONTENT}

    def carried(self, *, but_not=()):
        """What the next page needs of this one, as hidden fields: pairs of a name and a value."""
        fields = {"token": token_or_new(self.cleaned_data["token"])}
        for name in self.CONTENT:
            value = self.cleaned_data[name]
            if value and name not in but_not:
                fields[name] = "on" if value is True else value
        return fields.items()


@lru_cache(maxsize=8)
def topics_to_choose(catalogue, language):
    """The field of the topics that are offered, and their hints, in the language that is active."""
    field, topics = deepcopy(FeedbackForm.base_fields["topic"]), catalogue.offered_topics
    field.choices = [(topic.slug, topic.said["name"]) for topic in topics]
    return field, {topic.slug: topic.said["hint"] for topic in topics if topic.hint}


class SharedFields(dict):
    """Fields that all forms of a class have in common, and none of them changes.

    Django copies them for each form, which takes three times as long as to check what was typed.
    """

    def __deepcopy__(self, memo):
        return dict(self)


FeedbackForm.base_fields = SharedFields(FeedbackForm.base_fields)


class NearestForm(forms.Form):
    """The one more question, near a boundary."""

    nearest = forms.ChoiceField(
        label=_("Which part of the borough is nearest?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is nearest, or “I don’t know”"),
            "invalid_choice": _("Choose what is nearest from the list, or “I don’t know”"),
        },
    )

    def offer(self, choices, place, said=()):
        """Offer these, each a code, a name and what tells it from the others.

        With the place that was given stands what was said of it: that is why it is asked.
        """
        self.fields["nearest"].choices = [(code, name) for code, name, _ in choices]
        if place:
            given = _("You gave “%(place)s” as the place.") % {"place": place}
            self.fields["nearest"].help_text = " ".join([given, *said])
        self.nhsuk = {
            "nearest": {
                "size": "m",
                "hints": {code: hint for code, _, hint in choices},
                "dividers": {UNKNOWN: _("or")},
                "quotes": bool(place),
            }
        }


class OpenReceiptForm(forms.Form):
    """What opens a receipt."""

    reference = ReferenceField(
        help_text=_("Such as F-2026-000042"),
        error_messages={
            "required": _("Enter the reference of your receipt, such as F-2026-000042")
        },
    )
    secret = CodeField(
        error_messages={
            "required": _("Enter the code that stands under the reference on your receipt")
        },
    )
    nhsuk = {"*": {"width": 20}}


class NewSecretForm(forms.Form):
    """Where the code is lost: what a new one is sent for, and where."""

    reference = ReferenceField(
        error_messages={
            "required": _("Enter the reference of your message, such as F-2026-000042")
        },
    )
    email = EmailField(
        label=_("The e-mail address you gave with your message"),
        error_messages={"required": _("Enter the e-mail address you gave with your message")},
    )
    nhsuk = {"*": {"width": 20}}


class AdditionForm(forms.Form):
    """What a resident adds to a message."""

    message = Words(
        label=_("What do you want to add?"),
        error_messages={"required": _("Enter what you want to add")},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 5}}


class ReplyForm(forms.Form):
    """A resident's answer to what the body asked."""

    message = Words(
        label=_("Your answer"),
        error_messages={"required": _("Enter your answer")},
    )
    question = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 5}}

    def is_to(self, question):
        """Whether it was typed below this question, and not below one before it."""
        return self.data.get("question") == str(question.pk)


class NotAnsweredForm(forms.Form):
    """What a resident finds missing in an answer."""

    message = Words(label=_("What is missing?"), required=False)
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 4}}


class WithdrawForm(forms.Form):
    """To take a message back is asked twice: it cannot be undone."""

    sure = forms.BooleanField(
        label=_("Yes, remove my message and everything that could identify me"),
        error_messages={"required": _("Tick the box if you want to withdraw your message")},
    )
