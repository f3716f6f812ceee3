"""Drop-downs of what grows with the years: the newest, and always what is chosen already."""

from datetime import timedelta

from django import forms
from django.db.models import Case, When
from django.utils import timezone

from governance.models import Body, Decision, Document, Meeting
from governance.structure import structure_today
from governance.way_up import reached

OFFERED = 50


class NewestField(forms.ModelChoiceField):
    """One of the rows that a page offers, or the one that the row of the form has already.

    All forms of a page share the choices, so that they are asked for once.
    """

    def get_bound_field(self, form, field_name):
        chosen = getattr(form.instance, field_name, None)
        if chosen is not None and not self.offers(chosen):
            self.choices = [*self.choices, (chosen.pk, str(chosen))]
        return super().get_bound_field(form, field_name)

    def to_python(self, value):
        row = super().to_python(value)
        if row is not None and not self.offers(row):
            self.refuse(value)
        return row

    def offers(self, row):
        return any(key == row.pk for key, _ in self.choices)

    def refuse(self, value):
        raise forms.ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )


# What is said to who wants another one.
REFUSALS = {
    Decision: (
        "Choose one of the decisions listed: the newest, first those of this body and of the "
        "bodies above it. To name an older one, write its title and its day as the source."
    ),
    Meeting: (
        f"Choose one of the meetings listed: the {OFFERED} that were last, first those of its "
        "body. For an older one, save the decision with its body first: then more are listed."
    ),
    Document: (
        f"Choose one of the documents listed: the {OFFERED} that were added last. To use an older "
        "one, add it again under Documents. It is then the first of the list."
    ),
}


def newest_of(model, rows, edited):
    """Those of the rows that the page of what is edited offers."""
    if model is Document:
        return rows.order_by("-pk")[:OFFERED]
    if model is Meeting:
        return newest_meetings(rows, getattr(edited, "body_id", None))
    # By when they were written down: old ones are noted for what is recorded now.
    order, near = ["-pk"], near_to(edited)
    if near:
        order.insert(0, Case(When(body__in=near, then=0), default=1))
    return rows.defer("text").order_by(*order)[:OFFERED]


def newest_meetings(rows, body):
    """Those that have begun: what is decided at one is noted afterwards."""
    order = ["-starts_at", "-pk"]
    if body is not None:
        order.insert(0, Case(When(body=body, then=0), default=1))
    return rows.filter(starts_at__lte=timezone.now() + timedelta(days=1)).order_by(*order)[:OFFERED]


def near_to(row):
    """The body that a row is, or is of, and the bodies above it, by primary key."""
    if isinstance(row, Body):
        body = row.pk
    else:
        body = getattr(row, "body_id", None) or getattr(row, "from_body_id", None)
    if body is None:
        return set()
    return {body} | {line.to_body.pk for line in reached(structure_today(), body)}
