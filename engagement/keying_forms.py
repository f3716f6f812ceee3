"""What staff key in of what a resident said to them: the resident’s form, told by another."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from engagement.forms import FeedbackForm, too_long
from engagement.languages import NAMES
from engagement.models import Channel
from localities.day_field import DayField

LONGEST_AGO = timedelta(days=366)


class KeyInForm(FeedbackForm):
    """What somebody said by telephone, on paper or in person."""

    channel = forms.ChoiceField(
        label="How did it come?",
        choices=[choice for choice in Channel.choices if choice[0] != Channel.ONLINE],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how it came",
            "invalid_choice": "Choose how it came from the list",
        },
    )
    came_on = DayField(
        label="On which day did it come?",
        help_text=(
            "Such as 22 11 2026. This day is shown with the message. The days to answer are "
            "counted from today, when you key it in."
        ),
        error_messages={
            "required": "Enter the day it came, such as 22 11 2026",
            "too_late": "Enter the day it came: not a day to come",
            "too_early": "Enter a day within the last year, on or after %(limit)s",
        },
    )
    language = forms.ChoiceField(
        label="Which language does the resident speak?",
        help_text="The answer should come in a language they read.",
        required=False,
        choices=[
            ("", "The one it is written in"),
            *sorted(
                ((code, name) for code, name in NAMES.items() if name[0].isupper()),
                key=lambda choice: choice[1],
            ),
        ],
        error_messages={"invalid_choice": "Choose a language from the list"},
    )
    format_needs = forms.CharField(
        label="What do they need to take an answer in?",
        help_text="Such as large print, Easy Read, British Sign Language, or a call back.",
        required=False,
        max_length=200,
        error_messages=too_long("what they need", 200),
    )

    field_order = ["channel", "came_on"]  # as on the page
    CONTENT = (*FeedbackForm.CONTENT, "channel", "language", "format_needs")

    NO_ADDRESS = "Enter their e-mail address, or untick “Tell them by e-mail” below it"
    nhsuk = FeedbackForm.nhsuk | {"language": {"size": "m"}, "format_needs": {"size": "m"}}
    IN_THEIR_NAME = {
        "message": "What did they say?",
        "name": "Their name",
        "email": "Their e-mail address",
        "phone": "Their telephone number",
        "wants_answer": "Tell them by e-mail when there is an answer",
        "may_publish": "They agree that what they said may be published, without their name",
        "may_pass_on": "They agree that those who answer may know who they are",
    }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        today = timezone.localdate()
        self.initial.setdefault("came_on", today)
        self.fields["came_on"].earliest = today - LONGEST_AGO
        self.fields["came_on"].latest = today
        for name, label in self.IN_THEIR_NAME.items():
            self.fields[name].label = label
        message = self.fields["message"]
        message.help_text = (
            "As near to their own words as you can. Leave out names, and details of people’s "
            "health that nobody needs."
        )
        message.error_messages["required"] = "Enter what they said"
        for name in ("place", "name", "email", "phone"):
            # A browser would fill in those of who types.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name, what in (
            ("name", "their name"),
            ("email", "their e-mail address"),
            ("phone", "their telephone number"),
        ):
            longest = self.fields[name].max_length
            self.fields[name].error_messages |= too_long(what, longest)
        self.fields["phone"].error_messages["invalid"] = (
            "Enter their whole telephone number, such as 07700 900123"
        )
        self.fields[
            "may_pass_on"
        ].help_text = "Otherwise only the engagement team knows who they are."

    def content(self):
        return super().content() | {"came_on": self.cleaned_data["came_on"].isoformat()}

    def carried(self, *, but_not=()):
        came_on = self.cleaned_data["came_on"]
        boxes = {name: getattr(came_on, name) for name in ("day", "month", "year")}
        day = {f"came_on_{name}": number for name, number in boxes.items()}
        return [*super().carried(but_not=but_not), *day.items()]
