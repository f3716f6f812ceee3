"""What staff type about a message among themselves. Each says in `words` what its deed is given."""

from django import forms

from engagement.forms import Words, too_long
from engagement.models import Referral, Submission
from engagement.move_forms import StepForm
from engagement.permissions import can_act_on
from engagement.sending import is_token, new_token, sending_key
from governance.forms import EditForm, EscalationForm

NOBODY = "nobody"


class AssignForm(forms.Form):
    """Who is to work on it; `was` is who did when the page was shown."""

    to = forms.ChoiceField(
        label="Who works on it?",
        error_messages={
            "required": "Choose who works on it, or “Nobody in particular”",
            "invalid_choice": "Choose someone from the list: others may not act on it today",
        },
    )
    was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.people = {str(person.pk): person for person in people}
        self.fields["to"].choices = [
            (NOBODY, "Nobody in particular"),
            *((key, str(person)) for key, person in self.people.items()),
        ]

    def words(self):
        return {"to": self.people.get(self.cleaned_data["to"]), "was": self.cleaned_data["was"]}


class NoteForm(forms.Form):
    text = Words(
        label="A note for colleagues",
        help_text=(
            "The resident never sees it here. It goes when the message goes, and is shown to a "
            "resident who asks for what is kept about them."
        ),
        error_messages={"required": "Enter the note"},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"text": {"rows": 3, "size": "s"}}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.initial["token"] = new_token()

    def words(self):
        token, text = self.cleaned_data["token"], self.cleaned_data["text"]
        return {
            "text": text,
            "key": sending_key(token, {"note": text}) if is_token(token) else None,
        }


class AskForm(StepForm):
    text = Words(
        label="Your question to the resident",
        help_text=(
            "They answer it at their receipt. The clock stands still until they do: the working "
            "days of the wait are given back to you."
        ),
        error_messages={"required": "Enter the question"},
    )
    nhsuk = {"text": {"rows": 4}}


class MergeForm(StepForm):
    into = forms.CharField(
        label="Which message says the same?",
        help_text=(
            "Its reference, such as F-2026-000042. Its answer goes to both authors. If it lies "
            "before another body, this message goes there too."
        ),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the reference of the other message, such as F-2026-000042",
            **too_long("the reference", 60),
        },
    )
    text = Words(
        label="A word to the resident",
        help_text="They read at their receipt that it is answered together with another.",
        required=False,
    )
    field_order = ["into", "text", "seen"]
    nhsuk = {"into": {"width": 20}, "text": {"rows": 3}}

    def __init__(self, *args, standing, **options):
        super().__init__(*args, **options)
        self.standing = standing

    def clean_into(self):
        found = Submission.objects.with_reference(self.cleaned_data["into"]).first()
        lead = found and Referral.objects.leading().filter(submission=found).first()
        if lead is None or not can_act_on(self.standing, lead):
            raise forms.ValidationError(
                "There is no message with this reference that you may act on. Check it in the list"
            )
        return found

    def words(self):
        return {"into": self.cleaned_data["into"], **super().words()}


class SplitForm(StepForm):
    text = Words(
        label="A word to the resident",
        help_text="They read it at the receipt, where it says that it is answered by itself again.",
        required=False,
    )
    nhsuk = {"text": {"rows": 3}}


class ToldToResidents(forms.Form):
    """What is added to the words of a matter that comes from residents.

    A draft needs no more than any other; `last_step` is what the page showed of a message.
    """

    text = Words(required=False)
    last_step = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, raising, of_many=False, text="", last_step=None, **options):
        super().__init__(*args, **options)
        self.raising = raising
        self.whom = "the residents" if of_many else "the resident"
        self.fields["text"].label = f"What do you tell {self.whom}?"
        self.fields["text"].help_text = (
            "In plain English: what you cannot settle, and why it goes to the body above. "
            f"{'Each of them reads' if of_many else 'They read'} it at the receipt, once the "
            "matter is raised."
        )
        self.initial |= {"text": text, "last_step": last_step}
        self.nhsuk = self.nhsuk | {"text": {"optional": False}}
        self.fields["situation"].help_text = (
            "What happens now, since when, and whom it affects, in your own words. The bodies "
            "above read this, so do not quote a resident or name anyone."
        )

    def clean(self):
        super().clean()
        if self.raising and "text" not in self.errors and not self.cleaned_data.get("text"):
            self.add_error("text", f"Enter what you tell {self.whom}: they wait for an answer")

    @property
    def written(self):
        """What the deeds take."""
        return {
            **self.words,
            **self.file_changes,
            "text": self.cleaned_data["text"],
            "seen": self.cleaned_data["seen"],
        }

    @property
    def said(self):
        return "\n\n".join(filter(None, [super().said, self.data.get("text", "").strip()]))


class EscalateForm(ToldToResidents, EscalationForm):
    """A matter that comes from residents, begun here."""


class EscalateDraftForm(ToldToResidents, EditForm):
    """The same as it is kept, to be kept anew or raised."""

    field_order = [*EditForm.field_order, "text"]
