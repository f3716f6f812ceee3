"""Due days counted on a calendar, day by day: to compare what the portal reckons with."""

import random
from datetime import date, timedelta

from governance.actions import clocks
from governance.actions.structure import structure_edited
from tests.factories import make_bank_holiday

ONE_DAY = timedelta(days=1)
FIRST_DAY = date(2026, 11, 2)
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}


class Walk:
    """What happens to something with a clock: on days that go on, with bank holidays in between.

    It notes when the clock starts, stands still and runs, and counts from that alone.
    """

    def __init__(self, seed, at):
        self.chance, self.at = random.Random(seed), at
        self.day, self.hour = FIRST_DAY, 6
        self.started, self.pauses = None, []
        self.holidays = {}

    def go_on(self):
        """To a later hour of this day, or of one of the next."""
        self.hour += 1
        if self.hour > 20 or self.chance.random() < 0.6:
            self.day, self.hour = self.day + self.chance.randint(1, 4) * ONE_DAY, 7
        self.at(self.day, self.hour)

    def start(self):
        self.started, self.pauses = self.day, []

    def stand_still(self):
        self.pauses.append([self.day, None])

    def run(self):
        if self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1][1] = self.day

    def change_bank_holidays(self):
        """Enter a weekday as one, or take one away again: of days that are over, or to come."""
        day = self.day + self.chance.randint(-9, 3) * ONE_DAY
        if day in self.holidays:
            self.holidays.pop(day).delete()
            structure_edited()
        elif day.weekday() < 5 and day not in CHRISTMAS:
            self.holidays[day] = make_bank_holiday(day)
        clocks.reckon_anew()

    def is_worked(self, day):
        return day.weekday() < 5 and day not in CHRISTMAS and day not in self.holidays

    def paused_days(self):
        """Working days after the day since which it stood still, up to that on which it ran."""
        still = {
            since + ONE_DAY * n
            for since, until in self.pauses
            if until
            for n in range(1, (until - since).days + 1)
        }
        return sum(map(self.is_worked, still))

    def due(self, given):
        left, day = given + self.paused_days(), self.started
        while left:
            day += ONE_DAY
            left -= self.is_worked(day)
        return day
