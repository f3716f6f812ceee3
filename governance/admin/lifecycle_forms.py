"""What administrators ask for of a body, a line or a partner, and what they say to confirm it."""

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect, AdminTextareaWidget
from django.utils import timezone

from governance.actions import lifecycle
from governance.admin.typed import TypedField, TypedLinesField, few
from governance.models import Body, BodyKind, Organisation
from localities.admin_base import REASON_LENGTH
from localities.day_field import in_words

NEW, FIRST = "new", "first"
NEW_NAMES = ("first", "second", "third")

# The admin's styles let the words of a choice have its line; else they have the width of a label.
AS_WIDE_AS_THE_PAGE = {"class": "radiolist"}


class Day(forms.DateField):
    """A day, which browsers let one choose."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options):
        errors = {
            "required": "Enter a day.",
            "invalid": "Enter a day such as 2026-11-22 or 22/11/2026.",
        }
        super().__init__(
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages=errors,
            **options,
        )


class Bodies(forms.ModelChoiceField):
    """One of the bodies that are there, or are to be."""

    typed = TypedField

    def __init__(self, **options):
        super().__init__(queryset=Body.objects.none(), **options)


class ManyBodies(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple(attrs=AS_WIDE_AS_THE_PAGE)
    typed = TypedLinesField

    def __init__(self, **options):
        super().__init__(queryset=Body.objects.none(), **options)


class Organisations(forms.ModelChoiceField):
    """One of the organisations that are there, or are to be."""

    typed = TypedField

    def __init__(self, **options):
        super().__init__(queryset=Organisation.objects.none(), **options)


def offering(field, rows):
    """The field with the rows to choose from, or in their place one in which they are typed."""
    if few(rows.order_by()) is not None:
        field.queryset = rows
        return field
    required = {"required": field.error_messages["required"]}
    typed = field.typed(rows, label=field.label, required=field.required, help_text=field.help_text)
    typed.error_messages |= required
    return typed


class DeedForm(forms.Form):
    """What is asked for: the first step. `given` is what the deed takes."""

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row
        bodies, organisations = Body.objects.named().order_by("name"), Organisation.objects.all()
        for name, field in self.fields.items():
            if isinstance(field, Bodies | ManyBodies | Organisations):
                rows = organisations if isinstance(field, Organisations) else bodies
                rows = rows.exclude(end_date__lt=timezone.localdate()).exclude(pk=self.left_out)
                self.fields[name] = offering(field, rows)

    @property
    def left_out(self):
        """The body that is not offered: the one that closes."""
        return self.row.pk


class RenameForm(DeedForm):
    start_date = Day(label="First day of the new name")
    name = forms.CharField(
        label="New name", max_length=160, error_messages={"required": "Enter the new name."}
    )
    short_name = forms.CharField(
        label="Short name, for charts and lists", required=False, max_length=60
    )

    @property
    def given(self):
        asked = self.cleaned_data
        return {
            "body": self.row,
            "name": asked["name"],
            "short_name": asked["short_name"],
            "from_day": asked["start_date"],
        }


class CloseForm(DeedForm):
    last_day = Day(label="Last day", help_text="The body is there until this day is over.")
    successor = Bodies(
        label="Successor",
        required=False,
        empty_label="No body follows it",
        help_text="What lies before the body lies before its successor from the day after.",
    )

    @property
    def given(self):
        asked = self.cleaned_data
        return {"body": self.row, "last_day": asked["last_day"], "successor": asked["successor"]}


class NewBodyFields(DeedForm):
    """Fields for new bodies, which are of the kind of the old one unless another is chosen."""

    kind = forms.ModelChoiceField(
        label="Kind of the new body", queryset=BodyKind.objects.all(), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = self.row.kind_id

    def new_body(self, name, *, follows=(), mailbox=""):
        """A body of the locality that all those have which it follows."""
        asked = self.cleaned_data
        localities = {body.locality_id for body in (self.row, *follows)}
        return lifecycle.NewBody(
            name=name,
            kind=asked["kind"] or self.row.kind,
            locality=self.row.locality if len(localities) == 1 else None,
            mailbox=mailbox,
        )

    def refuse_addresses(self, *boxes):
        """Refuse names of new bodies of which another body has the address, each at its box."""
        slugs = {
            box: lifecycle.slug_of(self.cleaned_data[box])
            for box in boxes
            if self.cleaned_data.get(box)
        }
        taken = set(Body.objects.filter(slug__in=slugs.values()).values_list("slug", flat=True))
        for box, slug in slugs.items():
            if not slug:
                self.add_error(box, lifecycle.NO_ADDRESS)
            elif slug in taken:
                self.add_error(box, lifecycle.taken(slug))
            taken.add(slug)


class MergeForm(NewBodyFields):
    from_day = Day(label="First day of the merged body")
    others = ManyBodies(
        label="Bodies that merge with it",
        error_messages={"required": "Choose at least one body that merges with it."},
    )
    into = forms.ChoiceField(
        label="What they become", error_messages={"required": "Choose what they become."}
    )
    name = forms.CharField(label="Name of the new body", required=False, max_length=160)
    mailbox = forms.EmailField(label="Its mailbox", required=False)
    field_order = ["from_day", "others", "into", "name", "kind", "mailbox"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(NEW, "A new body, named below"), (self.row.pk, f"{self.row}, which stays")]
        if isinstance(self.fields["others"], ManyBodies):
            choices += [(body.pk, body.name) for body in self.fields["others"].queryset]
        else:
            choices.append((FIRST, "The first body that merges with it, which stays"))
        self.fields["into"].choices = choices

    def clean(self):
        asked = super().clean()
        if asked.get("into") == NEW:
            if not asked.get("name"):
                self.add_error("name", "Enter the name of the new body.")
            self.refuse_addresses("name")
        return asked

    @property
    def given(self):
        asked = self.cleaned_data
        if asked["into"] == NEW:
            into = self.new_body(asked["name"], follows=asked["others"], mailbox=asked["mailbox"])
        elif asked["into"] == FIRST:
            into = asked["others"][0]
        else:
            into = Body.objects.get(pk=asked["into"])
        return {
            "bodies": [self.row, *asked["others"]],
            "into": into,
            "from_day": asked["from_day"],
        }


class SplitForm(NewBodyFields):
    from_day = Day(label="First day of the new bodies")
    first = forms.CharField(
        label="Name of the first new body",
        max_length=160,
        error_messages={"required": "Enter the name of the first new body."},
    )
    second = forms.CharField(
        label="Name of the second",
        max_length=160,
        error_messages={"required": "Enter the name of the second: a split makes two or more."},
    )
    third = forms.CharField(
        label="Name of the third, if there is one", required=False, max_length=160
    )
    successor = forms.ChoiceField(
        label="Which has what lies before the old body",
        choices=[("0", "The first"), ("1", "The second"), ("2", "The third")],
        widget=AdminRadioSelect(attrs=AS_WIDE_AS_THE_PAGE),
        initial="0",
        error_messages={"required": "Choose one of the new bodies."},
    )
    field_order = ["from_day", "first", "second", "third", "kind", "successor"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = "Kind of the new bodies"

    def clean(self):
        asked = super().clean()
        if asked.get("successor") == "2" and not asked.get("third"):
            self.add_error("successor", "There is no third body. Choose another.")
        self.refuse_addresses(*NEW_NAMES)
        return asked

    @property
    def given(self):
        asked = self.cleaned_data
        names = [asked[box] for box in NEW_NAMES if asked[box]]
        into = [self.new_body(name) for name in names]
        return {
            "body": self.row,
            "into": into,
            "from_day": asked["from_day"],
            "successor_of_open_matters": into[int(asked["successor"])],
        }


class MoveLineForm(DeedForm):
    from_day = Day(label="First day of the new line")
    to_body = Bodies(
        label="The body it leads to from then on",
        error_messages={"required": "Choose the body that the line leads to."},
    )

    @property
    def left_out(self):
        return self.row.from_body_id

    @property
    def given(self):
        asked = self.cleaned_data
        return {"line": self.row, "to_body": asked["to_body"], "from_day": asked["from_day"]}


class ChangePartnerForm(DeedForm):
    from_day = Day(label="First day of the successor as a partner")
    successor = Organisations(
        label="Successor",
        error_messages={"required": "Choose the organisation that takes its place."},
    )
    organisation_ends = forms.BooleanField(
        label="The organisation itself ends the day before", required=False
    )

    @property
    def given(self):
        return {"organisation": self.row, **self.cleaned_data}


class ConfirmForm(forms.Form):
    """The second step: what becomes of each thing, why some of it is left, and the reason."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Why this is done, and which body decided it. Kept in the history. Everyone can "
        "read it beside what is new, so leave out people’s names.",
        error_messages={"required": "Enter the reason for this change."},
    )

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = [section.part.key for section in sections]
        for section in sections:
            for item in section.items:
                if len(item.becomes) > 1:
                    self.initial[item.key] = item.choice
                    self.fields[item.key] = forms.ChoiceField(
                        label=item.what,
                        choices=list(item.becomes.items()),
                        widget=AdminRadioSelect(attrs=AS_WIDE_AS_THE_PAGE),
                        required=False,
                    )
            if may_need_reason(section):
                self.fields[left_field(section.part.key)] = forms.CharField(
                    label=f"{section.part.title}: why something is left",
                    max_length=REASON_LENGTH,
                    widget=AdminTextareaWidget(attrs={"rows": 2}),
                    required=False,
                )
        self.order_fields([name for name in self.fields if name != "reason"])

    @property
    def why_left(self):
        """Why something of each part is left, by the key of the part."""
        return {key: self.cleaned_data.get(left_field(key), "") for key in self.parts}


def left_field(key):
    """The name of the field that asks why something of the part with this key is left."""
    return f"left-{key}"


def may_need_reason(section):
    choices = any(item.needs_reason & item.becomes.keys() for item in section.items)
    return section.needs_reason or choices


# --- What is typed in them ------------------------------------------------------------------------


def values_of(field):
    """What a browser would send back for a field that has been filled in."""
    value = field.value()
    if value in (None, "", False):
        return []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def said(form):
    """What is asked for, as pairs of a label and words."""
    pairs = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value in (None, "", False):
            continue
        pairs.append((field.label, words_for(field.field, value)))
    return pairs


def words_for(field, value):
    if isinstance(field, Day):
        return in_words(value)
    if isinstance(field, ManyBodies | TypedLinesField):
        return ", ".join(map(str, value))
    if isinstance(field, forms.BooleanField):
        return "Yes"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return {str(key): label for key, label in field.choices}[str(value)]
    return str(value)
