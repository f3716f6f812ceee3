"""What staff write about a matter, and what is said when it cannot be taken as it is."""

import hashlib
import unicodedata
import uuid
from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from governance.actions.escalations import NEEDED
from governance.models import (
    Body,
    Escalation,
    EscalationFile,
    EscalationStep,
    StaffSettings,
)
from governance.telling import moment
from governance.uploads import ENDINGS, checked, digest_of
from governance.workflow import Move
from localities.day_field import DayField

WORDS = ("title", "category", "situation", "affected", "asked", "tried", "needed_by")
LONGEST_ABSENCE = timedelta(days=366)
LONG = EscalationStep._meta.get_field("note").max_length


def plain_text(text):
    """Text with one kind of line break; browsers send two characters for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shows_nothing(text):
    """Whether nobody would see any of it: spaces, line breaks, and signs of no width."""
    return all(sign.isspace() or unicodedata.category(sign) == "Cf" for sign in text)


class Words(forms.CharField):
    """Free text; a line break counts as one character, and too long a text is told by how much.

    What shows nothing is empty.
    """

    widget = forms.Textarea
    default_error_messages = {"null_characters_not_allowed": "Leave out the unreadable character"}

    def __init__(self, *, longest=LONG, **options):
        super().__init__(**options)
        self.max_length = longest

    def to_python(self, value):
        text = plain_text(super().to_python(value))
        return "" if shows_nothing(text) else text

    def validate(self, value):
        super().validate(value)
        over = len(value) - self.max_length
        if over > 0:
            raise ValidationError(
                f"This text has {len(value):,} characters. Shorten it by {over:,}, "
                f"to {self.max_length:,} or fewer",
                code="too_long",
            )


def bodies_above(lines):
    """What a choice of the bodies above takes: the choices, and what each is grounded on."""
    choices = [(line.to_body.slug, line.to_body.name) for line in lines]
    hints = {
        line.to_body.slug: f"{line.kind_label} it"
        + (f" in respect of {line.respect}" if line.respect else "")
        + f": {line.evidence}"
        for line in lines
    }
    return choices, hints


class UploadField(forms.FileField):
    """A file that is taken for what it contains; it gives an `uploads.Upload`."""

    default_error_messages = {
        "required": "Choose a file",
        "empty": "The file is empty. Choose another.",
        "invalid": "Choose a file",
        "missing": "Choose a file",
    }

    def __init__(self, **options):
        options.setdefault(
            "help_text",
            f"{ENDINGS}, up to {settings.UPLOAD_LIMIT // 1024 // 1024} MB. "
            "Black out what says who a patient is.",
        )
        super().__init__(**options)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return checked(file) if file else None


def ask_for_file_again(form):
    """Say at the field that a file was not kept: a form shown again cannot bring it along."""
    if form.is_bound and form.files.get("file") and not form.has_error("file"):
        form.add_error("file", "Choose the file again: it could not be kept")


class EscalationForm(forms.Form):
    """The words of a matter. A draft needs only a title; raising it needs the rest."""

    raising = False

    title = Words(
        label="Title",
        help_text="What it is about in one line. It is shown only to the bodies on the way.",
        longest=Escalation._meta.get_field("title").max_length,
        widget=forms.TextInput,
        error_messages={"required": NEEDED["title"]},
    )
    category = forms.ChoiceField(
        label="What kind of matter is it?",
        choices=Escalation.Category.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose what kind of matter it is from the list"},
    )
    situation = Words(
        label="What is the situation?",
        help_text="What happens now, and since when. "
        "Leave out names and details of people’s health.",
        longest=Escalation._meta.get_field("situation").max_length,
        required=False,
    )
    affected = Words(
        label="Who is affected?",
        help_text="Which residents or staff, how many, and where. No names.",
        longest=Escalation._meta.get_field("affected").max_length,
        required=False,
    )
    tried = Words(
        label="What has been tried?",
        longest=Escalation._meta.get_field("tried").max_length,
        required=False,
    )
    asked = Words(
        label="What do you ask of the body above?",
        help_text="A decision, money, people, or help to remove what stands in the way.",
        longest=Escalation._meta.get_field("asked").max_length,
        required=False,
    )
    needed_by = DayField(
        label="By when does it matter?",
        help_text="For example, 22 11 2026. The body’s own deadline runs in any case.",
        required=False,
    )
    file = UploadField(label="A file that shows it", required=False)
    to_body = forms.ChoiceField(
        label="Which body do you raise it to?",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose one of the bodies listed"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sending_token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    nhsuk = {
        "title": {"width": "30"},
        "category": {"optional": False},
        "situation": {"optional": False},
        "affected": {"rows": 3},
        "tried": {"rows": 5},
        "asked": {"optional": False, "rows": 5},
        "to_body": {"optional": False},
    }

    def __init__(self, *args, lines, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = {line.to_body.slug: line for line in lines}
        to_body = self.fields["to_body"]
        to_body.choices, hints = bodies_above(lines)
        to_body.initial = to_body.choices[0][0] if len(lines) == 1 else None
        self.nhsuk = self.nhsuk | {"to_body": {"optional": False, "hints": hints}}
        self.fields["needed_by"].take_none_before(today)

    def clean(self):
        if not self.raising:
            return
        if not self.lines:
            raise ValidationError(
                "There is no body above to raise it to. Save it as a draft, and ask a governance "
                "administrator whether a line is missing"
            )
        for name, why in NEEDED.items():
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, why)
        if "to_body" not in self.errors and not self.cleaned_data.get("to_body"):
            self.add_error("to_body", "Choose the body to raise it to")

    @property
    def words(self):
        """What the deeds take."""
        return {name: self.cleaned_data[name] for name in WORDS}

    @property
    def file_changes(self):
        """The file that is added, and those to be taken away; a new matter has none of these."""
        return {
            "upload": self.cleaned_data["file"],
            "taken_away": self.cleaned_data.get("take_away") or [],
        }

    @property
    def said(self):
        """What was typed, to be shown again where the form itself no longer stands."""
        texts = (
            self.data.get(name, "").strip()
            for name in ("title", "situation", "affected", "tried", "asked")
        )
        return "\n\n".join(filter(None, texts))

    @property
    def chosen_body(self):
        """The body chosen."""
        return Body.objects.get(slug=self.cleaned_data["to_body"])

    def sending_key(self, person):
        """The same for the same form with the same words in it, sent by the same person."""
        sent = [person.pk, self.raising, self.cleaned_data["sending_token"], *self.words.values()]
        return hashlib.sha256(repr(sent).encode()).hexdigest()


def new_sending_token():
    return uuid.uuid4().hex


def told_apart(file):
    """A file of a matter where one is chosen: another may have its name."""
    size = file.document.kind_and_size
    what = f"{file} ({size})" if size else file
    return f"{what}, added by {file.added_by} on {moment(file.added_at)}"


class RaiseNewForm(EscalationForm):
    raising = True


class EditForm(EscalationForm):
    """A draft as it is saved, to be saved anew."""

    move = Move.EDIT
    take_away = forms.ModelMultipleChoiceField(
        label="Files to take away",
        queryset=EscalationFile.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Choose from the files listed"},
    )
    field_order = [
        *("title", "category", "situation", "affected", "tried", "asked", "needed_by"),
        *("take_away", "file", "to_body"),
    ]

    def __init__(self, *args, matter, standing, **kwargs):
        saved = {name: getattr(matter.escalation, name) for name in WORDS}
        super().__init__(
            *args,
            lines=matter.lines_up,
            today=matter.today,
            initial=saved | {"seen": matter.seen},
            **kwargs,
        )
        if matter.files:
            take_away = self.fields["take_away"]
            take_away.queryset = EscalationFile.objects.filter(escalation=matter.escalation)
            take_away.choices = [(file.pk, told_apart(file)) for file in matter.files]
        else:
            del self.fields["take_away"]

    def is_as(self, matter):
        """Whether the matter already says what was typed, and has the files that it was to have."""
        self.is_valid()
        if any(self.cleaned_data.get(name) != getattr(matter.escalation, name) for name in WORDS):
            return False
        upload, taken_away = self.files.get("file"), self.data.getlist("take_away")
        there = {file.digest for file in matter.files}
        is_added = not upload or digest_of(upload) in there
        return is_added and not {str(file.pk) for file in matter.files}.intersection(taken_away)


class RaiseForm(EditForm):
    """A draft to be saved and raised at once."""

    move = Move.RAISE
    raising = True

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("to_body") == matter.holder.slug


class StaffSettingsForm(forms.Form):
    """How somebody wants to be told, and until when they are away."""

    mail = forms.ChoiceField(
        label="How do you want to be told?",
        choices=StaffSettings.Mail.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how you want to be told",
            "invalid_choice": "Choose one of the two ways listed",
        },
        help_text="The daily mail comes at eight in the morning of a working day. What may be "
        "urgent comes at once in any case.",
    )
    order = forms.ChoiceField(
        label="In which order do you want to see matters?",
        choices=StaffSettings.Order.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose one of the two orders listed"},
        help_text="On each list you can also choose another order.",
    )
    absent_until = DayField(
        label="Away until",
        help_text="The last day you are away, for example 22 11 2026. Until then your deputy is "
        "told in your place. Leave it empty while you are there.",
        required=False,
    )

    nhsuk = {"order": {"optional": False}}

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["absent_until"].take_none_before(today)
        self.fields["absent_until"].latest = today + LONGEST_ABSENCE

    def clean_order(self):
        return self.cleaned_data["order"] or self.initial["order"]
