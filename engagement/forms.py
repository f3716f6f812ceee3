"""What residents and staff type, and what is said when it cannot be taken as it is."""

import re
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engagement.models import About, Channel, Kind, Misrouting, Outcome, Screening, Submission
from engagement.models.routing_rule import NOT_ENGLISH
from engagement.words import pattern_parts
from engagement.workflow import ReferralStatus
from localities.day_field import in_words

MESSAGE_LENGTH = 5000
NO_SUCH_PAGE = dict.fromkeys(
    ("invalid", "min_value", "max_value"), "There is no such page. Start from the first"
)
UNKNOWN = "unknown"  # "I'd rather not say, or I don't know", when asked what is nearest
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # what no database keeps as text


def plain_data(post):
    """What was posted, each text with one kind of line break and nothing that cannot be stored."""
    return {name: plain_text(value) for name, value in post.items()}


def plain_text(value):
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", value)


class Words(forms.CharField):
    """Free text, kept to the last space; too long a text is told by how much."""

    widget = forms.Textarea(attrs={"dir": "auto"})

    def __init__(self, *, longest=MESSAGE_LENGTH, **options):
        super().__init__(strip=False, **options)
        self.max_length = longest

    def validate(self, value):
        super().validate("" if value.isspace() else value)
        over = len(value) - self.max_length
        if over > 0:
            characters = "character" if over == 1 else "characters"
            raise ValidationError(
                f"This text has {len(value):,} characters. Shorten it by {over:,} {characters}, "
                f"to {self.max_length:,} or fewer",
                code="max_length",
            )


def too_long(what, length):
    return {"max_length": f"Shorten {what} to {length} characters or fewer"}


class FeedbackForm(forms.Form):
    """What a resident says, and the little we ask beside it."""

    message = Words(
        label="What do you want to say?",
        help_text=(
            "What happened, or what could be better? Please leave out names and details of "
            "people’s health that we do not need."
        ),
        error_messages={"required": "Enter what you want to say"},
    )
    topic = forms.ChoiceField(
        label="What is it about?",
        help_text="This decides which group of the partnership gets your message.",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is about, or “I’m not sure”",
            "invalid_choice": "Choose what it is about from the list, or “I’m not sure”",
        },
    )
    about = forms.ChoiceField(
        label="Who is it about?",
        required=False,
        choices=[choice for choice in About.choices if choice[0] != About.MATERNITY],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose who it is about from the list"},
    )
    place = forms.CharField(
        label="Where is it about?",
        help_text=(
            "A postcode, or the name of an area, such as E3 4AB or Isle of Dogs. It decides which "
            "locality’s committee gets your message."
        ),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
        error_messages=too_long("the place", 80),
    )
    kind = forms.ChoiceField(
        label="Is it feedback, or an idea?",
        required=False,
        choices=Kind,
        initial=Kind.FEEDBACK,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose feedback or idea"},
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages=too_long("your name", 120),
    )
    email = forms.EmailField(
        label="Your e-mail address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": "Enter an e-mail address in full, such as name@example.org",
            **too_long("your e-mail address", 254),
        },
    )
    phone = forms.CharField(
        label="Your telephone number",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages=too_long("your telephone number", 40),
    )
    wants_answer = forms.BooleanField(
        label="Tell me by e-mail when there is an answer", required=False
    )
    may_publish = forms.BooleanField(
        label="You may publish what I wrote, without my name",
        help_text="Perhaps shortened, to show what residents said and what came of it.",
        required=False,
    )
    # What the page before sending asks, where it asks it.
    may_pass_on = forms.BooleanField(label="Those who answer may know who I am", required=False)
    let_someone_read = forms.BooleanField(required=False, widget=forms.HiddenInput)
    nearest = forms.CharField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    NO_ADDRESS = "Enter your e-mail address, or untick “Tell me by e-mail” below it"

    nhsuk = {
        "*": {"size": "m"},
        "message": {"rows": 9},
        "topic": {"dividers": {"not-sure": "or"}},
        "place": {"width": 20},
        "kind": {"inline": True, "optional": False},
        "name": {"size": "s", "width": 20},
        "email": {"size": "s", "width": 20},
        "phone": {"size": "s", "width": 20},
    }

    def __init__(self, *args, catalogue, **options):
        super().__init__(*args, **options)
        self.catalogue = catalogue
        topics = catalogue.offered_topics
        self.fields["topic"].choices = [(topic.slug, topic.name) for topic in topics]
        hints = {topic.slug: topic.hint for topic in topics if topic.hint}
        self.nhsuk = self.nhsuk | {"topic": self.nhsuk["topic"] | {"hints": hints}}

    def clean_kind(self):
        return self.cleaned_data["kind"] or Kind.FEEDBACK.value

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("wants_answer") and "email" in cleaned and not cleaned["email"]:
            self.add_error("email", self.NO_ADDRESS)
        return cleaned


