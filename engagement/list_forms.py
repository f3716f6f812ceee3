"""Which part of a list is shown; what a form does not know, it says."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engagement.forms import too_long
from engagement.models import Channel, Submission
from engagement.models.routing_rule import NOT_ENGLISH
from engagement.workflow import ReferralStatus

NO_SUCH_PAGE = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("There is no such page. Start from the first")
)


class PageForm(forms.Form):
    """Which page of a list that knows no page numbers."""

    before = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages=NO_SUCH_PAGE,
    )
    after = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages=NO_SUCH_PAGE,
    )


class ErasureListForm(PageForm):
    """Which message is to be erased."""

    reference = forms.CharField(
        label="Reference of the message",
        help_text="Such as F-2026-000042",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=too_long("the reference", 60),
    )
    nhsuk = {"reference": {"width": 20, "optional": False}}

    def clean_reference(self):
        typed = self.cleaned_data["reference"]
        if typed and not Submission.objects.with_reference(typed).exists():
            raise ValidationError(
                f"There is no message “{typed}”. Enter its reference, such as F-2026-000042"
            )
        return typed.strip().upper()


class QueueFilterForm(PageForm):
    """Which messages the queue shows; what it does not know, it says."""

    OPEN, ALL, COPIES = "open", "all", "copies"
    ME, NOBODY = "me", "nobody"

    q = forms.CharField(
        label="Reference, or words in it",
        help_text="Plain words such as “lift”. Do not search for a name: it would stay in the "
        "address.",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "Search for 120 characters or fewer"},
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[
            (OPEN, "Open"),
            *ReferralStatus.choices,
            (COPIES, "Copies, to know of"),
            (ALL, "All"),
        ],
        error_messages={"invalid_choice": "There is no status “%(value)s”. Choose one listed"},
    )
    topic = forms.ChoiceField(
        label="Topic",
        required=False,
        error_messages={"invalid_choice": "There is no topic “%(value)s”. Choose one listed"},
    )
    body = forms.ChoiceField(
        label="Body",
        required=False,
        error_messages={"invalid_choice": "There is no body “%(value)s”. Choose one listed"},
    )
    locality = forms.ChoiceField(
        label="Locality",
        required=False,
        error_messages={"invalid_choice": "There is no locality “%(value)s”. Choose one listed"},
    )
    assigned = forms.ChoiceField(
        label="Who works on it",
        required=False,
        choices=[("", "All"), (ME, "I do"), (NOBODY, "Nobody yet")],
        error_messages={"invalid_choice": "There is no choice “%(value)s”. Choose one listed"},
    )
    language = forms.ChoiceField(
        label="Language",
        required=False,
        choices=[("", "All"), ("en", "English"), (NOT_ENGLISH, "Any other")],
        error_messages={"invalid_choice": "There is no language “%(value)s”. Choose one listed"},
    )
    channel = forms.ChoiceField(
        label="How it came",
        required=False,
        choices=[("", "All"), *Channel.choices],
        error_messages={"invalid_choice": "There is no way “%(value)s”. Choose one listed"},
    )
    urgent = forms.BooleanField(label="Only what may be urgent", required=False)
    nhsuk = {"*": {"optional": False}}

    def __init__(self, *args, topics, bodies, localities, **options):
        super().__init__(*args, **options)
        self.bodies = {body.slug: body for body in bodies}
        self.fields["topic"].choices = [
            ("", "All"),
            *((topic.slug, topic.name) for topic in topics),
        ]
        self.fields["body"].choices = [
            ("", "All"),
            *((slug, body.short_name) for slug, body in self.bodies.items()),
        ]
        self.fields["locality"].choices = [
            ("", "All"),
            *((locality.pk, locality.name) for locality in localities),
        ]

    def apply(self, referrals, person):
        """The referrals that were asked for, of those given; `person` asks."""
        asked = self.cleaned_data
        status = asked["status"] or self.OPEN
        if status == self.OPEN:
            referrals = referrals.filter(is_open=True)
        elif status == self.COPIES:
            referrals = referrals.filter(role="copy")
        elif status != self.ALL:
            referrals = referrals.filter(status=status)
        if asked["topic"]:
            referrals = referrals.filter(topic=asked["topic"])
        if asked["body"]:
            referrals = referrals.filter(body=self.bodies[asked["body"]].pk)
        if asked["locality"]:
            referrals = referrals.filter(locality=asked["locality"])
        if asked["assigned"]:
            worker = person if asked["assigned"] == self.ME else None
            referrals = referrals.filter(assigned_to=worker, role="lead")
        if asked["language"]:
            referrals = referrals.filter(is_english=asked["language"] == "en")
        if asked["channel"]:
            referrals = referrals.filter(channel=asked["channel"])
        if asked["urgent"]:
            referrals = referrals.filter(is_urgent=True)
        return referrals.matching(asked["q"]) if asked["q"] else referrals

    @property
    def sets_urgent_apart(self):
        """Whether it lists open work, on top of which stands what is to be read today."""
        asked = self.cleaned_data
        is_open = asked["status"] in {"", self.OPEN}
        return is_open and not asked["urgent"] and not asked["q"]

    @property
    def is_first_page(self):
        return not (self.cleaned_data["before"] or self.cleaned_data["after"])

    def address(self, **page):
        """The address of another page with the same filters."""
        names = (
            "q",
            "status",
            "topic",
            "body",
            "locality",
            "assigned",
            "language",
            "channel",
            "urgent",
        )
        asked = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
        if "urgent" in asked:
            asked["urgent"] = "on"
        return f"?{urlencode(asked | page)}"
