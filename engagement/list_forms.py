"""Which part of a list is shown; what a form does not know, it says."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from engagement.forms import too_long
from engagement.models import Channel, Submission, SubmissionWords
from engagement.models.routing_rule import NOT_ENGLISH
from engagement.models.submission import REFERENCE
from engagement.workflow import ReferralStatus
from governance.full_text import number_alone
from governance.list_forms import KeyField, ListForm, OneBody, OneOf, PageForm, WordsField


class OneTopic(OneOf):
    def __init__(self):
        super().__init__(_("Topic"), unknown=_("There is no topic “%(value)s”. Choose one listed"))


class OneLocality(OneOf):
    def __init__(self):
        super().__init__(
            _("Locality"), unknown=_("There is no locality “%(value)s”. Choose one listed")
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


class QueueFilterForm(ListForm):
    """Which messages the queue shows."""

    purpose = "Find or filter"
    OPEN, ALL, COPIES = "open", "all", "copies"
    ME, NOBODY = "me", "nobody"

    q = WordsField(
        help_text="Plain words such as “lift”. Do not search for a name: it would stay in the "
        "address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    status = OneOf(
        "Status",
        unknown="There is no status “%(value)s”. Choose one listed",
        choices=[
            (OPEN, "Open"),
            *ReferralStatus.choices,
            (COPIES, "Copies, to know of"),
            (ALL, "All"),
        ],
    )
    topic = OneTopic()
    body = OneBody()
    locality = OneLocality()
    assigned = OneOf(
        "Who works on it",
        unknown="There is no choice “%(value)s”. Choose one listed",
        choices=[("", "All"), (ME, "I do"), (NOBODY, "Nobody yet")],
    )
    language = OneOf(
        "Language",
        unknown="There is no language “%(value)s”. Choose one listed",
        choices=[("", "All"), ("en", "English"), (NOT_ENGLISH, "Any other")],
    )
    channel = OneOf(
        "How it came",
        unknown="There is no way “%(value)s”. Choose one listed",
        choices=[("", "All"), *Channel.choices],
    )
    urgent = forms.BooleanField(label="Only what may be urgent", required=False)
    before = KeyField()
    after = KeyField()

    def __init__(self, *args, topics, bodies, localities, **options):
        super().__init__(*args, **options)
        self.offer("topic", [(topic.slug, topic.name) for topic in topics])
        self.offer_bodies(bodies)
        self.offer("locality", [(locality.pk, locality.name) for locality in localities])

    def apply(self, referrals, person):
        """The referrals that were asked for, of those given; `person` asks."""
        referrals = self.of_any_status(referrals, person)
        status = self.cleaned_data["status"] or self.OPEN
        if status == self.OPEN:
            return referrals.filter(is_open=True)
        if status == self.COPIES:
            return referrals.filter(role="copy")
        return referrals if status == self.ALL else referrals.filter(status=status)

    def of_any_status(self, referrals, person):
        asked = self.cleaned_data
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
        if asked["q"]:
            referrals = referrals.matching(asked["q"], written=self.written)
        return referrals

    @cached_property
    def written(self):
        """What has the words asked for."""
        return SubmissionWords.objects.matching(self.cleaned_data["q"])

    @property
    def looks_among_the_newest(self):
        """Whether the first page of a search in everything is soon filled by the newest."""
        words, is_narrowed = self.cleaned_data["q"], self.asked.keys() - {"q", "status"}
        is_of_one = REFERENCE.fullmatch(words.strip().upper()) or number_alone(words) is not None
        if not words or is_of_one or is_narrowed:
            return False
        in_all = self.cleaned_data["status"] in {"", self.OPEN, self.ALL}
        return in_all and self.is_first_page and self.written.are_middling

    @property
    def sets_urgent_apart(self):
        """Whether it lists open work, on top of which stands what is to be read today."""
        asked = self.cleaned_data
        is_open = asked["status"] in {"", self.OPEN}
        return is_open and not asked["urgent"] and not self.searches

    @property
    def searches(self):
        return bool(self.cleaned_data["q"])

    @property
    def is_first_page(self):
        return not (self.cleaned_data["before"] or self.cleaned_data["after"])