class ScreeningForm(forms.Form):
    """What becomes of a message that was held, and why."""

    verdict = forms.ChoiceField(
        label="What is it?",
        choices=[
            (Screening.Verdict.RELEASED, "A message: release it"),
            (Screening.Verdict.REJECTED, "Spam: reject it"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether it is released or rejected",
            "invalid_choice": "Choose whether it is released or rejected",
        },
    )
    reason = forms.CharField(
        label="Why?",
        help_text="Kept with the message. Please do not repeat what it says.",
        max_length=500,
        error_messages={
            "required": "Enter why it is released or rejected",
            **too_long("the reason", 500),
        },
    )
    nhsuk = {"verdict": {"size": "s", "inline": True}, "reason": {"size": "s"}}


class NearestForm(forms.Form):
    """The one more question, near a boundary."""

    nearest = forms.ChoiceField(
        label="Which part of the borough is nearest?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what is nearest, or “I don’t know”",
            "invalid_choice": "Choose what is nearest from the list, or “I don’t know”",
        },
    )

    def offer(self, choices, place):
        """Offer these localities, each a code, a name and its wards, and not to say."""
        self.fields["nearest"].choices = [
            *((code, name) for code, name, _ in choices),
            (UNKNOWN, "I don’t know, or I’d rather not say"),
        ]
        if place:
            self.fields["nearest"].help_text = f"You gave “{place}” as the place."
        self.nhsuk = {
            "nearest": {
                "size": "l",
                "page_heading": True,
                "hints": {code: ", ".join(wards) for code, _, wards in choices if wards},
                "dividers": {UNKNOWN: "or"},
            }
        }


class OpenReceiptForm(forms.Form):
    """What opens a receipt."""

    reference = forms.CharField(
        label="Reference",
        help_text="Such as F-2026-000042",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the reference of your receipt, such as F-2026-000042",
            **too_long("the reference", 60),
        },
    )
    secret = forms.CharField(
        label="Code",
        help_text="Four groups of four letters and digits, such as K7QM-2XN4-09TD-HJ5R",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the code that stands under the reference on your receipt",
            **too_long("the code", 100),
        },
    )
    nhsuk = {"*": {"width": 20}}


class NewSecretForm(forms.Form):
    """Where the code is lost: what a new one is sent for, and where."""

    reference = forms.CharField(
        label="Reference",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the reference of your message, such as F-2026-000042",
            **too_long("the reference", 60),
        },
    )
    email = forms.EmailField(
        label="The e-mail address you gave with your message",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter the e-mail address you gave with your message",
            "invalid": "Enter an e-mail address in full, such as name@example.org",
            **too_long("the e-mail address", 254),
        },
    )
    nhsuk = {"*": {"width": 20}}


class AdditionForm(forms.Form):
    """What a resident adds to a message."""

    message = Words(
        label="What do you want to add?",
        error_messages={"required": "Enter what you want to add"},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 5}}


class ReplyForm(forms.Form):
    """A resident's answer to what the body asked."""

    message = Words(
        label="Your answer",
        error_messages={"required": "Enter your answer"},
    )
    question = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 5}}


