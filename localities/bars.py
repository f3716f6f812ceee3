"""Bars to draw beside figures: each says in numbers what it shows, so the drawing may be missed."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import formats
from django.utils.translation import gettext as _

from localities.catalogued import in_language_of_page

WIDTH = 200  # of a drawing in its own units
ROOM = 1.04  # beyond the largest value


@dataclass(frozen=True)
class Bar:
    """One row: a name, its figure in words, and where its bar and its limits end."""

    name: str
    said: str
    limits: str
    note: str
    length: float | None
    low: float | None
    high: float | None
    mark: float | None


class Bars:
    """Rows of `(name, value)` on one scale; `mark` is a value that all are held against."""

    width = WIDTH

    def __init__(self, rows, *, unit, mark=None):
        self.values, self.unit, self.mark = rows, unit, mark

    @cached_property
    def scale(self):
        ends = [value.upper or value.value for _, value in self.values]
        largest = max((end for end in [*ends, self.mark] if end is not None), default=0)
        return WIDTH / (largest * ROOM) if largest > 0 else 0

    @property
    def are_drawn(self):
        """A bar alone says nothing."""
        return len(self.values) > 1

    @property
    def rows(self):
        return [self.bar(name, value) for name, value in self.values]

    def bar(self, name, value):
        has_limits = value.lower is not None and value.upper is not None
        limits = ""
        if has_limits:
            ends = {"lower": number(value.lower), "upper": self.with_unit(value.upper)}
            limits = _("%(lower)s to %(upper)s") % ends
        return Bar(
            name=name,
            said=self.with_unit(value.value),
            limits=limits,
            note=value.note,
            length=self.at(value.value),
            low=self.at(value.lower) if has_limits else None,
            high=self.at(value.upper) if has_limits else None,
            mark=self.at(self.mark),
        )

    def at(self, value):
        return None if value is None else round(max(value, 0) * self.scale, 1)

    def with_unit(self, value):
        if value is None:
            return ""
        if self.unit == "%":
            return f"{number(value)}%"
        return f"{number(value)} {in_language_of_page(self.unit)}".rstrip()


def number(value):
    """“32,772”, “11.0”, “0.53”: as many decimals as its size makes worth reading."""
    decimals = 0 if float(value).is_integer() and (value == 0 or abs(value) >= 100) else 1
    if 0 < abs(value) < 1:
        decimals = 2
    return formats.number_format(round(value, decimals), decimals, force_grouping=True)
