"""What staff say beside the way of a matter: comments, views asked for, files, merging."""

from django import forms

from governance.forms import UploadField, Words, told_apart
from governance.models import Body
from governance.move_form import MoveForm
from governance.permissions import can_take_away
from governance.workflow import Move


class CommentForm(MoveForm):
    move = Move.COMMENT
    group = "aside"
    heading = "Comment"
    explanation = "Everyone who sees this matter can read it. The matter stays where it is."
    button = "Add the comment"
    note = Words(label="Your comment", error_messages={"required": "Write your comment"})
    nhsuk = {"note": {"rows": 4}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        is_of_holder = self.matter.holder.pk in self.standing.sits_on
        if not is_of_holder and self.matter.view_asked_of(self.standing):
            self.heading, self.button = "Give your body’s view", "Give this view"
            self.stands_open = True
            self.fields["note"].label = "What does your body say?"
            self.fields["note"].error_messages["required"] = "Write what your body says"


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
        self.fields["which"].choices = [
            (key, told_apart(file)) for key, file in self.theirs.items()
        ]

    @property
    def chosen_file(self):
        return self.theirs[self.cleaned_data["which"]]

    def is_as(self, matter):
        is_there = self.data.get("which") in {str(file.pk) for file in matter.files}
        return super().is_as(matter) and not is_there


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
