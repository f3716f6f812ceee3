"""What came of what residents said, as staff write it."""

from django import forms

from engagement.forms import Words, too_long
from engagement.models import Outcome
from engagement.publishing_forms import OfALocality, PublishedFilterForm, SeenForm, TitleField
from governance.decided import beside
from localities.day_field import in_words


class OutcomeFilterForm(PublishedFilterForm):
    """Which outcomes are shown."""

    states, column = Outcome.State, "state"


class OutcomeForm(OfALocality, SeenForm):
    """What residents said, what a body decided, and what was done."""

    title = TitleField(
        help_text="As residents would say it, such as “Evening appointments in Bow”."
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
    topic = forms.ChoiceField(
        label="What is it about?",
        required=False,
        error_messages={"invalid_choice": "Choose a topic from the list"},
    )
    field_order = [
        *("title", "said", "body", "state", "decision", "did"),
        *("evidence_url", "evidence_document", "locality", "topic"),
    ]
    nhsuk = {
        **OfALocality.nhsuk,
        "said": {"rows": 5},
        "did": {"rows": 5, "optional": False},
        "decision": {"optional": False},
        "evidence_url": {"optional": False},
        "evidence_document": {"optional": False},
        "topic": {"optional": False},
    }

    def __init__(self, *args, bodies, decisions, documents, topics, **options):
        super().__init__(*args, **options)
        names = {body.pk: f", {body.short_name}" for body in bodies}

        def told(decision):
            of = names.get(decision.body_id, "")
            return f"{in_words(decision.decided_on)}{of}: {decision.title}{beside(decision)}"

        self.offer("body", "Choose a body", bodies, key="slug", label=lambda body: body.name)
        self.offer("decision", "None yet", decisions, label=told)
        self.offer("evidence_document", "None", documents)
        self.offer("topic", "None in particular", topics)

    def clean(self):
        """What a state asks for is asked at the field that lacks it."""
        cleaned = super().clean()
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
