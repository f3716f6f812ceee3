"""What changed in the structure between two days, as a page and as a feed."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance import record
from governance.as_on import NOT_A_DAY, as_iso_day, shortened
from governance.changes import (
    ONE_DAY,
    Change,
    Recorded,
    TooManyChanges,
    for_everyone,
    recorded,
    turns_between,
)
from governance.exports.feed import changes_feed
from governance.models import Body
from governance.views.pages import feed_file, not_found
from governance.views.paging import page_by_number
from localities.day_field import DayField, in_words

SHOWN = 100  # changes on one page, and of the coming ones beside them
AT_MOST = 5_000  # rows of one kind that are read for a page
IN_FEED = 100  # changes that happened, the latest, and as many of the coming ones
BODIES_TO_CHOOSE = 200
DAYS = ("from", "to")
PARAMETERS = {*DAYS, "body", "page"}


@require_safe
@record.asked_once()
def changes(request):
    """The changes from one day to another, both included, the latest first; and what is planned."""
    form, period = asked(request.GET)
    if form.errors:
        return render(request, "governance/change_list.html", {"form": form}, status=400)
    if any(box in request.GET for box in form.boxes):
        return redirect(f"{reverse('governance:changes')}{period.query}")

    version, kept = record.pages_version(), record.current()
    context = {"form": form, "period": period, "kept": kept, "most_rows": AT_MOST}
    try:
        found = turns_between(period.the_day_before, period.to, body=period.body, at_most=AT_MOST)
    except TooManyChanges:
        return render(request, "governance/change_list.html", context | {"too_many": True})
    coming = [change for change in found if change.day > period.last_day]
    past = latest_first(change for change in found if change.day <= period.last_day)
    page = page_by_number(past, SHOWN, request.GET.get("page"))
    if page is None:
        return not_found(request, _("This list of changes has no such page."))
    shown_coming = coming[:SHOWN] if page.number == 1 else []

    told = recorded([*shown_coming, *page.object_list])
    if not request.user.is_authenticated:
        told = [for_everyone(change) for change in told]
    context |= {
        "page": page,
        "coming": by_day(told[: len(shown_coming)]),
        "more_coming": len(coming) - len(shown_coming) if page.number == 1 else 0,
        "days": by_day(told[len(shown_coming) :]),
    }
    return keep(render(request, "governance/change_list.html", context), request, version, told)


@require_safe
def feed(request):
    """What took effect in the last twelve months and what is planned, as everyone may know it."""
    form, period = asked({"body": request.GET.get("body", "")})
    if form.errors:
        return not_found(request, _("There is no feed of such a body."))
    version = record.pages_version()
    found = turns_between(period.the_day_before, body=period.body)
    # Of each so many, or what is planned could push out what happened.
    happened = latest_first(change for change in found if change.day <= period.last_day)[:IN_FEED]
    planned = [change for change in found if change.day > period.last_day][:IN_FEED]
    told = [for_everyone(change) for change in recorded([*latest_first(planned), *happened])]
    content = changes_feed(
        told,
        of=str(period.body) if period.body else "",
        page=f"{settings.PORTAL_URL}{reverse('governance:changes')}",
        query=period.query_of_body,
        updated_at=record.changed_at(),
    )
    return keep(feed_file(content), request, version, told)


def keep(response, request, version, told):
    """Let a page be kept until the structure changes (see kept.py), unless it tells of a decision.

    A decision may be taken from the public without any edit of the structure.
    """
    tells_of_a_decision = any(change.recorded and change.recorded.decision for change in told)
    if not tells_of_a_decision and set(request.GET) <= PARAMETERS:
        response.of_version = version
    return response


# --- What is asked for ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """From which day to which, both included; without a last day, up to today and beyond."""

    from_day: date | None = None
    to: date | None = None
    body: Body | None = None
    today: date = field(default_factory=timezone.localdate)

    @property
    def last_day(self):
        return self.to or self.today

    @property
    def first_day(self):
        return self.from_day or a_year_before(self.last_day)

    @property
    def the_day_before(self):
        return self.first_day - ONE_DAY if self.first_day > date.min else date.min

    @property
    def is_to_come(self):
        return self.first_day > self.today

    @property
    def query(self):
        """What asks for this period, in the one way an address writes it."""
        return as_query(
            ("from", self.from_day and self.from_day.isoformat()),
            ("to", self.to and self.to.isoformat()),
            ("body", self.body and self.body.slug),
        )

    @property
    def query_of_body(self):
        return as_query(("body", self.body and self.body.slug))

    @property
    def query_of_days(self):
        return as_query(
            ("from", self.from_day and self.from_day.isoformat()),
            ("to", self.to and self.to.isoformat()),
        )

    @property
    def query_for_page(self):
        """The same before a page number."""
        return f"{self.query[1:]}&" if self.query else ""

    @property
    def query_of_all_to_come(self):
        return as_query(
            ("from", max(self.first_day, self.today + ONE_DAY).isoformat()),
            ("to", date.max.isoformat()),
            ("body", self.body and self.body.slug),
        )


def as_query(*pairs):
    given = [(name, value) for name, value in pairs if value]
    return f"?{urlencode(given)}" if given else ""


def a_year_before(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February, or the first year there is
        return day - timedelta(days=365) if day.year > 1 else date.min


class PeriodForm(forms.Form):
    """From which day to which, and of which body."""

    nhsuk = {"*": {"optional": False, "size": "s"}}
    goes_on = True  # without a last day, beyond today
    boxes = tuple(f"{name}_{part}" for name in DAYS for part in ("day", "month", "year"))

    def __init__(self, data=None, *, bodies, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["from"] = DayField(
            label=_("From"), help_text=_("Left empty: the twelve months before."), required=False
        )
        without_to = _("Left empty: today, and what is planned.")
        self.fields["to"] = DayField(
            label=_("To"),
            help_text=without_to if self.goes_on else "Left empty: today.",
            required=False,
        )
        if len(bodies) <= BODIES_TO_CHOOSE:
            named = ((body.slug, body.name or body.slug) for body in bodies)
            choices = sorted(named, key=lambda each: each[1])
            self.fields["body"] = forms.ChoiceField(
                label=_("Body"),
                choices=[("", _("All bodies")), *choices],
                required=False,
                error_messages={"invalid_choice": _("Choose a body from the list.")},
            )
        else:
            self.fields["body"] = forms.SlugField(required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        days = {name: cleaned.get(name) for name in DAYS}
        for name, sentence in self.refusals_of(**days).items():
            self.add_error(name, sentence)
        return cleaned

    @classmethod
    def refusals_of(cls, **days):
        """What to say, and where, of days that make no period to tell of."""
        first, last = days["from"], days["to"]
        if first and not cls.goes_on and first > timezone.localdate():
            return {"from": "Enter today or a day before it: what is to come cannot be counted."}
        if first and last and last < first:
            sentence = _("Enter a day on or after %(day)s, the first day of the period.")
            return {"to": sentence % {"day": in_words(first)}}
        return {}


class PastForm(PeriodForm):
    """A period to look back at."""

    goes_on = False


def asked(parameters, *, form_class=PeriodForm):
    """The form as it was asked for, and the period; the form has errors when that is none."""
    bodies = list(Body.objects.named()[: BODIES_TO_CHOOSE + 1])
    if any(box in parameters for box in form_class.boxes):
        form = form_class(parameters, bodies=bodies)
        if not form.is_valid():
            return form, None
        typed, days = form.cleaned_data, form.cleaned_data
        wrong = {}
    else:
        typed = {
            name: parameters.get(name, "").replace("\x00", "\ufffd").strip()
            for name in (*DAYS, "body")
        }
        days = {name: as_iso_day(typed[name]) for name in DAYS}
        wrong = {
            name: NOT_A_DAY.format(typed=shortened(typed[name]))
            for name in DAYS
            if typed[name] and days[name] is None
        }
        wrong |= form_class.refusals_of(**days)
    body = Body.objects.named().filter(slug=typed["body"]).first() if typed["body"] else None
    if typed["body"] and body is None:
        wrong["body"] = _("There is no body “%(typed)s” on record.") % {
            "typed": shortened(typed["body"])
        }
    if wrong:
        return refusal(form_class, typed, days, wrong, bodies), None
    period = Period(days["from"], days["to"], body)
    filled_in = {"from": period.first_day, "to": period.to, "body": typed["body"]}
    return form_class(initial=filled_in, bodies=bodies), period


def refusal(form_class, typed, days, wrong, bodies):
    """The form with what was typed into the address, and the sentences that refuse it."""
    data = {"body": typed["body"]}
    for name in DAYS:
        boxes = [f"{name}_{part}" for part in ("day", "month", "year")]
        if day := days[name]:
            data |= dict(zip(boxes, (day.day, day.month, day.year), strict=True))
        elif typed[name]:
            data[boxes[0]] = shortened(typed[name])
    form = form_class({name: str(value) for name, value in data.items()}, bodies=bodies)
    form.errors.clear()
    for name, sentence in wrong.items():
        form.add_error(name, sentence)
    return form


# --- What is shown --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """Changes of one day that were recorded together, for one reason."""

    recorded: Recorded | None
    changes: list[Change]

    @property
    def why(self):
        reason = self.recorded.reason.strip()
        return f"{reason}." if reason and reason[-1] not in ".!?" else reason


def latest_first(changes):
    """The latest day first; those of one day stay in their order."""
    return sorted(changes, key=lambda change: change.day, reverse=True)


def by_day(changes):
    """The changes in their order, as (day, edits) with what was recorded together in one."""
    days = {}
    for change in changes:
        made = change.recorded
        together = made and (
            timezone.localdate(made.at),
            made.by,
            made.reason,
            made.decision and made.decision.pk,
        )
        edits = days.setdefault(change.day, {})
        edits.setdefault(together, Edit(made, [])).changes.append(change)
    return [(day, list(edits.values())) for day, edits in days.items()]
