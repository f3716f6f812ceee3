"""A day typed into three boxes, read as forgivingly as a person would read it."""

import re
from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

MONTHS = (
    "january february march april may june july august september october november december"
).split()
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200

EXAMPLE = "22 11 2026"
A_FORTNIGHT = timedelta(days=14)


class DayInput(forms.MultiWidget):
    """Boxes for the day, the month and the year, named `<field>_day` and so on."""

    def __init__(self, attrs=None):
        boxes = dict.fromkeys(("day", "month", "year"), forms.TextInput)
        super().__init__(widgets=boxes, attrs=attrs)

    def decompress(self, value):
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DayField(forms.Field):
    """A day; the month may be a number or a name, and a whole date may stand in the first box."""

    widget = DayInput
    default_error_messages = {
        "required": _("Enter a day, such as 22 11 2026"),
        "invalid": _("Enter a real day, such as 22 11 2026"),
        "no_day": _("Enter the day too, such as 22 11 2026"),
        "no_month": _("Enter the month too, such as 22 11 2026"),
        "no_year": _("Enter the year too, such as 22 11 2026"),
        "no_day_month": _("Enter the day and month too, such as 22 11 2026"),
        "no_day_year": _("Enter the day and year too, such as 22 11 2026"),
        "no_month_year": _("Enter the month and year too, such as 22 11 2026"),
        "year": _("Write the year in four digits, such as 2026"),
        "too_early": _("Enter a day on or after %(limit)s"),
        "too_late": _("Enter a day on or before %(limit)s"),
    }

    def __init__(self, *, earliest=None, latest=None, **kwargs):
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def take_none_before(self, day):
        """Refuse earlier days; then the example in all sentences is a day that would be taken."""
        self.earliest = day
        coming = day + A_FORTNIGHT
        example = f"{coming.day} {coming.month} {coming.year}"
        self.help_text = str(self.help_text).replace(EXAMPLE, example)
        self.error_messages = {
            code: str(sentence).replace(EXAMPLE, example)
            for code, sentence in self.error_messages.items()
        }

    def to_python(self, value):
        if value is None or isinstance(value, date):
            return value
        boxes = [in_our_digits((box or "").strip()) for box in value]
        words = re.findall(r"[^\s/.,-]+", " ".join(boxes))
        if not words:
            return None
        if len(words) < 3:
            self.refuse_incomplete(boxes)
        if len(words) != 3:
            self.refuse("invalid")
        if re.fullmatch(r"[0-9]{4}", words[0]):  # 2026-11-22
            words.reverse()
        return self.day(*words)

    def day(self, day, month, year):
        """The day meant by three words."""
        day = re.fullmatch(r"([0-9]{1,2})(st|nd|rd|th)?", day, re.IGNORECASE | re.ASCII)
        if not day:
            self.refuse("invalid")
        month = self.month(month)
        if re.fullmatch(r"[0-9]{2}", year):
            self.refuse("year")
        if not re.fullmatch(r"[0-9]{4}", year):
            self.refuse("invalid")
        if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
            self.refuse("invalid")
        try:
            return date(int(year), month, int(day[1]))
        except ValueError:
            self.refuse("invalid")

    def month(self, word):
        """The month by its number, or by its name written out or cut short."""
        if re.fullmatch(r"[0-9]{1,2}", word):
            return int(word)
        for number, name in enumerate(MONTHS, start=1):
            if len(word) >= 3 and name.startswith(word.lower()):
                return number
        for number in range(1, 13):  # in the language of the page
            if date_format(date(2000, number, 1), "F").lower() == word.lower():
                return number
        self.refuse("invalid")

    def validate(self, value):
        super().validate(value)
        if value and self.earliest and value < self.earliest:
            self.refuse("too_early", limit=in_words(self.earliest))
        if value and self.latest and value > self.latest:
            self.refuse("too_late", limit=in_words(self.latest))

    def refuse_incomplete(self, boxes):
        parts = zip(("day", "month", "year"), boxes, strict=True)
        missing = [part for part, box in parts if not box]
        self.refuse("_".join(["no", *missing]) if missing else "invalid")

    def refuse(self, code, **params):
        raise ValidationError(self.error_messages[code], code=code, params=params)


def in_words(day):
    """“22 November 2026”, as the language of the page writes it."""
    return date_format(day)


def in_our_digits(text):
    """The same with digits of any script, such as ২২, as ours."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
