"""The day a page shows: `?as_on=2026-11-22`, and today when the address names none.

Beside it stands `?known_on=`: what the portal had recorded of that day at the end of another one
(`2026-03-03`) or at a moment (`2026-03-03T14:05:00Z`), instead of what we know of it now.

    @on_the_day_asked
    def body_page(request, as_on, slug):
        structure = structure_on(as_on.day, as_on.known_on)
        return render(request, "governance/body_detail.html", {"as_on": as_on, …})

Templates begin with `{% include "governance/_as_on.html" %}` (the banner) and add
`{{ as_on.query }}` to every link to a page that has days, so that a reader stays on the day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import wraps
from urllib.parse import urlencode

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from localities.day_field import DayField, in_words

PARAMETER, KNOWN = "as_on", "known_on"
COMPARED = "compared_with"  # the earlier day with which the chart of the structure is compared


def boxes_of(name):
    return tuple(f"{name}_{part}" for part in ("day", "month", "year"))


BOXES, KNOWN_BOXES = boxes_of(PARAMETER), boxes_of(KNOWN)
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# A + that is not written %2B in an address arrives as a blank.
MOMENT = (
    rf"({DAY}T[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{1,6}})?)?)"
    r"(Z|[+ -][0-9]{2}:[0-9]{2})?"
)
LENGTH_SHOWN = 40  # of what was typed, in the sentence that refuses it
NOT_A_DAY = gettext_lazy("“{typed}” is not a day. Enter one such as 22 11 2026")
NOT_A_MOMENT = gettext_lazy(
    "“{typed}” is neither a day nor a moment. Enter a day such as 22 11 2026"
)
STILL_TO_COME = gettext_lazy(
    "“{typed}” is still to come. Enter today, or a day on which something was recorded"
)


class DayForm(forms.Form):
    """Choose the day to look at, and perhaps when what is shown of it had been recorded."""

    as_on = DayField(
        label=gettext_lazy("Look at another day"),
        help_text=gettext_lazy("A past day, or a day to come, such as 22 11 2026."),
        error_messages={"required": gettext_lazy("Enter a day, such as 22 11 2026")},
    )
    known_on = DayField(
        label=gettext_lazy("As the portal had recorded it on"),
        help_text=gettext_lazy("Leave this empty to see the day as we know it now."),
        required=False,
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        if data is not None:
            # Who only asks when it had been recorded means today.
            known_is_asked = any(data.get(box, "").strip() for box in KNOWN_BOXES)
            self.fields[PARAMETER].required = not known_is_asked and self.asks_for(PARAMETER)

    def asks_for(self, name):
        """Whether the boxes of a field were there to be filled in."""
        return any(box in self.data for box in boxes_of(name))

    @property
    def asked(self):
        """The fields whose boxes were there."""
        return [self[name] for name in (PARAMETER, KNOWN) if self.asks_for(name)]

    def clean_known_on(self):
        day = self.cleaned_data[KNOWN]
        if day and day > timezone.localdate():
            raise forms.ValidationError(STILL_TO_COME.format(typed=in_words(day)))
        return day


class BadDay(Exception):
    """What the address asks for is not a day; `form` holds what was typed, and the sentence."""

    def __init__(self, form):
        super().__init__(" ".join(sentence for each in form.errors.values() for sentence in each))
        self.form = form


@dataclass(frozen=True)
class AsOn:
    """The day a page shows, seen from today, and when what is shown of it had been recorded."""

    day: date
    today: date
    is_asked: bool  # whether the address names it
    today_url: str  # the same page today, as we know it now
    known_on: datetime | None = None  # None: as we know it now
    known_address: str = ""  # how an address writes that moment
    others: tuple = ()  # what else the address asks for, as pairs

    @property
    def is_today(self):
        return self.day == self.today

    @property
    def is_now(self):
        """Whether this is today, as we know it now."""
        return self.is_today and self.known_on is None

    @property
    def is_planned(self):
        return self.day > self.today

    @property
    def known_words(self):
        """“3 March 2026”, with the time unless it is the end of that day."""
        if self.known_on is None:
            return ""
        local = timezone.localtime(self.known_on)
        is_whole_day = re.fullmatch(DAY, self.known_address)
        if is_whole_day:
            return in_words(local)
        return _("%(day)s at %(time)s") % {"day": in_words(local), "time": f"{local:%H:%M}"}

    @property
    def sentence(self):
        """What the banner says of a day that is not today, or not as we know it now."""
        said = {"day": in_words(self.day), "known": self.known_words}
        if self.known_on is None:
            if self.is_planned:
                sentence = _("You are looking at the structure as planned for %(day)s.")
            else:
                sentence = _("You are looking at the structure as it was on %(day)s.")
        elif self.is_today:
            sentence = _(
                "You are looking at the structure of today, as the portal had recorded it on "
                "%(known)s."
            )
        elif self.is_planned:
            sentence = _(
                "You are looking at the structure as planned for %(day)s, as the portal had "
                "recorded it on %(known)s."
            )
        else:
            sentence = _(
                "You are looking at the structure as it was on %(day)s, as the portal had recorded "
                "it on %(known)s."
            )
        return sentence % said

    @property
    def query(self):
        """What a link to another page with days must carry on."""
        carried = {PARAMETER: self.day.isoformat()} if self.is_asked else {}
        if self.known_on is not None:
            carried[KNOWN] = self.known_address
        return f"?{urlencode(carried)}" if carried else ""

    @property
    def and_query(self):
        """The same, behind another parameter."""
        return self.query.replace("?", "&")

    @property
    def and_known(self):
        """What a link to another day must carry on, behind that day."""
        known = "" if self.known_on is None else self.known_address
        return f"&{urlencode({KNOWN: known})}" if known else ""

    @property
    def chooser(self):
        """The form that asks for another day, filled in with this one."""
        known = None if self.known_on is None else timezone.localdate(self.known_on)
        return DayForm(initial={PARAMETER: None if self.is_today else self.day, KNOWN: known})


def on_the_day_asked(view):
    """Hand a view the day asked for as `as_on`; answer an impossible one with a sentence."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            if any(box in request.GET for box in (*BOXES, *KNOWN_BOXES)):
                return redirect(address_of_boxes(request))
            as_on = day_asked(request)
        except BadDay as refusal:
            shown = [field.name for field in refusal.form.asked]
            context = {
                "form": refusal.form,
                "others": others(request, but=shown),
                "today_url": address_of(request),
            }
            return render(request, "governance/bad_day.html", context, status=400)
        return view(request, *args, as_on=as_on, **kwargs)

    return answer


