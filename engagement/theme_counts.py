"""How many messages of a theme came from where, and when."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from engagement.models import SubmissionStatus
from localities.models import Locality

NOT_KNOWN = "Not known"


@dataclass(frozen=True, slots=True)
class Month:
    first_day: date
    cells: list[tuple[str, int]]

    @property
    def total(self):
        return sum(number for _, number in self.cells)


@dataclass(frozen=True, slots=True)
class Counts:
    """A table: months down, localities across. What was taken back is not counted."""

    localities: list[str]
    months: list[Month]

    @property
    def totals(self):
        sums = Counter()
        for month in self.months:
            sums.update(dict(month.cells))
        return [(name, sums[name]) for name in self.localities]

    @property
    def total(self):
        return sum(month.total for month in self.months)


def counts_of(theme):
    """The counts of a theme, the newest month first: two queries."""
    found = (
        theme.submissions.exclude(status=SubmissionStatus.WITHDRAWN)
        .annotate(month=TruncMonth("received_on"))
        .order_by()
        .values_list("month", "locality")
        .annotate(number=Count("pk"))
    )
    numbers = Counter({(month, locality): number for month, locality, number in found})
    localities = [*Locality.objects.values_list("pk", "name"), (None, NOT_KNOWN)]
    months = sorted({month for month, _ in numbers}, reverse=True)
    return Counts(
        [name for _, name in localities],
        [Month(day, [(name, numbers[day, pk]) for pk, name in localities]) for day in months],
    )
