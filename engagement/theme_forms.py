"""What staff type about themes, and about the messages that they gather."""

import re

from django import forms

from engagement.forms import Words, too_long
from engagement.models import Referral
from engagement.models.submission import keys_of
from engagement.permissions import can_act_on
from engagement.publishing_forms import TitleField
from engagement.row_choices import RowChoices
from governance.models import Body

TEAM = "team"
MOST_AT_ONCE = 50
MOST_NAMED = 5  # of those that are not there


class ThemeForm(forms.Form):
    """A theme to begin."""

    title = TitleField(
        help_text="What many say, in your words: “The clinic in Bow is hard to get into”."
    )
    description = Words(
        label="What it is about",
        help_text="In your own words, without quoting anyone.",
        longest=2000,
        required=False,
    )
    lead_body = forms.ChoiceField(
        label="Who looks into it?",
        error_messages={
            "required": "Choose who looks into it",
            "invalid_choice": "Choose who looks into it from the list",
        },
    )
    nhsuk = {"description": {"rows": 3}}

    def __init__(self, *args, bodies, is_team, **options):
        super().__init__(*args, **options)
        self.bodies = {body.slug: body for body in bodies}
        self.fields["lead_body"].choices = [
            *([(TEAM, "The engagement team")] if is_team else []),
            *((slug, body.name) for slug, body in self.bodies.items()),
        ]

    def words(self):
        chosen = self.bodies.get(self.cleaned_data["lead_body"])
        return {
            "title": self.cleaned_data["title"],
            "description": self.cleaned_data["description"],
            "lead_body": chosen and Body.objects.get(pk=chosen.pk),
        }


class ThemeCloseForm(forms.Form):
    """Why a theme takes no more messages, or takes them again."""

    reason = forms.CharField(
        label="What is the reason?",
        help_text="Kept in its history. Please quote nobody.",
        max_length=100,
        error_messages={"required": "Enter the reason", **too_long("the reason", 100)},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ThemeChangeForm(ThemeCloseForm, ThemeForm):
    """A theme, named anew or given to another body, and why."""

    def words(self):
        return super().words() | {name: self.cleaned_data[name] for name in ("reason", "seen")}


def references_in(text):
    """What may be references in a text, each once."""
    found = re.split(r"[\s,;]+", text.upper())
    return [each for each in dict.fromkeys(found) if each]


class GatherForm(forms.Form):
    """Messages by their references, as they are copied from a list."""

    references = forms.CharField(
        label="References of messages",
        help_text="Such as F-2026-000042. Several with spaces, commas or lines between them.",
        max_length=2000,
        widget=forms.Textarea(attrs={"spellcheck": "false"}),
        error_messages={
            "required": "Enter the reference of a message, such as F-2026-000042",
            **too_long("the list", 2000),
        },
    )
    nhsuk = {"references": {"rows": 2}}

    def __init__(self, *args, standing=None, **options):
        super().__init__(*args, **options)
        self.standing = standing

    def clean_references(self):
        """The messages of these references; one that may not be acted on is as good as none."""
        given = references_in(self.cleaned_data["references"])
        if not given:
            raise forms.ValidationError(self.fields["references"].error_messages["required"])
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(f"Enter {MOST_AT_ONCE} references or fewer at once")
        leads = Referral.objects.leading().filter(submission__in=keys_of(given))
        found = {
            lead.submission.reference: lead.submission
            for lead in leads.select_related("submission").defer("submission__message")
            if can_act_on(self.standing, lead)
        }
        if missing := [each for each in given if each not in found]:
            raise forms.ValidationError(none_of(missing))
        return [found[each] for each in given]


def none_of(missing):
    """What to say of references that lead to no message: all at once, or each costs a try."""
    if len(missing) == 1:
        return f"There is no message {missing[0][:40]} that you may act on. Check the reference"
    named, more = [each[:40] for each in missing[:MOST_NAMED]], len(missing) - MOST_NAMED
    *first, last = [*named, f"{more} more"] if more > 0 else named
    return (
        f"There are no messages {', '.join(first)} and {last} that you may act on. "
        "Check these references"
    )


class PutUnderThemeForm(RowChoices):
    """The theme that a message belongs to."""

    NONE = "Choose a theme"

    theme = forms.ChoiceField(
        label="Which theme says the same?",
        error_messages={
            "required": "Choose a theme",
            "invalid_choice": "Choose a theme from the list",
        },
    )

    def __init__(self, *args, themes, **options):
        super().__init__(*args, **options)
        self.offer("theme", self.NONE, themes)

    def words(self):
        return {"theme": self.cleaned_data["theme"]}


class GatherUnderForm(GatherForm, PutUnderThemeForm, ThemeForm):
    """Messages, and the theme that they are put under: one that is there, or a new one."""

    NONE = "None yet: begin the one below"
    field_order = ["references", "theme", "title", "lead_body", "description"]
    nhsuk = {
        "references": {"rows": 3},
        "description": {"rows": 3},
        "theme": {"optional": False},
        "title": {"optional": False},
        "lead_body": {"optional": False},
    }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["title"].label = "Title of a new theme"
        for name in ("theme", "title", "lead_body"):
            self.fields[name].required = False

    def clean(self):
        cleaned = super().clean()
        theme, title = cleaned.get("theme"), cleaned.get("title")
        if theme and title:
            self.add_error("theme", "Choose a theme or enter the title of a new one, not both")
        elif not (theme or title or {"theme", "title"} & set(self.errors)):
            self.add_error("title", "Enter the title of a new theme, or choose one above")
        return cleaned

    def words(self):
        under = PutUnderThemeForm.words(self)
        named = {} if under["theme"] else ThemeForm.words(self)
        return {"submissions": self.cleaned_data["references"], **under, **named}
