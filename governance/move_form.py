"""What the forms of all moves of a matter have in common."""

from django import forms

from governance.forms import plain_text
from governance.models import Body


class MoveForm(forms.Form):
    """A move of a matter with the words that go with it, from a page that carried its `seen`."""

    heading = ""
    explanation = ""
    button = ""
    stands_open = False  # on a page where others are folded away
    group = "act"  # or "aside", or "exception", as the page arranges them

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, matter, standing, **kwargs):
        # Several forms stand on one page, and each field has an id of its own.
        super().__init__(
            *args, auto_id=f"id_{self.move}_%s", initial={"seen": matter.seen}, **kwargs
        )
        self.matter, self.standing = matter, standing

    @property
    def said(self):
        """What was typed, to be shown again where the form itself no longer stands."""
        return self.data.get("note", "")

    def note_as(self, name):
        """What the deed takes: the note by the name it has there, and what the sender saw."""
        return {name: self.cleaned_data["note"], "seen": self.cleaned_data["seen"]}

    def is_as(self, matter):
        """Whether the last step already says what was typed."""
        return plain_text(self.data.get("note", "")).strip() == matter.last_step.note


class MoveToBodyForm(MoveForm):
    """A move that brings a matter to another body: the one chosen as `to_body`."""

    @property
    def chosen_body(self):
        return Body.objects.get(slug=self.cleaned_data["to_body"])

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("to_body") == matter.holder.slug