class NotAnsweredForm(forms.Form):
    """What a resident finds missing in an answer."""

    message = Words(label="What is missing?", required=False)
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    nhsuk = {"message": {"rows": 4}}


class WithdrawForm(forms.Form):
    """To take a message back is asked twice: it cannot be undone."""

    sure = forms.BooleanField(
        label="Yes, remove my message and everything that could identify me",
        error_messages={"required": "Tick the box if you want to withdraw your message"},
    )


# --- Staff ----------------------------------------------------------------------------------------


class StepForm(forms.Form):
    """What is written to the resident with a move, on a page that showed the step `seen`."""

    text = Words()
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def words(self):
        """What the deed is given."""
        return {"text": self.cleaned_data["text"], "seen": self.cleaned_data["seen"]}


class AcknowledgeForm(StepForm):
    text = Words(
        label="A word to the resident",
        help_text="They read it at the receipt, beside “Acknowledged”.",
        required=False,
    )
    nhsuk = {"text": {"rows": 3}}


class AnswerForm(StepForm):
    text = Words(
        label="Your answer to the resident",
        help_text="In plain English: what you found, what you do or will not do, and why.",
        error_messages={"required": "Enter the answer: it is what the resident reads"},
    )
    nhsuk = {"text": {"rows": 8}}


class ReferOnForm(StepForm):
    to_body = forms.ChoiceField(
        label="To which body?",
        error_messages={
            "required": "Choose the body that is to have it",
            "invalid_choice": "Choose a body from the list: the others cannot receive it today",
        },
    )
    text = Words(
        label="Why does it go there?",
        help_text="The resident reads this. The clock does not start again.",
        error_messages={"required": "Enter why it goes there: the resident reads it"},
    )
    wrong = forms.ChoiceField(
        label="Why did it come to the wrong body?",
        help_text="So that the next one does not. The resident does not read this.",
        required=False,
        error_messages={"invalid_choice": "Choose what was wrong from the list"},
    )
    field_order = ["to_body", "text", "wrong", "seen"]
    nhsuk = {"text": {"rows": 3}}

    def __init__(self, *args, bodies, topics, **options):
        super().__init__(*args, **options)
        self.fields["wrong"].choices = [
            ("", "It did not: it was right here first"),
            (Misrouting.Cause.RULE, "Messages on this topic belong elsewhere"),
            *((topic.slug, f"Its topic is another: {topic.name}") for topic in topics),
        ]
        self.fields["to_body"].choices = [
            ("", "Choose a body"),
            *((body.slug, body.name) for body in bodies),
        ]
        self.bodies = {body.slug: body for body in bodies}

    def words(self):
        words = super().words()
        return {
            "reason": words.pop("text"),
            "to_body": self.bodies[self.cleaned_data["to_body"]],
            "wrong": self.cleaned_data["wrong"],
            **words,
        }


class PhraseForm(forms.Form):
    """Words that are to speak for a topic."""

    text = forms.CharField(
        label="The words",
        help_text="As residents write them, without names of people. “/” stands between words of "
        "which either will do, “*” for up to three words.",
        max_length=200,
        error_messages={"required": "Enter the words", **too_long("the words", 200)},
    )
    topic = forms.ChoiceField(
        label="They speak for",
        error_messages={
            "required": "Choose a topic",
            "invalid_choice": "Choose a topic from the list",
        },
    )
    weight = forms.IntegerField(
        label="Weight",
        help_text="From 1, a hint, to 10, beyond doubt.",
        initial=4,
        min_value=1,
        max_value=10,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a weight from 1 to 10"
        ),
    )
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        error_messages={"required": "Enter why it is added", **too_long("the reason", 300)},
    )
    nhsuk = {"weight": {"width": 2}}

    def __init__(self, *args, topics, **options):
        super().__init__(*args, **options)
        self.topics = {topic.slug: topic for topic in topics}
        self.fields["topic"].choices = [(topic.slug, topic.name) for topic in topics]

    def clean_text(self):
        text = self.cleaned_data["text"]
        parts = pattern_parts(text)
        if not parts or parts[0] == "*":
            raise ValidationError("Enter words that begin with a word, not with “*”")
        return text

    def words(self):
        return self.cleaned_data | {"topic": self.topics[self.cleaned_data["topic"]]}


