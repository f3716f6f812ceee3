"""Which part of a list is shown, as its address says; what a form does not know, it says."""

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.matters import Pile, piles, piles_for, visible_to
from governance.models import Escalation, EscalationWords
from governance.models.escalation import year_and_number
from governance.ranges import Order, Place
from governance.workflow import OPEN_STATUSES, EscalationStatus

ALL, BODY = _("All"), _("Body")
NO_SUCH_PAGE = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("There is no such page. Start from the first")
)


class KeyField(forms.IntegerField):
    """Where a page of a list goes on, or the number of the page."""

    widget = forms.HiddenInput

    def __init__(self, highest=2**63 - 1):
        super().__init__(
            required=False, min_value=1, max_value=highest, error_messages=NO_SUCH_PAGE
        )


class PlaceField(KeyField):
    """Where a page of a list goes on that is in the order of due days: a day, and a key.

    A matter whose clock does not run has no day.
    """

    def to_python(self, value):
        day, point, key = (value or "").strip().rpartition(".")
        key = super().to_python(key)
        if key is None:
            return None
        if not point:
            return Place(None, key, has_day=False)
        try:
            return Place(date.fromisoformat(day) if day else None, key)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def run_validators(self, value):
        super().run_validators(value.key if value else value)


class PageForm(forms.Form):
    """Which page of a list that knows no page numbers."""

    before = KeyField()
    after = KeyField()


class WordsField(forms.CharField):
    """Words that rows of the list have in them."""

    def __init__(self, **options):
        super().__init__(
            label="Reference, or words in it",
            required=False,
            max_length=120,
            error_messages={"max_length": "Search for 120 characters or fewer"},
            **options,
        )


class OneOf(forms.ChoiceField):
    """All rows, or those of one choice; of a choice that there is not, `unknown` is said."""

    def __init__(self, label, *, unknown, **options):
        super().__init__(
            label=label, required=False, error_messages={"invalid_choice": unknown}, **options
        )

    @property
    def leaves_a_choice(self):
        return len([each for each in self.choices if each[0]]) > 1


class OneBody(OneOf):
    def __init__(self, label=BODY):
        super().__init__(label, unknown=_("There is no body “%(value)s”. Choose one listed"))


class ListForm(forms.Form):
    """The filters of a list. Nothing chosen is the same as the first choice of each."""

    nhsuk = {"*": {"optional": False}}
    purpose = _("Filter this list")
    in_order = ()  # the fields that leave nothing out

    def offer(self, name, choices, everything=ALL):
        """Let one of these be chosen, or all of them."""
        self.fields[name].choices = [("", everything), *choices]

    def offer_bodies(self, bodies):
        self.bodies = {body.slug: body for body in bodies}
        self.offer("body", [(slug, body.short_name) for slug, body in self.bodies.items()])

    @property
    def asked(self):
        """What was asked for, as it stands in an address, without the page."""
        values = {each.name: self.cleaned_data.get(each.name) for each in self.visible_fields()}
        return {name: "on" if value is True else value for name, value in values.items() if value}

    @property
    def shown(self):
        """The filters, but those that have nothing to choose between."""
        fields = self.visible_fields()
        return [each for each in fields if getattr(each.field, "leaves_a_choice", True)]

    @property
    def filters_set(self):
        """The filters that leave something out, as they are called."""
        fields = (self[name] for name in self.asked if name not in self.in_order)
        return [each.label for each in fields if self.asked[each.name] != first_choice(each.field)]

    @property
    def is_narrowed(self):
        return bool(self.filters_set)

    @property
    def summary(self):
        """What stands over the filters, which are folded away while none is set."""
        if not self.filters_set:
            return self.purpose
        number = len(self.filters_set)
        sentence = ngettext(
            "%(number)s filter is set: %(filters)s",
            "%(number)s filters are set: %(filters)s",
            number,
        )
        return sentence % {"number": number, "filters": " · ".join(map(str, self.filters_set))}

    def query(self, **page):
        """The address of a page with the same filters, from after its question mark on."""
        return urlencode(self.asked | page)


