"""What staff type to answer many messages at once."""

import re

from django import forms

from engagement.answerable import had_by
from engagement.forms import Words
from engagement.models import Submission
from engagement.models.submission import REFERENCE
from engagement.theme_forms import MOST_AT_ONCE

TICK = re.compile(rf"({REFERENCE.pattern})\.([0-9]{{1,18}})")


def tick(reference, seen):
    """What a tick box sends: which message, and the last step that the page showed of it."""
    return f"{reference}.{seen}"


class Ticks(forms.MultipleChoiceField):
    """Messages by the boxes that were ticked, with what the page showed of each."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value):
        return TICK.fullmatch(value) is not None


class AnswerThemeForm(forms.Form):
    """The messages of a theme that are answered at once, and their answer."""

    NOT_THEIRS = "Choose messages from the list: {reference} is none that you may answer"

    message = Ticks(
        label="Which messages does it answer?",
        error_messages={
            "required": "Choose at least one message",
            "invalid_choice": "Choose messages from the list",
        },
    )
    text = Words(
        label="Your answer to each of the residents",
        help_text=(
            "In plain English: what you found, what you do or will not do, and why. Each of them "
            "reads the same, so leave out what only one of them may know."
        ),
        error_messages={"required": "Enter the answer: it is what the residents read"},
    )
    nhsuk = {"text": {"rows": 8}}

    def __init__(self, *args, standing, **options):
        super().__init__(*args, **options)
        self.standing = standing

    @property
    def ticked(self):
        """What was sent of each message that was ticked, by its reference: the step it showed."""
        sent = self.data.getlist(self.add_prefix("message")) if self.is_bound else ()
        found = [parts for each in sent[: MOST_AT_ONCE + 1] if (parts := TICK.fullmatch(each))]
        return {parts[1]: int(parts[4]) for parts in found}

    def chosen(self):
        """The messages that were ticked and on which one acts, or acted, with their steps."""
        ticked = self.ticked
        numbers = [int(REFERENCE.fullmatch(each)[2]) for each in ticked]
        rows = Submission.objects.filter(pk__in=had_by(self.standing, numbers))
        found = {each.reference: each for each in rows.defer("message")}
        return {found[each]: seen for each, seen in ticked.items() if each in found}

    def clean_message(self):
        if len(self.cleaned_data["message"]) > MOST_AT_ONCE:
            raise forms.ValidationError(f"Choose {MOST_AT_ONCE} messages or fewer at once")
        chosen, ticked = self.chosen(), self.ticked
        references = {each.reference for each in chosen}
        for reference in ticked:
            if reference not in references:
                raise forms.ValidationError(self.NOT_THEIRS.format(reference=reference))
        return chosen

    def words(self):
        return {"chosen": self.cleaned_data["message"], "text": self.cleaned_data["text"]}
