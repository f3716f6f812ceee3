"""What officers note of a measure."""

import math

from django import forms
from django.utils import timezone

from localities.day_field import DayField

NO_FIGURE = "Enter the figure in digits, such as 81.4"


class ReadingForm(forms.Form):
    """What a measure was, for a period that ended on a day."""

    value = forms.CharField(
        label="The figure",
        max_length=20,
        error_messages={"required": NO_FIGURE, "max_length": NO_FIGURE},
    )
    measured_on = DayField(
        label="The last day of the period",
        error_messages={"required": "Enter the last day of the period, such as 31 10 2026"},
    )
    note = forms.CharField(
        label="A note",
        max_length=300,
        required=False,
        help_text="Public, such as “Figures for one hospital are missing”.",
        error_messages={"max_length": "Shorten the note to 300 characters"},
    )
    source_title = forms.CharField(
        label="Where the figure is from",
        max_length=200,
        required=False,
        error_messages={"max_length": "Shorten where it is from to 200 characters"},
    )
    source_url = forms.URLField(
        label="Its web address",
        max_length=400,
        required=False,
        assume_scheme="https",
        error_messages={
            "invalid": "Enter a web address in full, such as https://example.org/figures",
            "max_length": "Shorten the web address to 400 characters",
        },
    )
    may_replace = forms.BooleanField(
        label="It puts right what was noted for this day",
        required=False,
    )
    nhsuk = {
        "value": {"width": 5},
        **{name: {"optional": False} for name in ("note", "source_title", "source_url")},
    }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["measured_on"].latest = timezone.localdate()

    def clean_value(self):
        """A number, with a comma for thousands and a % sign if someone types them."""
        typed = self.cleaned_data["value"].replace(",", "").replace("%", "").strip()
        try:
            value = float(typed)
        except ValueError:
            raise forms.ValidationError(NO_FIGURE) from None
        if not math.isfinite(value) or abs(value) > 10**12:
            raise forms.ValidationError(NO_FIGURE)
        return value
