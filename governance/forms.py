"""What staff write about a matter, and what is said when it cannot be taken as it is."""

import hashlib
import uuid

from django import forms
from django.core.exceptions import ValidationError

from governance.actions.escalations import NEEDED
from governance.models import Body, Escalation, EscalationStep
from governance.workflow import EscalationStatus, Move
from localities.day_field import DayField

WORDS = ("title", "category", "situation", "asked", "tried", "needed_by")
LONG = EscalationStep._meta.get_field("note").max_length


def plain_text(text):
    """Text with one kind of line break; browsers send two characters for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Words(forms.CharField):
    """Free text; a line break counts as one character, and too long a text is told by how much."""

    widget = forms.Textarea
    default_error_messages = {"null_characters_not_allowed": "Leave out the unreadable character"}

    def __init__(self, *, longest=LONG, **options):
        super().__init__(**options)
        self.max_length = longest

    def to_python(self, value):
        return plain_text(super().to_python(value))

    def validate(self, value):
        super().validate(value)
        over = len(value) - self.max_length
        if over > 0:
            raise ValidationError(
                f"This text has {len(value):,} characters. Shorten it by {over:,}, "
                f"to {self.max_length:,} or fewer",
                code="max_length",
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
        help_text="What happens now, since when, and whom it affects. "
        "Leave out names and details of people’s health.",
        longest=Escalation._meta.get_field("situation").max_length,
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
        self.fields["needed_by"].earliest = today

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
    def said(self):
        """What was typed, to be shown again where the form itself no longer stands."""
        texts = (
            self.data.get(name, "").strip() for name in ("title", "situation", "tried", "asked")
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


class RaiseNewForm(EscalationForm):
    raising = True


class EditForm(EscalationForm):
    """A draft as it is saved, to be saved anew."""

    move = Move.EDIT

    def __init__(self, *args, matter, **kwargs):
        saved = {name: getattr(matter.escalation, name) for name in WORDS}
        super().__init__(
            *args,
            lines=matter.lines_up,
            today=matter.today,
            initial=saved | {"seen": matter.seen},
            **kwargs,
        )

    def is_as(self, matter):
        """Whether the matter already says what was typed."""
        self.is_valid()
        return all(
            self.cleaned_data.get(name) == getattr(matter.escalation, name) for name in WORDS
        )


class RaiseForm(EditForm):
    """A draft to be saved and raised at once."""

    move = Move.RAISE
    raising = True

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("to_body") == matter.holder.slug


class MoveForm(forms.Form):
    """A move of a matter with the words that go with it, from a page that carried its `seen`."""

    heading = ""
    explanation = ""
    button = ""
    stands_open = False  # on a page where others are folded away

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, matter, **kwargs):
        # Several forms stand on one page, and each field has an id of its own.
        super().__init__(
            *args, auto_id=f"id_{self.move}_%s", initial={"seen": matter.seen}, **kwargs
        )
        self.matter = matter

    @property
    def said(self):
        """What was typed, to be shown again where the form itself no longer stands."""
        return self.data.get("note", "")

    def note_as(self, name):
        """What the deed takes: the note by the name it has there, and what the sender saw."""
        return {name: self.cleaned_data["note"], "seen": self.cleaned_data["seen"]}

    def is_as(self, matter):
        """Whether the last step already says what was typed."""
        return plain_text(self.said).strip() == matter.last_step.note


class AcceptForm(MoveForm):
    move = Move.ACCEPT
    heading = "Accept it"
    explanation = "You say that the body has it and will answer by the day above."
    button = "Accept this matter"
    stands_open = True
    note = Words(
        label="A word for those who wait",
        help_text="Such as when you will discuss it.",
        required=False,
    )
    nhsuk = {"note": {"rows": 3}}


class PassUpForm(MoveForm):
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

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("to_body") == matter.holder.slug

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lines = self.matter.lines_up
        self.lines = {line.to_body.slug: line for line in lines}
        to_body = self.fields["to_body"]
        to_body.choices, hints = bodies_above(lines)
        to_body.initial = to_body.choices[0][0] if len(lines) == 1 else None
        self.nhsuk = self.nhsuk | {"to_body": {"hints": hints}}

    @property
    def chosen_body(self):
        """The body chosen."""
        return Body.objects.get(slug=self.cleaned_data["to_body"])


class SendBackForm(MoveForm):
    move = Move.SEND_BACK
    heading = "Ask a question"
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
    explanation = "The body that asked has it again, and its clock goes on."
    button = "Send the answer"
    stands_open = True
    note = Words(label="Your answer", error_messages={"required": "Write your answer"})


class ResolveForm(MoveForm):
    move = Move.RESOLVE
    heading = "Resolve it"
    explanation = "It is closed, and every body on its way is told."
    button = "Resolve this matter"
    note = Words(
        label="What was decided, and what happens now?",
        help_text="Every body on the way reads this. Say who does what by when.",
        error_messages={"required": "Write what was decided"},
    )


class WithdrawForm(MoveForm):
    move = Move.WITHDRAW
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
        ReopenForm,
        WithdrawForm,
    )
}


class KeyField(forms.IntegerField):
    """Where a page of a list goes on."""

    widget = forms.HiddenInput
    default_error_messages = dict.fromkeys(
        ("invalid", "min_value", "max_value"), "There is no such page. Start from the first"
    )

    def __init__(self):
        super().__init__(
            required=False,
            min_value=1,
            max_value=2**63 - 1,
            error_messages=self.default_error_messages,
        )


class EscalationFilterForm(forms.Form):
    """Which matters a list shows; what it does not know, it says."""

    OPEN = "open"

    q = forms.CharField(
        label="Reference, or words in it",
        required=False,
        max_length=120,
        error_messages={"max_length": "Search for 120 characters or fewer"},
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "All"), (OPEN, "Open"), *EscalationStatus.choices],
        error_messages={"invalid_choice": "There is no status “%(value)s”. Choose one listed"},
    )
    body = forms.ChoiceField(
        label="Body",
        required=False,
        error_messages={"invalid_choice": "There is no body “%(value)s”. Choose one listed"},
    )
    category = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "All"), *Escalation.Category.choices],
        error_messages={"invalid_choice": "There is no kind “%(value)s”. Choose one listed"},
    )
    before = KeyField()
    after = KeyField()
    nhsuk = {"*": {"optional": False}}

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.bodies = {body.slug: body for body in bodies}
        self.fields["body"].choices = [
            ("", "All"),
            *((slug, body.short_name) for slug, body in self.bodies.items()),
        ]

    def apply(self, escalations):
        """The escalations that were asked for, of those given."""
        asked = self.cleaned_data
        if asked["status"] == self.OPEN:
            escalations = escalations.open()
        elif asked["status"]:
            escalations = escalations.filter(status=asked["status"])
        if asked["body"]:
            escalations = escalations.involving(self.bodies[asked["body"]].pk)
        if asked["category"]:
            escalations = escalations.filter(category=asked["category"])
        return escalations.matching(asked["q"]) if asked["q"] else escalations
