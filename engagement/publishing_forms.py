"""What staff publish of what residents said: its words, which of it is read, and taking it back."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from engagement.forms import Words, too_long
from engagement.list_forms import OneLocality, OneTopic
from engagement.row_choices import RowChoices
from governance.list_forms import KeyField, ListForm, OneBody, OneOf


class PublishedFilterForm(ListForm):
    """Which of them are shown. `states` are kept in `column`."""

    locality = OneLocality()
    topic = OneTopic()
    body = OneBody()
    state = OneOf(_("How far it is"), unknown=_("There is no state “%(value)s”. Choose one listed"))
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
    page = KeyField(highest=10_000)
    nhsuk = {**ListForm.nhsuk, "year": {"width": 4}}
    states, column = None, ""

    def __init__(self, *args, bodies, topics, localities, **options):
        super().__init__(*args, **options)
        self.offer("locality", [(each.pk, each.name) for each in localities])
        self.offer("topic", [(each.pk, each.text_of("name")) for each in topics])
        self.offer_bodies(bodies)
        self.offer("state", self.states.choices)

    def apply(self, rows):
        asked = self.cleaned_data
        if asked["locality"]:
            # What is for the whole borough is for this part of it too.
            rows = rows.filter(Q(locality=asked["locality"]) | Q(locality=None))
        if asked["topic"]:
            rows = rows.filter(topic=asked["topic"])
        if asked["body"]:
            rows = rows.filter(body=self.bodies[asked["body"]].pk)
        if asked["year"]:
            rows = rows.filter(changed_at__year=asked["year"])
        if asked["state"]:
            rows = rows.filter(**{self.column: asked["state"]})
        return rows


class TitleField(forms.CharField):
    """What something is called that staff write of several messages, or for everyone."""

    def __init__(self, *, help_text):
        super().__init__(
            label="Title",
            max_length=120,
            help_text=help_text,
            error_messages={"required": "Enter a title", **too_long("the title", 120)},
        )


class OfALocality(RowChoices):
    """Something that is about one locality, or about all of them."""

    locality = forms.ChoiceField(
        label="Which locality is it about?",
        required=False,
        error_messages={"invalid_choice": "Choose a locality from the list"},
    )
    nhsuk = {"locality": {"optional": False}}

    def __init__(self, *args, localities, **options):
        super().__init__(*args, **options)
        self.offer("locality", "The whole borough", localities)


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
