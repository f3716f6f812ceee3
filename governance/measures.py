"""The measures of bodies as on a day: the readings, whether they meet the target, and the line."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from governance.models import Body, Measure, Reading
from governance.record import kept_with_work
from localities.bars import number
from localities.day_field import in_words
from localities.kept_query import KeptQuery

SHOWN = 24  # readings on a chart, the latest
OLD_AFTER_DAYS = 183
WIDTH, HEIGHT, EDGE = 600, 180, 10  # of the chart in its own units


@dataclass(frozen=True)
class Measured:
    """A measure with its latest readings, the oldest first, seen from a day."""

    measure: Measure
    readings: tuple[Reading, ...]
    day: object

    @property
    def last(self):
        return self.readings[-1] if self.readings else None

    @property
    def is_met(self):
        return self.last is not None and self.measure.is_met_by(self.last.value)

    @property
    def misses(self):
        return self.last is not None and not self.is_met

    @property
    def is_old(self):
        return self.last is not None and (self.day - self.last.measured_on).days > OLD_AFTER_DAYS

    @property
    def state(self):
        """In words: on target, below it or above it."""
        if self.last is None:
            return _("No reading yet")
        if self.is_met:
            return _("On target")
        is_low = self.measure.better == Measure.Better.AT_LEAST
        return _("Below target") if is_low else _("Above target")

    @property
    def target(self):
        """“at least 95%”"""
        figure = with_unit(self.measure.target, self.measure.unit)
        if self.measure.better == Measure.Better.AT_LEAST:
            return _("at least %(figure)s") % {"figure": figure}
        return _("at most %(figure)s") % {"figure": figure}

    @property
    def rows(self):
        """Each reading in words, the newest first."""
        return [
            (each, with_unit(each.value, self.measure.unit), self.measure.is_met_by(each.value))
            for each in reversed(self.readings)
        ]

    @property
    def last_said(self):
        return with_unit(self.last.value, self.measure.unit) if self.last else ""

    @cached_property
    def chart(self):
        """The line of the readings and of the target; none with fewer than two readings."""
        return Chart(self) if len(self.readings) > 1 else None

    def words_of_a_matter(self):
        """What an escalation about a missed target begins with, for its author to go on."""
        last = in_words(self.last.measured_on)
        facts = f"{self.measure}: {self.last_said} on {last}. The target is {self.target}."
        before = [
            f"{with_unit(each.value, self.measure.unit)} on {in_words(each.measured_on)}"
            for each in self.readings[-4:-1]
        ]
        if before:
            facts += f" Before that: {', '.join(before)}."
        return {
            "title": f"{self.measure}: {self.last_said}, target {self.target}"[:120],
            "category": "performance",
            "situation": facts,
        }


class Chart:
    """Readings and target as points of a drawing; what it shows is said in words beside it."""

    width, height = WIDTH, HEIGHT

    def __init__(self, measured):
        readings = measured.readings
        values = [each.value for each in readings] + [measured.measure.target]
        low, high = min(values), max(values)
        room = (high - low) * 0.1 or 1
        self.low, self.high = low - room, high + room
        self.first, self.last = readings[0].measured_on, readings[-1].measured_on
        self.target = self.y(measured.measure.target)
        self.points = [(self.x(each.measured_on), self.y(each.value)) for each in readings]

    def x(self, day):
        share = (day - self.first).days / (self.last - self.first).days
        return round(EDGE + share * (WIDTH - 2 * EDGE), 1)

    def y(self, value):
        share = (self.high - value) / (self.high - self.low)
        return round(EDGE + share * (HEIGHT - 2 * EDGE), 1)

    @property
    def path(self):
        return "M" + "L".join(f"{x} {y}" for x, y in self.points)


def with_unit(value, unit):
    figure = number(value).removesuffix(".0")
    return f"{figure}{unit}" if unit == "%" else f"{figure} {unit}".strip()


def measures_on(day, bodies=None):
    """The measures in force on a day with their readings until then, in two queries."""
    measures = Measure.objects.on(day)
    if bodies is not None:
        measures = measures.filter(body__in=bodies)
    return with_readings(measures.order_by("body", "name"), day)


@kept_with_work
def measures_kept(day, bodies):
    """Those of some bodies."""
    return measures_on(day, bodies) if bodies else ()


def measures_of(body, day):
    """Those of one body."""
    return measures_of_body(body.pk, day)


@kept_with_work
def measures_of_body(body, day):
    return with_readings(measures_in_force(body=body, day=day), day)


@KeptQuery
def measures_in_force(body, day):
    return Measure.objects.on(day).filter(body=body).order_by("name")


def with_readings(measures, day):
    measures = list(measures)
    if measures:
        readings = Reading.objects.filter(measured_on__lte=day).order_by("measured_on")
        prefetch_related_objects(measures, Prefetch("readings", readings))
    return tuple(
        Measured(measure, tuple(measure.readings.all())[-SHOWN:], day) for measure in measures
    )


def measured(body, pk, day):
    """One measure of a body by its key, or None."""
    found = [each for each in measures_of(body, day) if str(each.measure.pk) == str(pk)]
    return found[0] if found else None


def by_body(day):
    """Every measure under the name of its body, in the order of the structure."""
    found = measures_on(day)
    named = Body.objects.named(day).select_related("kind").order_by("kind__order", "slug")
    bodies = named.filter(pk__in={each.measure.body_id for each in found})
    return [(body, [each for each in found if each.measure.body_id == body.pk]) for body in bodies]