def day_asked(request):
    """The day the address asks for; raises `BadDay` when it names something else."""
    typed, known = (
        request.GET.get(name, "").replace("\x00", "\ufffd").strip() for name in (PARAMETER, KNOWN)
    )
    today = timezone.localdate()
    day = iso_day(typed) if typed else today
    known_on, known_address = iso_moment(known) if known else (None, "")
    return AsOn(
        day=day,
        today=today,
        is_asked=bool(typed),
        today_url=address_of(request),
        known_on=known_on,
        known_address=known_address,
        others=others(request, but=(PARAMETER, KNOWN)),
    )


def iso_day(typed):
    """The day an address names, or a refusal of what is none."""
    day = as_iso_day(typed)
    if day is None:
        raise refusal_of(PARAMETER, typed, NOT_A_DAY)
    return day


def as_iso_day(typed):
    """The day written as `2026-11-22` and in no other way, or None: one day has one address."""
    if not re.fullmatch(DAY, typed):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def iso_moment(typed):
    """The end of a London day, or the moment of an ISO time; and how an address writes it.

    A time without an offset is one in London.
    """
    london = timezone.get_current_timezone()
    try:
        if re.fullmatch(DAY, typed):
            day = date.fromisoformat(typed)
            is_to_come = day > timezone.localdate()
            moment = datetime.combine(day, time.max, london).astimezone(UTC)
            address = typed
        elif parts := re.fullmatch(MOMENT, typed):
            moment = datetime.fromisoformat(parts[1] + (parts[2] or "").replace(" ", "+"))
            moment = (moment if parts[2] else moment.replace(tzinfo=london)).astimezone(UTC)
            timezone.localtime(moment)  # refuses a moment before the first year there is
            is_to_come = moment > timezone.now()
            address = moment.isoformat().replace("+00:00", "Z")
        else:
            raise refusal_of(KNOWN, typed, NOT_A_MOMENT)
    except (ValueError, OverflowError):
        raise refusal_of(KNOWN, typed, NOT_A_MOMENT) from None
    if is_to_come:
        raise refusal_of(KNOWN, typed, STILL_TO_COME)
    return moment, address


def refusal_of(name, typed, sentence):
    """The refusal of what the address names, with that in the first box of the form."""
    shown = shortened(typed)
    form = DayForm({boxes_of(name)[0]: shown})
    form.errors.clear()
    form.add_error(name, sentence.format(typed=shown))
    return BadDay(form)


def shortened(typed):
    return typed if len(typed) <= LENGTH_SHOWN else typed[: LENGTH_SHOWN - 1] + "…"


def address_of_boxes(request):
    """The address of this page for the days typed into the boxes of the form."""
    form = DayForm(request.GET)
    if not form.is_valid():
        raise BadDay(form)
    rest = request.GET.copy()
    for field in form.asked:
        for name in (field.name, *boxes_of(field.name)):
            rest.pop(name, None)
        day = form.cleaned_data[field.name]
        if day and not (field.name == PARAMETER and day == timezone.localdate()):
            rest[field.name] = day.isoformat()
    return with_query(request, rest)


def address_of(request, day=None):
    """The address of this page for another day, or for today, as we know it now."""
    rest = request.GET.copy()
    for name in (PARAMETER, *BOXES, KNOWN, *KNOWN_BOXES, COMPARED):
        rest.pop(name, None)
    if day is not None and day != timezone.localdate():
        rest[PARAMETER] = day.isoformat()
    return with_query(request, rest)


def with_query(request, parameters):
    query = parameters.urlencode()
    return f"{request.path}?{query}" if query else request.path


def others(request, but):
    """What else the address asks for, as pairs: a form that asks for `but` carries it along."""
    left_out = {*but, *(box for name in but for box in boxes_of(name)), "page"}
    return tuple(
        (name, value.replace("\x00", "\ufffd"))
        for name, values in request.GET.lists()
        if name not in left_out
        for value in values
    )
