"""What staff say with each move of a matter, and what is said when it cannot be taken as it is."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from governance.actions.decisions import seats_today
from governance.forms import EditForm, RaiseForm, UploadField, Words, bodies_above, plain_text
from governance.models import ActionPoint, Body, Decision, Meeting
from governance.permissions import can_take_away
from governance.structure import structure_on
from governance.workflow import Move
from localities.day_field import DayField, in_words

# How far back the decisions and meetings lie that a matter can be resolved with.
LATELY = timedelta(days=400)


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


class AcceptForm(MoveForm):
    move = Move.ACCEPT
    heading = "Accept it"
    explanation = (
        "You say that the body has it and will answer by the day above. Then you can resolve it, "
        "pass it up, or send it back with a question."
    )
    button = "Accept this matter"
    stands_open = True
    note = Words(
        label="A word for those who wait",
        help_text="Such as when you will discuss it.",
        required=False,
    )
    nhsuk = {"note": {"rows": 3}}


class PassUpForm(MoveForm):
    move = Move.PASS_UP
    heading = "Pass it up"
    explanation = (
        "When your body cannot settle it either. It then lies before the body above, with clocks "
        "of its own."
    )
    button = "Pass it up"
    to_body = forms.ChoiceField(
        label="Which body do you pass it to?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the body to pass it to",
            "invalid_choice": "Choose one of the bodies listed",
        },
    )
    note = Words(
        label="Why do you pass it up?",
        help_text="What you have done about it, and what you cannot settle.",
        error_messages={"required": "Write why you pass it up"},
    )
    nhsuk = {"note": {"rows": 5}}

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("to_body") == matter.holder.slug

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lines = self.matter.lines_up
        self.lines = {line.to_body.slug: line for line in lines}
        to_body = self.fields["to_body"]
        to_body.choices, hints = bodies_above(lines)
        to_body.initial = to_body.choices[0][0] if len(lines) == 1 else None
        self.nhsuk = self.nhsuk | {"to_body": {"hints": hints}}

    @property
    def chosen_body(self):
        """The body chosen."""
        return Body.objects.get(slug=self.cleaned_data["to_body"])


class SendBackForm(MoveForm):
    move = Move.SEND_BACK
    heading = "Send it back with a question"
    explanation = (
        "It goes back to the body it came from until they answer, and your clock stands still."
    )
    button = "Send it back with the question"
    note = Words(
        label="What do you need to know?",
        error_messages={"required": "Write your question"},
    )
    nhsuk = {"note": {"rows": 5}}


class AnswerForm(MoveForm):
    move = Move.ANSWER
    heading = "Answer the question"
    explanation = "The body that asked has it again, and its clock goes on."
    button = "Send the answer"
    stands_open = True
    note = Words(label="Your answer", error_messages={"required": "Write your answer"})


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
        label="When did the chair decide it?",
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
        self.fields["meeting"].choices = [
            ("", "The chair, between meetings"),
            *(
                (key, f"The meeting of {in_words(timezone.localdate(each.starts_at))}")
                for key, each in self.meetings.items()
            ),
        ]
        decision = self.fields["decision"]
        decision.initial = self.NEW
        decision.choices = [
            (self.NEW, "A new one, told below"),
            *(
                (key, f"{each.title}, {in_words(each.decided_on)}")
                for key, each in self.decisions.items()
            ),
        ]
        if not self.decisions:
            decision.widget = forms.HiddenInput()
        self.nhsuk = {
            "decision": {"optional": False},
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
        """Its body's last decisions. Those between meetings settled other matters already."""
        return Decision.objects.filter(body__in=self.bodies, decided_on__gte=self.since)[:10]

    def lately_held(self):
        held = Meeting.objects.exclude(status=Meeting.Status.CANCELLED).filter(
            body__in=self.bodies,
            starts_at__date__gte=self.since,
            starts_at__date__lte=self.matter.today,
        )
        return held.order_by("-starts_at")[:12]

    def clean(self):
        if self.cleaned_data.get("decision") in {"", self.NEW} and "note" not in self.errors:
            if not self.cleaned_data.get("note"):
                self.add_error("note", "Write what was decided")

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
        self.fields["due_on"].earliest = self.matter.today
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