class CloseForm(StepForm):
    text = Words(
        label="Why is it closed?",
        help_text="The resident reads this.",
        error_messages={"required": "Enter why it is closed: the resident reads it"},
    )
    nhsuk = {"text": {"rows": 3}}


class EraseForm(forms.Form):
    """To erase is asked twice: it cannot be undone."""

    reason = Words(
        longest=500,
        label="Why is it erased?",
        help_text=(
            "Such as “The resident asked for it by telephone on 3 March”. This stays for good, so "
            "write it without names."
        ),
        error_messages={"required": "Enter why it is erased: that is all that will explain it"},
    )
    sure = forms.BooleanField(
        label="Yes, remove this message and everything that could identify who sent it",
        error_messages={"required": "Tick the box if you want to erase the message"},
    )
    nhsuk = {"reason": {"rows": 3}}


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
            referrals = referrals.filter(submission__topic=asked["topic"])
        if asked["body"]:
            referrals = referrals.filter(body=self.bodies[asked["body"]].pk)
        if asked["locality"]:
            referrals = referrals.filter(submission__locality=asked["locality"])
        if asked["assigned"]:
            worker = person if asked["assigned"] == self.ME else None
            referrals = referrals.filter(assigned_to=worker, role="lead")
        if asked["language"] == "en":
            referrals = referrals.filter(submission__language="en")
        elif asked["language"]:
            referrals = referrals.exclude(submission__language="en")
        if asked["channel"]:
            referrals = referrals.filter(submission__channel=asked["channel"])
        if asked["urgent"]:
            referrals = referrals.filter(submission__is_urgent=True)
        return referrals.matching(asked["q"]) if asked["q"] else referrals

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


# --- Outcomes -------------------------------------------------------------------------------------


