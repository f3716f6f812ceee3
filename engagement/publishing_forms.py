"""What staff publish of what residents said: which of it is read, and taking it back."""

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from engagement.forms import Words
from engagement.list_forms import NO_SUCH_PAGE


class PublishedFilterForm(forms.Form):
    """Which of them are shown; what it does not know, it says. `states` are kept in `column`."""

    locality = forms.ChoiceField(
        label=_("Locality"),
        required=False,
        error_messages={"invalid_choice": _("There is no locality “%(value)s”. Choose one listed")},
    )
    topic = forms.ChoiceField(
        label=_("Topic"),
        required=False,
        error_messages={"invalid_choice": _("There is no topic “%(value)s”. Choose one listed")},
    )
    body = forms.ChoiceField(
        label=_("Body"),
        required=False,
        error_messages={"invalid_choice": _("There is no body “%(value)s”. Choose one listed")},
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        min_value=2000,
        max_value=2100,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Enter a year such as 2026")
        ),
    )
    state = forms.ChoiceField(
        label=_("How far it is"),
        required=False,
        error_messages={"invalid_choice": _("There is no state “%(value)s”. Choose one listed")},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000,
        widget=forms.HiddenInput,
        error_messages=NO_SUCH_PAGE,
    )
    nhsuk = {"*": {"optional": False}, "year": {"width": 4}}
    NAMES = ("locality", "topic", "body", "year", "state")
    states, column = None, ""

    def __init__(self, *args, bodies, topics, localities, **options):
        super().__init__(*args, **options)
        self.fields["state"].choices = [("", _("All")), *self.states.choices]
        self.bodies = {body.slug: body.pk for body in bodies}
        self.fields["body"].choices = [
            ("", _("All")),
            *((body.slug, body.short_name) for body in bodies),
        ]
        self.fields["topic"].choices = [
            ("", _("All")),
            *((each.pk, each.text_of("name")) for each in topics),
        ]
        self.fields["locality"].choices = [
            ("", _("All")),
            *((each.pk, each.name) for each in localities),
        ]

    def apply(self, rows):
        asked = self.cleaned_data
        if asked["locality"]:
            rows = rows.filter(locality=asked["locality"])
        if asked["topic"]:
            rows = rows.filter(topic=asked["topic"])
        if asked["body"]:
            rows = rows.filter(body=self.bodies[asked["body"]])
        if asked["year"]:
            rows = rows.filter(changed_at__year=asked["year"])
        if asked["state"]:
            rows = rows.filter(**{self.column: asked["state"]})
        return rows

    @property
    def query(self):
        """What asks for the same, before a page number."""
        asked = {name: self.cleaned_data[name] for name in self.NAMES if self.cleaned_data[name]}
        return f"{urlencode(asked)}&" if asked else ""


class SeenForm(forms.Form):
    """The revision of what its sender had before them; none where it is not known."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)


class TakeBackForm(forms.Form):
    """Why what is published is taken back."""

    reason = Words(
        longest=500,
        label="Why is it taken back?",
        help_text="Kept in the history, and not shown to residents.",
        error_messages={"required": "Enter why it is taken back"},
    )
    nhsuk = {"reason": {"rows": 2}}
