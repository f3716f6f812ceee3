"""Whether the page of a row in the admin still shows what is there: somebody may have saved since.

The page carries a mark of what it shows. Who sends it back when there is something else has not
seen what would be overwritten. A form without a mark was written by no page, and is taken.
"""

import hashlib
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.forms.models import _get_foreign_key
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from localities.admin_history import called

SIGNING_IN = {"last_login"}  # which is no edit of a person, and writes this
LONGEST_TOLD = 200  # characters of a value


class ChangedSince(ValidationError):
    """Somebody has changed what the page shows since it was opened."""


def mark_of(page):
    """A mark of what can be edited on a page, given as the rows of each model on it."""
    shown = [
        [
            [getattr(row, name) for name in edited(type(row))]
            + [sorted(each.pk for each in getattr(row, name).all()) for name in chosen(type(row))]
            for row in sorted(rows, key=by_key)
        ]
        for rows in page
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def by_key(row):
    return row.pk


def edited(model):
    """Its columns in forms; translations have boxes of their own there."""
    return [
        field.attname
        for field in model._meta.concrete_fields
        if (field.editable and field.name not in SIGNING_IN)
        or field.primary_key
        or field.name == "translations"
    ]


def chosen(model):
    """The fields by which it has any number of other rows."""
    return [field.name for field in model._meta.many_to_many if field.editable]


def rows_of_page(request, row, inlines):
    """The rows on a page as they are now; `row` was read just before."""
    yield [row]
    for inline in inlines:
        yield list(inline.get_queryset(request).filter(**{key_to(row, inline): row.pk}))


def key_to(row, inline):
    return _get_foreign_key(type(row), inline.model, inline.fk_name).attname


# --- In sentences ---------------------------------------------------------------------------------


def said_of_change(row, inlines):
    """Who changed it last, when and why, and what to do."""
    on_page = [(type(row), row._meta.pk.attname)]
    on_page += [(inline.model, key_to(row, inline)) for inline in inlines]
    versions = [
        model.history.filter(**{key: row.pk}).order_by("-history_date", "-history_id").first()
        for model, key in on_page
        if hasattr(model, "history")
    ]
    if not hasattr(type(row), "history"):
        versions = []  # what was changed may be the row itself, and nobody knows who did
    latest = max(filter(None, versions), key=lambda each: each.history_date, default=None)
    if latest is None:
        told = "Somebody else changed this after you had opened it."
    else:
        who = latest.history_user or "The portal"
        what = "this" if latest.instance_type is type(row) else f"“{called(latest)}” here"
        when = date_format(timezone.localtime(latest.history_date), "j F Y, H:i")
        told = f"{who} changed {what} on {when}, after you had opened it."
        if latest.history_change_reason:
            told += f" Reason: “{latest.history_change_reason.rstrip('.')}”."
    return (
        f"Nothing was saved. {told} What you typed is still here. Some fields say what they are "
        "now: type that where you do not mean to change it. “History” tells all that is different. "
        "Then save again."
    )


def as_it_is(row, name):
    """What a field of a row is now, for whoever typed something else."""
    field = row._meta.get_field(name)
    value = getattr(row, f"get_{name}_display")() if field.choices else getattr(row, name)
    if field.many_to_many:
        value = ", ".join(map(str, value.all()))
    if value is None or value == "":
        return "It is empty now."
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, datetime):
        value = date_format(timezone.localtime(value), "j F Y, H:i")
    elif isinstance(value, date):
        value = date_format(value)
    return f"It is “{Truncator(value).chars(LONGEST_TOLD)}” now."