class OutcomeForm(forms.Form):
    """What residents said, what a body decided, and what was done."""

    title = forms.CharField(
        label="Title",
        max_length=120,
        help_text="As residents would say it, such as “Evening appointments in Bow”.",
        error_messages={"required": "Enter a title", **too_long("the title", 120)},
    )
    said = Words(
        longest=2000,
        label="You said",
        help_text="In your own words, without quoting anyone and without names.",
        error_messages={"required": "Enter what residents said, in your own words"},
    )
    body = forms.ChoiceField(
        label="Which body decides?",
        error_messages={
            "required": "Choose the body that decides",
            "invalid_choice": "Choose a body from the list",
        },
    )
    state = forms.ChoiceField(
        label="How far is it?",
        choices=Outcome.State,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how far it is",
            "invalid_choice": "Choose how far it is from the list",
        },
    )
    decision = forms.ChoiceField(
        label="The decision",
        required=False,
        help_text="Of the body above. Needed for all but “Being considered”.",
        error_messages={"invalid_choice": "Choose a decision from the list"},
    )
    did = Words(
        longest=3000,
        label="We did, or will not, because",
        required=False,
        help_text="Needed for “Done” and “Will not be done”.",
    )
    evidence_url = forms.URLField(
        label="Where it can be seen",
        required=False,
        max_length=400,
        assume_scheme="https",
        help_text="A web address that shows it. Needed for “Done”, unless a document does.",
        error_messages={
            "invalid": "Enter a web address in full, such as https://example.org/minutes",
            **too_long("the web address", 400),
        },
    )
    evidence_document = forms.ChoiceField(
        label="A document that shows it",
        required=False,
        error_messages={"invalid_choice": "Choose a document from the list"},
    )
    locality = forms.ChoiceField(
        label="Which locality is it about?",
        required=False,
        error_messages={"invalid_choice": "Choose a locality from the list"},
    )
    topic = forms.ChoiceField(
        label="What is it about?",
        required=False,
        error_messages={"invalid_choice": "Choose a topic from the list"},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    nhsuk = {
        "said": {"rows": 5},
        "did": {"rows": 5, "optional": False},
        "decision": {"optional": False},
        "evidence_url": {"optional": False},
        "evidence_document": {"optional": False},
        "locality": {"optional": False},
        "topic": {"optional": False},
    }

    def __init__(self, *args, bodies, decisions, documents, localities, topics, **options):
        super().__init__(*args, **options)
        self.rows = {
            "body": {body.slug: body for body in bodies},
            "decision": {str(each.pk): each for each in decisions},
            "evidence_document": {str(each.pk): each for each in documents},
            "locality": {each.pk: each for each in localities},
            "topic": {each.pk: each for each in topics},
        }
        names = {body.pk: f", {body.short_name}" for body in bodies}

        def of(decision):
            return names.get(decision.body_id, "")

        for name, empty, label in (
            ("body", "Choose a body", lambda body: body.name),
            (
                "decision",
                "None yet",
                lambda each: f"{in_words(each.decided_on)}{of(each)}: {each.title}",
            ),
            ("evidence_document", "None", str),
            ("locality", "The whole borough", str),
            ("topic", "None in particular", str),
        ):
            self.fields[name].choices = [
                ("", empty),
                *((key, label(row)) for key, row in self.rows[name].items()),
            ]

    def clean(self):
        """Rows for keys; what a state asks for is asked at the field that lacks it."""
        cleaned = super().clean()
        for name, rows in self.rows.items():
            if name in cleaned:
                cleaned[name] = rows.get(cleaned[name])
        state, decision, body = (cleaned.get(name) for name in ("state", "decision", "body"))
        if state and state != Outcome.State.CONSIDERED and not decision:
            if "decision" in cleaned:
                self.add_error("decision", "Choose the decision: without one, nothing was decided")
        if decision and body and decision.body_id != body.pk:
            self.add_error("decision", f"This decision is not one of {body.name}. Choose another")
        if state in {Outcome.State.DONE, Outcome.State.WILL_NOT} and "did" in cleaned:
            if not cleaned["did"].strip():
                self.add_error("did", "Enter what was done, or why it will not be")
        if state == Outcome.State.DONE and "evidence_url" in cleaned:
            if not cleaned["evidence_url"] and not cleaned.get("evidence_document"):
                self.add_error(
                    "evidence_url", "Enter where it can be seen that it was done, or a document"
                )
        return cleaned


class TakeBackForm(forms.Form):
    """Why what is published is taken back."""

    reason = Words(
        longest=500,
        label="Why is it taken back?",
        help_text="Kept in the history, and not shown to residents.",
        error_messages={"required": "Enter why it is taken back"},
    )
    nhsuk = {"reason": {"rows": 2}}


class YouSaidFilterForm(PageForm):
    """Which outcomes are shown; what it does not know, it says."""

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
        choices=[("", _("All")), *Outcome.State.choices],
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

    def __init__(self, *args, bodies, topics, localities, **options):
        super().__init__(*args, **options)
        self.bodies = {body.slug: body.pk for body in bodies}
        self.fields["body"].choices = [
            ("", _("All")),
            *((body.slug, body.short_name) for body in bodies),
        ]
        self.fields["topic"].choices = [("", _("All")), *((each.pk, each.name) for each in topics)]
        self.fields["locality"].choices = [
            ("", _("All")),
            *((each.pk, each.name) for each in localities),
        ]

    def apply(self, outcomes):
        asked = self.cleaned_data
        if asked["locality"]:
            outcomes = outcomes.filter(locality=asked["locality"])
        if asked["topic"]:
            outcomes = outcomes.filter(topic=asked["topic"])
        if asked["body"]:
            outcomes = outcomes.filter(body=self.bodies[asked["body"]])
        if asked["year"]:
            outcomes = outcomes.filter(changed_at__year=asked["year"])
        if asked["state"]:
            outcomes = outcomes.filter(state=asked["state"])
        return outcomes

    @property
    def query(self):
        """What asks for the same, before a page number."""
        asked = {name: self.cleaned_data[name] for name in self.NAMES if self.cleaned_data[name]}
        return f"{urlencode(asked)}&" if asked else ""
