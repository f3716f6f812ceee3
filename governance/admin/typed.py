"""Choices of what there may be thousands of: a list while they are few, else typed by name.

A page with a drop-down of every body for each of its lines would grow with the structure. Where a
script would look names up as one types, the answer to a part of a name is the page again, with
what it may mean.
"""

import re
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.db.models import Q

from governance.as_on import shortened
from governance.models import Body, BodyName, Organisation, Seat, User

MOST_LISTED = 200
MOST_MEANT = 10  # rows that a refusal names
MOST_WORDS = 8  # of a text, by which rows are looked for

IN_BRACKETS = re.compile(r".*\(([^()]+)\)\s*", re.DOTALL)


@dataclass(frozen=True)
class KnownBy:
    """How rows of a kind are typed: by the field that stands in brackets, or by their names."""

    noun: str
    key: str
    names: tuple
    of_body: str = ""  # the field of the body whose names these are

    def label(self, row):
        named = f"{row.body}: {row}" if isinstance(row, Seat) else str(row)
        return f"{named} ({getattr(row, self.key)})"

    def called(self, rows, lookup, *words):
        """The rows of which some name fits each of the words."""
        fits = Q()
        for word in words:
            one = Q()
            for name in self.names:
                one |= Q(**{f"{name}__{lookup}": word})
            fits &= one
        if not self.of_body:
            return rows.filter(fits)
        return rows.filter(**{f"{self.of_body}__in": BodyName.objects.filter(fits).values("body")})


NAMES = ("name", "short_name")
TYPED = {
    Body: KnownBy("body", "slug", NAMES, of_body="pk"),
    Organisation: KnownBy("organisation", "slug", NAMES),
    Seat: KnownBy("seat", "pk", NAMES, of_body="body"),
    User: KnownBy("person", "username", ("first_name", "last_name")),
}


class Text(str):
    """What was typed into the box, as against the key of a row."""


class TypedField(forms.ModelChoiceField):
    """One of many rows, by its name or by what stands in brackets after it.

    The copies of a field on one page share what they have found, so that each text is looked for
    once.
    """

    widget = forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"})

    def __init__(self, queryset, **options):
        super().__init__(queryset, **options)
        self.known_by = TYPED[queryset.model]
        self.found = {}  # by what is typed
        noun = self.known_by.noun
        self.error_messages["required"] = f"Type the name of the {noun}."
        self.help_text = (
            f"{self.help_text} Type its name, or a part of it to see what fits.".strip()
        )

    def get_bound_field(self, form, field_name):
        chosen = getattr(getattr(form, "instance", None), field_name, None)
        if chosen is not None:
            self.found[self.known_by.label(chosen)] = chosen
        return super().get_bound_field(form, field_name)

    def bound_data(self, data, initial):
        return initial if data is None else Text(data)

    def prepare_value(self, value):
        if isinstance(value, Text):
            row = self.found.get(value)
        else:
            row = value if hasattr(value, "pk") else self.row_of(value)
        return self.known_by.label(row) if row else value

    def row_of(self, key):
        """The row with a primary key, which an address may give too."""
        if not str(key or "").isdecimal():
            return None
        known = (row for row in self.found.values() if str(row.pk) == str(key))
        return next(known, None) or self.queryset.filter(pk=key).first()

    def has_changed(self, initial, data):
        try:
            row = self.to_python(data)
        except forms.ValidationError:
            return True
        return str(row.pk if row else "") != str("" if initial is None else initial)

    def to_python(self, value):
        text = " ".join((value or "").replace("\x00", "\ufffd").split())
        if not text:
            return None
        if text not in self.found:
            self.found[text] = self.row_called(text)
        return self.found[text]

    def row_called(self, text):
        known_by, rows = self.known_by, self.queryset
        in_brackets = IN_BRACKETS.fullmatch(text)
        key = in_brackets[1] if in_brackets else text
        if known_by.key != "pk" or key.isdecimal():
            row = rows.filter(**{known_by.key: key}).first()
            if row is not None:
                return row
        exactly = known_by.called(rows, "iexact", text)[:2]
        if len(exactly) == 1:
            return exactly[0]
        meant = known_by.called(rows, "icontains", *text.split()[:MOST_WORDS])
        self.refuse(text, list(meant[: MOST_MEANT + 1]))

    def refuse(self, text, meant):
        """Say which rows may be meant."""
        said = f"No {self.known_by.noun} is called “{shortened(text)}”. Type a part of its name."
        if meant:
            labels = "; ".join(self.known_by.label(row) for row in meant[:MOST_MEANT])
            more = "; and more: type more of its name" if len(meant) > MOST_MEANT else ""
            said = f"Type one of these as it stands here: {labels}{more}."
        raise forms.ValidationError(said, code="invalid_choice")


class TypedLinesField(TypedField):
    """Several rows, one in each line."""

    widget = forms.Textarea(attrs={"class": "vLargeTextField", "rows": 4})

    def __init__(self, queryset, **options):
        super().__init__(queryset, **options)
        self.help_text += " One in each line."

    def to_python(self, value):
        rows = []
        for line in (value or "").splitlines():
            if row := super().to_python(line):
                rows.append(row)
        return list(dict.fromkeys(rows))


def few(rows):
    """The rows in a list, or None where there are too many to choose from one."""
    found = list(rows[: MOST_LISTED + 1])
    return found if len(found) <= MOST_LISTED else None


class OfFew(admin.RelatedFieldListFilter):
    """A filter of a list by what there may be too many of to be listed: then it is not there."""

    def field_choices(self, field, request, model_admin):
        choices = super().field_choices(field, request, model_admin)
        return choices if len(choices) <= MOST_LISTED else []
