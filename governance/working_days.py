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
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

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
        return sum_in_words(self, get_language())


@lru_cache(maxsize=1000)
def sum_in_words(due, language):
    """How a due day was reckoned, in the language that is active: today's are said all day."""
    said = {
        "days": working_days(due.days),
        "start": short_day(due.start),
        "weekend_days": ngettext(
            "%(number)s weekend day", "%(number)s weekend days", due.weekend_days
        )
        % {"number": due.weekend_days},
        "bank_holidays": ngettext(
            "%(number)s bank holiday", "%(number)s bank holidays", len(due.bank_holidays)
        )
        % {"number": len(due.bank_holidays)},
        "paused": working_days(due.paused_days),
        "due": short_day(due.due),
    }
    if due.paused_days:
        sentence = _(
            "%(days)s from %(start)s, skips %(weekend_days)s and %(bank_holidays)s, paused "
            "%(paused)s: due %(due)s"
        )
    else:
        sentence = _(
            "%(days)s from %(start)s, skips %(weekend_days)s and %(bank_holidays)s: due %(due)s"
        )
    return sentence % said


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
        # With every message the same days are asked again.
        self.due_day = lru_cache(maxsize=1000)(self.due_day)
        self.sum_of = lru_cache(maxsize=1000)(self.sum_of)
        self.working_days_between = lru_cache(maxsize=1000)(self.working_days_between)

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
    return date_format(day, "D j M Y")


def working_days(number):
    return ngettext("%(number)s working day", "%(number)s working days", number) % {
        "number": number
    }