def first_choice(field):
    """What is listed where nothing is chosen; None where there are no choices."""
    return next(iter(field.choices))[0] if isinstance(field, OneOf) else None


class NarrowForm(ListForm):
    """Which matters are listed, by what they are, and in which order."""

    q = WordsField()
    body = OneBody()
    category = OneOf(
        "Kind",
        unknown="There is no kind “%(value)s”. Choose one listed",
        choices=[("", "All"), *Escalation.Category.choices],
    )
    order = OneOf(
        "Order",
        unknown="There is no order “%(value)s”. Choose one listed",
        choices=Order.choices,
    )
    nhsuk = {**ListForm.nhsuk, "q": {"width": 20}}
    purpose, in_order = "Find, filter or sort", ("order",)

    def __init__(self, data, *, bodies, order, **options):
        """`order` is the one that holds where none is asked for."""
        if not data.get("order"):
            data = data.copy()
            data["order"] = order
        super().__init__(data, **options)
        self.offer_bodies(bodies)

    def narrowed(self, ranges):
        """Those that were asked for, of ranges of matters."""
        asked = self.cleaned_data
        if asked["q"]:
            is_one = year_and_number(asked["q"]) is not None
            ranges = ranges.parted(
                lambda matters: matters.ways_to_find(asked["q"], written=self.written),
                are_found_first=is_one or not self.written.are_many,
            )
        if asked["body"]:
            body = self.bodies[asked["body"]].pk
            ranges = ranges.parted(lambda matters: matters.involving(body))
        if asked["category"]:
            ranges = ranges.narrowed(lambda matters: matters.of_category(asked["category"]))
        return ranges

    @cached_property
    def written(self):
        """What has the words asked for, so that no list asks anew how many have."""
        return EscalationWords.objects.matching(self.cleaned_data["q"])

    @property
    def chosen_order(self):
        return self.cleaned_data["order"]


class EscalationFilterForm(NarrowForm):
    """Which matters a list shows."""

    OPEN = "open"

    status = OneOf("Status", unknown="There is no status “%(value)s”. Choose one listed")
    before = PlaceField()
    after = PlaceField()
    field_order = ["q", "status", "body", "category", "order"]

    def __init__(self, data, *, standing, **options):
        super().__init__(data, **options)
        self.standing = standing
        choices = [(self.OPEN, "Open")]
        if mine := piles_for(standing):
            choices.append(("Before my bodies and me", [(pile.value, pile.label) for pile in mine]))
        self.offer("status", [*choices, ("Where it stands", EscalationStatus.choices)])

    def clean(self):
        for name in ("before", "after"):
            place = self.cleaned_data.get(name)
            if place and place.has_day != (self.cleaned_data.get("order") == Order.DUE):
                self.add_error(name, NO_SUCH_PAGE["invalid"])

    def found(self):
        """The matters that were asked for, of those that the person may see."""
        status = self.cleaned_data["status"]
        if status in Pile.values:
            return self.narrowed(piles(self.standing)[status])
        found = self.narrowed(visible_to(self.standing))
        if status == self.OPEN:
            return found.narrowed(lambda matters: matters.filter(is_open=True), are_open=True)
        if status:
            is_open = status in OPEN_STATUSES
            return found.narrowed(lambda matters: matters.filter(status=status), are_open=is_open)
        return found


class ActionPointFilterForm(ListForm):
    """Which action points a list shows."""

    show = OneOf(
        "Show",
        unknown="There is no list “%(value)s”. Choose one listed",
        choices=[("", "Open"), ("overdue", "Overdue"), ("done", "Done")],
    )
    body = OneBody()

    def __init__(self, *args, bodies, **options):
        super().__init__(*args, **options)
        self.offer_bodies(bodies)

    def apply(self, points):
        """The action points that were asked for, of those given."""
        asked = self.cleaned_data
        if asked["body"]:
            points = points.filter(body=self.bodies[asked["body"]].pk)
        if asked["show"] == "done":
            return points.filter(is_open=False).order_by("-done_on", "-pk")
        if asked["show"] == "overdue":
            points = points.filter(due_on__lt=timezone.localdate())
        return points.filter(is_open=True).order_by("due_on", "pk")
