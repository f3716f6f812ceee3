"""What staff type about a message among themselves. Each says in `words` what its deed is given."""

from django import forms

from engagement.forms import Words
from engagement.sending import is_token, new_token, sending_key

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
