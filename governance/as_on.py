"""The day a page shows: `?as_on=2026-11-22`, and today when the address names none.

    @on_the_day_asked
    def body_page(request, as_on, slug):
        structure = structure_on(as_on.day)
        return render(request, "governance/body_detail.html", {"as_on": as_on, …})

Templates begin with `{% include "governance/_as_on.html" %}` (the banner) and add
`{{ as_on.query }}` to every link to a page that has days, so that a reader stays on the day.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import wraps

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone

from localities.day_field import DayField

PARAMETER = "as_on"
BOXES = tuple(f"{PARAMETER}_{part}" for part in ("day", "month", "year"))
LENGTH_SHOWN = 40  # of what was typed, in the sentence that refuses it


class DayForm(forms.Form):
    """Choose the day to look at."""

    as_on = DayField(
        label="Look at another day",
        help_text="A past day, or a day to come, such as 22 11 2026.",
        error_messages={"required": "Enter a day, such as 22 11 2026"},
    )


class BadDay(Exception):
    """What the address asks for is not a day; `form` holds what was typed, and the sentence."""

    def __init__(self, form):
        super().__init__(" ".join(form.errors[PARAMETER]))
        self.form = form


@dataclass(frozen=True)
class AsOn:
    """The day a page shows, seen from today."""

    day: date
    today: date
    is_asked: bool  # whether the address names it
    today_url: str  # the same page today

    @property
    def is_today(self):
        return self.day == self.today

    @property
    def is_planned(self):
        return self.day > self.today

    @property
    def query(self):
        """What a link to another page with days must carry on."""
        return f"?{PARAMETER}={self.day.isoformat()}" if self.is_asked else ""

    @property
    def and_query(self):
        """The same, behind another parameter."""
        return self.query.replace("?", "&")

    @property
    def chooser(self):
        """The form that asks for another day, filled in with this one."""
        return DayForm(initial={PARAMETER: None if self.is_today else self.day})


def on_the_day_asked(view):
    """Hand a view the day asked for as `as_on`; answer an impossible one with a sentence."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            if any(box in request.GET for box in BOXES):
                return redirect(address_of(request, day_in_boxes(request.GET)))
            as_on = day_asked(request)
        except BadDay as refusal:
            context = {"form": refusal.form, "today_url": address_of(request)}
            return render(request, "governance/bad_day.html", context, status=400)
        return view(request, *args, as_on=as_on, **kwargs)

    return answer


def day_asked(request):
    """The day the address asks for; raises `BadDay` when it names something else."""
    typed = request.GET.get(PARAMETER, "").replace("\x00", "\ufffd").strip()
    today = timezone.localdate()
    return AsOn(
        day=iso_day(typed) if typed else today,
        today=today,
        is_asked=bool(typed),
        today_url=address_of(request),
    )


def iso_day(typed):
    """The day written as `2026-11-22` and in no other way: one day has one address."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
        try:
            return date.fromisoformat(typed)
        except ValueError:
            pass
    shown = typed if len(typed) <= LENGTH_SHOWN else typed[: LENGTH_SHOWN - 1] + "…"
    form = DayForm({BOXES[0]: shown})
    form.errors.clear()
    form.add_error(PARAMETER, f"“{shown}” is not a day. Enter one such as 22 11 2026")
    raise BadDay(form)


def day_in_boxes(typed):
    """The day typed into the three boxes of the form."""
    form = DayForm(typed)
    if not form.is_valid():
        raise BadDay(form)
    return form.cleaned_data[PARAMETER]


def address_of(request, day=None):
    """The address of this page for another day, or for today."""
    rest = request.GET.copy()
    for name in (PARAMETER, *BOXES):
        rest.pop(name, None)
    if day is not None and day != timezone.localdate():
        rest[PARAMETER] = day.isoformat()
    query = rest.urlencode()
    return f"{request.path}?{query}" if query else request.path
