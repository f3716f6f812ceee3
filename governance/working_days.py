"""Working days in England, and sums of them that can be shown.

A working day is no Saturday, no Sunday and no bank holiday of England: those that the `holidays`
library knows, and those that were announced since and added in the admin. The day on which a clock
starts does not count. Days are days of London, so that a change of the clocks changes no sum.

The calendar of this moment is `structure_today().calendar`.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from django.utils import timezone

ONE_DAY = timedelta(days=1)
SATURDAY = 5
SOON = 3
OFFICE_HOURS = (time(9), time(17))


@lru_cache(maxsize=64)
def bank_holidays(year):
    """England's bank holidays of a year that the library knows: day → name."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=[year]))


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
            f"skips {counted(self.weekend_days, 'weekend day')} "
            f"and {counted(len(self.bank_holidays), 'bank holiday')}"
        )
        paused = f", paused {counted(self.paused_days, 'working day')}" if self.paused_days else ""
        return (
            f"{counted(self.days, 'working day')} from {short_day(self.start)}, "
            f"{skipped}{paused}: due {short_day(self.due)}"
        )


class DueState(StrEnum):
    """How near a due day is."""

    OPEN = "open"
    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"


class Calendar:
    """Which days are working days, with the bank holidays that the library does not know."""

    def __init__(self, added=()):
        self.added = dict(added)

    def is_bank_holiday(self, day):
        return day in self.added or day in bank_holidays(day.year)

    def is_working_day(self, day):
        return day.weekday() < SATURDAY and not self.is_bank_holiday(day)

    def due_day(self, start, days, *, paused_days=0):
        """The day that many working days after `start`, with the sum that leads there."""
        day, left, weekend_days, skipped = start, days + paused_days, 0, []
        while left > 0:
            day += ONE_DAY
            if day.weekday() >= SATURDAY:
                weekend_days += 1
            elif self.is_bank_holiday(day):
                skipped.append(day)
            else:
                left -= 1
        return DueDay(start, days, weekend_days, tuple(skipped), paused_days, day)

    def sum_of(self, start, due, *, paused_days=0):
        """The sum of a due day that was promised: it ends on that day, whatever has changed."""
        days = self.working_days_between(start, due) - paused_days
        return self.due_day(start, days, paused_days=paused_days)

    def working_days_between(self, start, end):
        """Working days after `start` up to and including `end`; none if `end` is not after it."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(map(self.is_working_day, days))

    def due_state(self, due, today):
        """A due day is soon when it is at most three working days away."""
        if due < today:
            return DueState.OVERDUE
        if due == today:
            return DueState.TODAY
        if (due - today).days > 2 * SOON + 30:  # no run of days off is as long
            return DueState.OPEN
        is_soon = self.working_days_between(today, due) <= SOON
        return DueState.SOON if is_soon else DueState.OPEN

    def is_office_hour(self, moment):
        """Whether people are at work in London at a moment: nobody is chased at night."""
        moment = timezone.localtime(moment)
        opens, closes = OFFICE_HOURS
        return self.is_working_day(moment.date()) and opens <= moment.time() < closes


def short_day(day):
    """A day as sums show it: Mon 2 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def counted(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
