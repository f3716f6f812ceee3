"""What staff write of a resident's idea, and which ideas readers ask for."""

from django import forms

from engagement.forms import Words
from engagement.publishing_forms import OfALocality, PublishedFilterForm, SeenForm, TitleField
from engagement.workflow import IDEA_MOVES, IdeaMove, IdeaStatus


class IdeaFilterForm(PublishedFilterForm):
    """Which ideas are shown."""

    states, column = IdeaStatus, "status"


class IdeaWords(OfALocality):
    """An idea in the words of staff."""

    title = TitleField(
        help_text="The idea in a few plain words, such as “A bench at every bus stop”."
    )
    summary = Words(
        longest=1000,
        label="The idea",
        help_text="In your own words, without quoting anyone and without names.",
        error_messages={"required": "Enter the idea, in your own words"},
    )
    field_order = ["title", "summary", "locality"]
    nhsuk = {**OfALocality.nhsuk, "summary": {"rows": 5}}


class TakeUpForm(IdeaWords):
    """Which body takes it up, and why."""

    body = forms.ChoiceField(
        label="Which body takes it up?",
        error_messages={
            "required": "Choose the body that takes it up",
            "invalid_choice": "Choose a body from the list",
        },
    )
    why = Words(
        longest=2000,
        label="What happens next, and why",
        help_text="The resident reads it at the receipt. If the idea is published, everyone does.",
        error_messages={"required": "Enter what happens next, and why"},
    )
    nhsuk = {**IdeaWords.nhsuk, "why": {"rows": 4}}
    field_order = ["body", "title", "summary", "locality", "why"]

    def __init__(self, *args, bodies, **options):
        super().__init__(*args, **options)
        self.offer("body", "Choose a body", bodies, key="slug", label=lambda body: body.name)


class IdeaForm(IdeaWords, SeenForm):
    """The words of an idea, and what it belongs to."""

    activity = forms.ChoiceField(
        label="The activity it led to",
        required=False,
        error_messages={"invalid_choice": "Choose an activity from the list"},
    )
    outcome = forms.ChoiceField(
        label="What came of it for everyone",
        required=False,
        help_text="A published outcome of “You said, they decided, we did”.",
        error_messages={"invalid_choice": "Choose an outcome from the list"},
    )
    project = forms.ChoiceField(
        label="The project it became part of",
        required=False,
        error_messages={"invalid_choice": "Choose a project from the list"},
    )
    nhsuk = {
        **IdeaWords.nhsuk,
        **{name: {"optional": False} for name in ("activity", "outcome", "project")},
    }

    def __init__(self, *args, activities, outcomes, projects, **options):
        super().__init__(*args, **options)
        self.offer("activity", "None", activities)
        self.offer("outcome", "None", outcomes)
        self.offer("project", "None", projects)


class IdeaMoveForm(SeenForm):
    """What became of an idea, and why: what the table of moves offers now."""

    WORDS = {
        IdeaMove.TRY: "It is being tried",
        IdeaMove.FINISH: "It is done",
        IdeaMove.SET_ASIDE: "Not now",
        IdeaMove.LOOK_AGAIN: "It is looked at again",
    }

    move = forms.ChoiceField(
        label="How far is it now?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how far it is now",
            "invalid_choice": "That is not possible now. Choose how far it is from the list",
        },
    )
    why = Words(
        longest=2000,
        label="What was done, or why not now",
        help_text="The resident reads it at the receipt. If the idea is public, everyone does.",
        error_messages={"required": "Enter what was done, or why not now"},
    )
    nhsuk = {"why": {"rows": 4}}

    def __init__(self, *args, status, **options):
        super().__init__(*args, **options)
        moves = [move for move in IdeaMove if move in IDEA_MOVES[status]]
        self.fields["move"].choices = [(move.value, self.WORDS[move]) for move in moves]
