"""What the look-back at a period is made of: parts, each with tables of figures.

Apps `register` their parts when they start, as with the page of a locality (see locality_page.py).
A part asks the same number of queries however much happened.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from governance.models import Body
from governance.permissions import Standing
from governance.registered import Registered

WIDTH = 200  # of a bar in its own units


@dataclass(frozen=True)
class Asked:
    """A period, both days included, by whom it is asked for, and of which body if of one."""

    first: date
    last: date
    standing: Standing
    body: Body | None = None
    answers: dict = field(default_factory=dict, compare=False, repr=False)

    def once(self, question):
        """The answer to a question that several parts have."""
        if question not in self.answers:
            self.answers[question] = question(self)
        return self.answers[question]

    @property
    def moments(self):
        """From the first moment of the period to the first one after it."""
        first = timezone.make_aware(datetime.combine(self.first, time()))
        if self.last == date.max:
            return first, timezone.make_aware(datetime.combine(self.last, time()))
        after = timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time()))
        return first, after


@dataclass(frozen=True)
class Row:
    """A name and its figures, in the order of the table's columns; None is “nothing to count”."""

    name: str
    values: tuple


class Table:
    """Figures under one title. A bar is drawn for the first of each row; it says nothing more."""

    width = WIDTH

    def __init__(self, key, title, columns, rows, *, meaning, first="", unit=""):
        self.key, self.title, self.first = key, title, first or "Of what"
        self.columns, self.meaning, self.unit = columns, meaning, unit
        self.rows = [Row(name, tuple(values)) for name, *values in rows]

    @property
    def told(self):
        """The rows in which there is anything."""
        return [row for row in self.rows if any(row.values)]

    @property
    def silent(self):
        """The names of the others: a line of them reads sooner than a row of noughts for each."""
        return [row.name for row in self.rows if not any(row.values)]

    @property
    def drawn(self):
        """Each row with anything in it, and the length of its bar."""
        largest = max((row.values[0] or 0 for row in self.told), default=0)
        for row in self.told:
            value = row.values[0]
            length = round(value * WIDTH / largest, 1) if value and largest else 0
            yield row, length, list(zip(self.columns, row.values, strict=True))


class Part:
    """A section of the page. `tables` gives what it shows, and an empty list leaves it out."""

    key = title = ""
    order = 0  # on the page

    def tables(self, asked):
        return []


PARTS = Registered()
register = PARTS.register


RECOUNTS = []


def register_recounts(*recounts):
    """What counts figures anew, mends what differs if asked, and gives how many rows did."""
    RECOUNTS.extend(each for each in recounts if each not in RECOUNTS)


def parts_of(asked):
    """Every part that has something to show, with its tables."""
    found = [(part, part.tables(asked)) for part in PARTS]
    return [(part, tables) for part, tables in found if tables]
