"""What staff say of a decision: what a meeting or a matter comes to, and who does what by when."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from governance.actions.decisions import seats_today
from governance.forms import Words
from governance.models import ActionPoint, Decision, Meeting
from governance.move_form import MoveForm
from governance.structure import structure_on
from governance.workflow import Move
from localities.day_field import DayField, in_words

# How far back the decisions and meetings lie that a matter can be resolved with.
LATELY = timedelta(days=400)

# What is asked of a decision that is told where a matter is resolved; one that is recorded has it.
OF_A_NEW_DECISION = ("title", "note", "meeting", "decided_on")


class DecisionForm(forms.Form):
    """What a meeting decided."""

    title = Words(
        label="What is it about?",
        longest=Decision._meta.get_field("title").max_length,
        widget=forms.TextInput,
        error_messages={"required": "Enter a title for the decision"},
    )
    text = Words(
        label="What was decided?",
        help_text="Say who does what by when.",
        longest=Decision._meta.get_field("text").max_length,
        error_messages={"required": "Write what was decided"},
    )
    is_public = forms.BooleanField(
        label="Everyone may read it",
        help_text="Leave out names and details of people’s health.",
        required=False,
    )


class ResolveForm(MoveForm):
    """The decision that closes a matter: one that its body has taken, or one told here."""

    NEW = "new"

    move = Move.RESOLVE
    heading = "Resolve it with a decision"
    explanation = "It is closed, and every body on its way is told what was decided."
    button = "Resolve this matter"
    decision = forms.ChoiceField(
        label="Which decision settles it?",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose one of the decisions listed"},
    )
    title = Words(
        label="Title of the decision",
        longest=Decision._meta.get_field("title").max_length,
        widget=forms.TextInput,
        required=False,
    )
    note = Words(
        label="What was decided, and what happens now?",
        help_text="Every body on the way reads this. Add who does what by when afterwards.",
        required=False,
    )
    meeting = forms.ChoiceField(
        label="Who decided it?",
        help_text="A meeting is listed from its day on, once it is recorded.",
        required=False,
        error_messages={"invalid_choice": "Choose one of the meetings listed"},
    )
    decided_on = DayField(
        label="When was it decided?",
        help_text="Only for a decision between meetings. Empty means today.",
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.since = timezone.localdate() - LATELY
        followed = structure_on(self.matter.today).followed_by(self.matter.holder)
        self.bodies = {self.matter.holder.pk, *followed}
        self.decisions = {str(each.pk): each for each in self.lately_decided()}
        self.meetings = {str(each.pk): each for each in self.lately_held()}
        self.fields["title"].initial = self.matter.escalation.title
        self.fields["decided_on"].earliest = self.since
        self.fields["meeting"].choices = [
            ("", "The chair or deputy chair, between meetings"),
            *(
                (key, f"The meeting of {in_words(timezone.localdate(each.starts_at))}")
                for key, each in self.meetings.items()
            ),
        ]
        decision = self.fields["decision"]
        decision.initial = self.NEW
        decision.choices = [
            *(
                (key, f"{each.title}, {in_words(each.decided_on)}")
                for key, each in self.decisions.items()
            ),
            (self.NEW, "A new one, told below"),
        ]
        if not self.decisions:
            decision.widget = forms.HiddenInput()
        self.nhsuk = {
            "decision": {
                "optional": False,
                "dividers": {self.NEW: "or"},
                "reveals": {self.NEW: OF_A_NEW_DECISION} if self.decisions else {},
            },
            "title": {"optional": False},
            "note": {"optional": False},
            "meeting": {"optional": False},
        }

    @property
    def said(self):
        """Also the title, if it is no longer that of the matter."""
        title, note = self.data.get("title", ""), super().said
        is_new = title.strip() not in {"", self.matter.escalation.title}
        return "\n\n".join(each for each in (title if is_new else "", note) if each)

    def lately_decided(self):
        """Its body's last decisions, of those that its reader may know.

        Whoever acts for a body outside the partnership knows not all that it decides of others.
        """
        lately = Decision.objects.filter(body__in=self.bodies, decided_on__gte=self.since)
        return lately.known_to(self.standing)[:10]

    def lately_held(self):
        held = Meeting.objects.exclude(status=Meeting.Status.CANCELLED).filter(
            body__in=self.bodies,
            starts_at__date__gte=self.since,
            starts_at__date__lte=self.matter.today,
        )
        return held.order_by("-starts_at")[:12]

    def clean(self):
        if self.cleaned_data.get("decision") in {"", self.NEW}:
            if "note" not in self.errors and not self.cleaned_data.get("note"):
                self.add_error("note", "Write what was decided")
        elif "decision" not in self.cleaned_data:
            return
        elif self.said.strip():
            self.add_error(
                "decision",
                "You chose a decision that is recorded, and wrote a new one too. Choose “A new"
                " one, told below” to record what you wrote, or empty it first",
            )
        else:
            for name in OF_A_NEW_DECISION:
                self.errors.pop(name, None)

    @property
    def chosen(self):
        """The decision chosen, or none when a new one is told."""
        return self.decisions.get(self.cleaned_data["decision"])

    @property
    def decided(self):
        """What the deed takes."""
        if self.chosen:
            return {"decision": self.chosen}
        return {
            "outcome": self.cleaned_data["note"],
            "title": self.cleaned_data["title"],
            "meeting": self.meetings.get(self.cleaned_data["meeting"]),
            "decided_on": self.cleaned_data["decided_on"],
        }

    def is_as(self, matter):
        chosen = self.decisions.get(self.data.get("decision"))
        if chosen:
            return matter.escalation.decision_id == chosen.pk
        return super().is_as(matter)


class AddActionForm(MoveForm):
    """Who does what by when, as the decision asks; or on what condition it was made."""

    move = Move.ADD_ACTION
    heading = "Add an action or a condition"
    explanation = "Those to whom it falls are told, and it is followed until it is done."
    button = "Add it"
    kind = forms.ChoiceField(
        label="Is it an action or a condition?",
        widget=forms.RadioSelect,
        choices=ActionPoint.Kind.choices,
        initial=ActionPoint.Kind.ACTION,
        error_messages={"required": "Choose which of the two it is"},
    )
    note = Words(
        label="What is to be done?",
        longest=ActionPoint._meta.get_field("text").max_length,
        error_messages={"required": "Write what is to be done"},
    )
    owner = forms.ChoiceField(
        label="To whom does it fall?",
        error_messages={
            "required": "Choose to whom it falls",
            "invalid_choice": "Choose one of those listed",
        },
    )
    due_on = DayField(label="By when?", error_messages={"required": "Enter by when"})
    nhsuk = {"note": {"rows": 3}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].take_none_before(self.matter.today)
        self.owners = {}
        choices = [("", "Choose who")]
        voices = dict.fromkeys((self.matter.acting_body, *self.matter.voices))
        bodies = [body for body in voices if body.is_in_force_on(self.matter.today)]
        people = {body.pk: {} for body in bodies}
        for seat in seats_today(bodies).select_related("person", "seat"):
            people[seat.seat.body_id][seat.person_id] = seat.person
        for body in bodies:
            key = str(body.pk)
            self.owners[key] = {"body": body}
            offered = [(key, f"The officers of {body.name}")]
            for person in sorted(people[body.pk].values(), key=str):
                key = f"{body.pk}-{person.pk}"
                self.owners[key] = {"body": body, "person": person}
                offered.append((key, str(person)))
            choices.append((body.name, offered))
        self.fields["owner"].choices = choices

    @property
    def asked(self):
        """What the deed takes."""
        return {
            "kind": self.cleaned_data["kind"],
            "due_on": self.cleaned_data["due_on"],
            **self.owners[self.cleaned_data["owner"]],
            **self.note_as("text"),
        }

    def is_as(self, matter):
        if not self.is_valid():
            return False
        asked = {"person": None, **self.asked}
        del asked["seen"]
        return matter.escalation.decision.action_points.filter(**asked).exists()


class FinishForm(forms.Form):
    """That an action is done, or a condition met."""

    note = Words(label="What was done?", required=False, longest=2000)
    nhsuk = {"note": {"rows": 3}}

    def __init__(self, *args, point, **kwargs):
        super().__init__(*args, auto_id=f"id_{point.pk}_%s", **kwargs)
        self.point = point


class MoveDueDayForm(forms.Form):
    """Another day for an action, and why."""

    due_on = DayField(label="By when now?", error_messages={"required": "Enter the new day"})
    reason = Words(
        label="Why is it moved?",
        longest=100,
        widget=forms.TextInput,
        error_messages={"required": "Write why the day is moved"},
    )
    was = forms.DateField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "The page was not whole. Open it again"
        ),
    )

    def __init__(self, *args, point, today, **kwargs):
        super().__init__(
            *args,
            auto_id=f"id_move_{point.pk}_%s",
            initial={"was": point.due_on.isoformat()},
            **kwargs,
        )
        self.fields["due_on"].take_none_before(today)
        self.point = point