class WithdrawForm(MoveForm):
    move = Move.WITHDRAW
    heading = "Withdraw it"
    explanation = "It is closed without an outcome. This cannot be undone."
    button = "Withdraw this matter"
    note = Words(
        label="Why is it withdrawn?",
        error_messages={"required": "Write why it is withdrawn"},
    )
    nhsuk = {"note": {"rows": 3}}


class ReopenForm(MoveForm):
    move = Move.REOPEN
    heading = "Reopen it"
    button = "Reopen this matter"
    note = Words(
        label="Why does it need to be looked at again?",
        help_text="A matter can be reopened once.",
        error_messages={"required": "Write why it is reopened"},
    )
    nhsuk = {"note": {"rows": 5}}


class CommentForm(MoveForm):
    move = Move.COMMENT
    group = "aside"
    heading = "Comment"
    explanation = "Everyone who sees this matter can read it. The matter stays where it is."
    button = "Add the comment"
    note = Words(label="Your comment", error_messages={"required": "Write your comment"})
    nhsuk = {"note": {"rows": 4}}


class ConsultForm(MoveForm):
    move = Move.CONSULT
    group = "aside"
    heading = "Consult an aligned body"
    explanation = (
        "It is given the matter to read and may comment. It cannot move it, and your clock goes on."
    )
    button = "Ask for its view"
    body = forms.ChoiceField(
        label="Which body do you consult?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the body to consult",
            "invalid_choice": "Choose one of the bodies listed",
        },
    )
    note = Words(label="What do you ask it?", error_messages={"required": "Write what you ask"})
    nhsuk = {"note": {"rows": 4}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bodies = self.matter.to_consult
        self.fields["body"].choices = [(body.slug, body.name) for body in bodies]
        hints = {
            body.slug: f"Aligned with {self.matter.holder.name}: "
            f"{self.matter.aligned[body.pk].evidence}"
            for body in bodies
        }
        self.nhsuk = self.nhsuk | {"body": {"hints": hints}}

    @property
    def chosen_body(self):
        return Body.objects.get(slug=self.cleaned_data["body"])

    def is_as(self, matter):
        consulted = matter.last_step.consulted_body
        return super().is_as(matter) and self.data.get("body") == consulted.slug


class AttachForm(MoveForm):
    move = Move.ATTACH
    group = "aside"
    heading = "Add a file"
    explanation = "Everyone who sees this matter can read it."
    button = "Add this file"
    file = UploadField(label="The file")


class DetachForm(MoveForm):
    move = Move.DETACH
    group = "aside"
    heading = "Take a file away"
    explanation = "It is deleted for good. That it was there stays on the timeline."
    button = "Take this file away"
    which = forms.ChoiceField(
        label="Which file?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the file",
            "invalid_choice": "Choose one of the files listed",
        },
    )
    note = Words(
        label="Why is it taken away?", error_messages={"required": "Write why it is taken away"}
    )
    nhsuk = {"note": {"rows": 3}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        files = [f for f in self.matter.files if can_take_away(self.standing, self.matter, f)]
        self.theirs = {str(file.pk): file for file in files}
        self.fields["which"].choices = [(key, str(file)) for key, file in self.theirs.items()]

    @property
    def chosen_file(self):
        return self.theirs[self.cleaned_data["which"]]


class MergeForm(MoveForm):
    move = Move.MERGE
    group = "aside"
    heading = "Merge it into another matter"
    explanation = (
        "When both are about the same thing. The other one goes on for both; this one keeps its "
        "timeline and points there, and what is decided reaches everyone."
    )
    button = "Merge this matter"
    into = forms.ChoiceField(
        label="Into which matter does it go?",
        error_messages={
            "required": "Choose the matter that goes on for both",
            "invalid_choice": "Choose one of the matters listed",
        },
    )
    note = Words(
        label="Why are they about the same thing?",
        error_messages={"required": "Write why they are about the same thing"},
    )
    nhsuk = {"note": {"rows": 3}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.matters = {str(each.pk): each for each in self.matter.beside}
        self.fields["into"].choices = [
            ("", "Choose a matter"),
            *((key, str(each)) for key, each in self.matters.items()),
        ]

    @property
    def chosen_matter(self):
        return self.matters[self.cleaned_data["into"]]

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("into") == str(
            matter.last_step.other_matter_id
        )


class OffTheLinesForm(MoveForm):
    """A body to which no line leads from where a matter lies, and why no line will do."""

    to_body = forms.ChoiceField(
        label="Which body is to have it?",
        error_messages={
            "required": "Choose the body",
            "invalid_choice": "Choose one of the bodies listed",
        },
    )
    note = Words(
        label="Why will no line do?", error_messages={"required": "Write why no line will do"}
    )
    nhsuk = {"note": {"rows": 4}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        up = {line.to_body.pk for line in self.matter.lines_up} | {self.matter.holder.pk}
        bodies = self.matter.structure_now.bodies
        self.fields["to_body"].choices = [
            ("", "Choose a body"),
            *((body.slug, body.name) for body in bodies if body.pk not in up),
        ]

    @property
    def chosen_body(self):
        return Body.objects.get(slug=self.cleaned_data["to_body"])

    def is_as(self, matter):
        return super().is_as(matter) and self.data.get("to_body") == matter.holder.slug


class AskOutOfLineForm(OffTheLinesForm):
    move = Move.ASK_OUT_OF_LINE
    group = "aside"
    heading = "Ask to send it out of line"
    explanation = (
        "Only when no recorded line will do. A governance administrator approves it or refuses it; "
        "until then the matter stays where it is, and your clock goes on."
    )
    button = "Ask for this exception"

    def is_as(self, matter):
        wanted = matter.last_step.wanted_body
        return MoveForm.is_as(self, matter) and self.data.get("to_body") == wanted.slug


class OutOfLineForm(OffTheLinesForm):
    move = Move.OUT_OF_LINE
    group = "exception"
    heading = "Send it out of line"
    explanation = (
        "Only when no recorded line will do. The timeline shows that you approved it, and why."
    )
    button = "Approve and send it"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if asked := self.matter.exception_asked:
            self.stands_open = True
            self.fields["to_body"].initial = asked.wanted_body.slug
            self.fields["note"].initial = asked.note


class RefuseOutOfLineForm(MoveForm):
    move = Move.REFUSE_OUT_OF_LINE
    group = "exception"
    heading = "Refuse to send it out of line"
    explanation = "It stays where it is, and its officers are told why."
    button = "Refuse the exception"
    note = Words(label="Why is it refused?", error_messages={"required": "Write why it is refused"})
    nhsuk = {"note": {"rows": 3}}


class RebaseForm(MoveForm):
    move = Move.REBASE
    group = "exception"
    heading = "Re-base it on today’s lines"
    explanation = (
        "It stays where it is and goes on by today’s lines. The timeline shows that you approved "
        "it, and why."
    )
    button = "Re-base this matter"
    note = Words(
        label="Why is it to follow today’s lines?",
        error_messages={"required": "Write why it is to follow today’s lines"},
    )
    nhsuk = {"note": {"rows": 3}}


# In the order in which a page offers them.
MOVE_FORMS = {
    form.move: form
    for form in (
        EditForm,
        RaiseForm,
        AcceptForm,
        AnswerForm,
        ResolveForm,
        PassUpForm,
        SendBackForm,
        AddActionForm,
        ReopenForm,
        CommentForm,
        ConsultForm,
        AttachForm,
        DetachForm,
        MergeForm,
        WithdrawForm,
        AskOutOfLineForm,
        OutOfLineForm,
        RefuseOutOfLineForm,
        RebaseForm,
    )
}
