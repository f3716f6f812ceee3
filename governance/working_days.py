"""Working days in England, and sums of them that can be shown.

A working day is no Saturday, no Sunday and no bank holiday of England (the `holidays` library).
The day on which a clock starts does not count.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
SOON = 3


@lru_cache(maxsize=64)
def bank_holidays(year):
    """England's bank holidays of a year: day → name."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=[year]))


def is_working_day(day):
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


@dataclass(frozen=True, slots=True)
class DueDay:
    """How a due day was reckoned: `days` working days from `start`, what was skipped, the end."""

    start: date
    days: int
    weekend_days: int
    bank_holidays: tuple[date, ...]
    paused_days: int
    due: date

    def __str__(self):
        skipped = (
            f"skips {_count(self.weekend_days, 'weekend day')}, "
            f"{_count(len(self.bank_holidays), 'bank holiday')}"
        )
        paused = f", paused {_count(self.paused_days, 'working day')}" if self.paused_days else ""
        return (
            f"{_count(self.days, 'working day')} from {short_day(self.start)}, "
            f"{skipped}{paused}: due {short_day(self.due)}"
        )


def due_day(start, days, *, paused_days=0):
    """The day that many working days after `start`, with the sum that leads there."""
    day, left, weekend_days, skipped = start, days + paused_days, 0, []
    while left:
        day += ONE_DAY
        if day.weekday() >= SATURDAY:
            weekend_days += 1
        elif day in bank_holidays(day.year):
            skipped.append(day)
        else:
            left -= 1
    return DueDay(start, days, weekend_days, tuple(skipped), paused_days, day)


def sum_of(start, due, *, paused_days=0):
    """The sum of a due day that was promised: it ends on that day, whatever has changed since."""
    return due_day(start, working_days_between(start, due) - paused_days, paused_days=paused_days)


def working_days_between(start, end):
    """Working days after `start` up to and including `end`; none if `end` is not after it."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(map(is_working_day, days))


class DueState(StrEnum):
    """How near a due day is."""

    OPEN = "open"
    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"


def due_state(due, today):
    """A due day is soon when it is at most three working days away."""
    if due < today:
        return DueState.OVERDUE
    if due == today:
        return DueState.TODAY
    return DueState.SOON if working_days_between(today, due) <= SOON else DueState.OPEN


def short_day(day):
    """A day as sums show it: Mon 2 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
