"""Sums of working days, held against a count of our own over ten years."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from governance.structure import Structure, structure_today
from governance.working_days import Calendar, DueState, bank_holidays, short_day
from tests.factories import make_bank_holiday

PLAIN = Calendar()  # with the bank holidays that the library knows
due_day, sum_of, due_state = PLAIN.due_day, PLAIN.sum_of, PLAIN.due_state
is_working_day, working_days_between = PLAIN.is_working_day, PLAIN.working_days_between

FIRST, LAST = date(2020, 1, 1), date(2030, 12, 31)

# Days that were moved or added by proclamation (gov.uk/bank-holidays).
MOVED = {date(2020, 5, 4): date(2020, 5, 8), date(2022, 5, 30): date(2022, 6, 2)}
ADDED = {date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)}


def easter_sunday(year):
    """The Gregorian reckoning of Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), (i, k) = divmod(b, 4), divmod(c, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


def monday(year, month, *, last=False):
    """The first or last Monday of a month."""
    days = [date(year, month, 1) + timedelta(days=n) for n in range(31)]
    mondays = [day for day in days if day.month == month and day.weekday() == 0]
    return mondays[-1 if last else 0]


def days_off(year):
    """The weekdays that are bank holidays, by the Banking and Financial Dealings Act 1971."""
    days = {
        easter_sunday(year) - timedelta(days=2),
        easter_sunday(year) + timedelta(days=1),
        monday(year, 5),
        monday(year, 5, last=True),
        monday(year, 8, last=True),
    }
    # What falls on a weekend is made up for on the next weekday that is not off already.
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() >= 5 or day in days:
            day += timedelta(days=1)
        days.add(day)
    return {MOVED.get(day, day) for day in days} | {day for day in ADDED if day.year == year}


OFF = {day for year in range(FIRST.year, LAST.year + 1) for day in days_off(year)}


def every_day(first=FIRST, last=LAST):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def works(day):
    return day.weekday() < 5 and day not in OFF


def test_every_day_of_ten_years_is_a_working_day_or_not_as_the_law_has_it():
    wrong = [day for day in every_day() if is_working_day(day) != works(day)]

    assert wrong == []


@pytest.mark.parametrize(("days", "paused_days"), [(1, 0), (3, 0), (20, 0), (20, 3)])
def test_every_sum_of_ten_years_ends_on_the_day_that_a_count_ends_on(days, paused_days):
    working = [day for day in every_day() if works(day)]
    position = 0
    for start in every_day(last=date(2030, 6, 30)):
        while working[position] <= start:
            position += 1
        reckoned = due_day(start, days, paused_days=paused_days)
        between = every_day(start + timedelta(days=1), reckoned.due)

        assert reckoned.due == working[position + days + paused_days - 1]
        assert reckoned.weekend_days == sum(day.weekday() >= 5 for day in between)
        assert list(reckoned.bank_holidays) == [day for day in between if day in OFF]
        assert working_days_between(start, reckoned.due) == days + paused_days


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2026, 4, 1), date(2026, 4, 8)),  # Good Friday and Easter Monday
        (date(2026, 3, 27), date(2026, 4, 1)),  # the clocks go forward
        (date(2026, 10, 23), date(2026, 10, 28)),  # the clocks go back
        (date(2021, 12, 24), date(2021, 12, 31)),  # Christmas on a Saturday
        (date(2022, 12, 23), date(2022, 12, 30)),  # Christmas on a Sunday
        (date(2026, 11, 7), date(2026, 11, 11)),  # from a Saturday
    ],
)
def test_three_working_days_over_a_holiday_a_weekend_and_a_change_of_clocks(start, due):
    assert due_day(start, 3).due == due


@pytest.mark.parametrize(
    ("reckoned", "words"),
    [
        (
            due_day(date(2026, 11, 2), 20),
            "20 working days from Mon 2 Nov 2026, skips 8 weekend days and 0 bank holidays: "
            "due Mon 30 Nov 2026",
        ),
        (
            due_day(date(2026, 11, 2), 20, paused_days=3),
            "20 working days from Mon 2 Nov 2026, skips 8 weekend days and 0 bank holidays, "
            "paused 3 working days: due Thu 3 Dec 2026",
        ),
        (
            due_day(date(2026, 8, 30), 1, paused_days=1),
            "1 working day from Sun 30 Aug 2026, skips 0 weekend days and 1 bank holiday, "
            "paused 1 working day: due Wed 2 Sep 2026",
        ),
        (
            due_day(date(2026, 12, 23), 3, paused_days=2),
            "3 working days from Wed 23 Dec 2026, skips 4 weekend days and 3 bank holidays, "
            "paused 2 working days: due Mon 4 Jan 2027",
        ),
        (
            due_day(date(2026, 11, 6), 0),
            "0 working days from Fri 6 Nov 2026, skips 0 weekend days and 0 bank holidays: "
            "due Fri 6 Nov 2026",
        ),
    ],
)
def test_a_sum_reads_aloud(reckoned, words):
    assert str(reckoned) == words


def test_the_sum_of_a_promised_day_ends_on_it_and_says_what_was_promised():
    for days, paused_days in ((3, 0), (20, 0), (20, 7)):
        promised = due_day(date(2026, 12, 1), days, paused_days=paused_days)

        assert sum_of(promised.start, promised.due, paused_days=paused_days) == promised


def test_nothing_lies_between_a_day_and_one_before_it():
    assert working_days_between(date(2026, 11, 5), date(2026, 11, 5)) == 0
    assert working_days_between(date(2026, 11, 5), date(2026, 11, 2)) == 0


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (date(2026, 11, 4), DueState.OVERDUE),
        (date(2026, 11, 5), DueState.TODAY),
        (date(2026, 11, 6), DueState.SOON),
        (date(2026, 11, 10), DueState.SOON),  # three working days away
        (date(2026, 11, 11), DueState.OPEN),
    ],
)
def test_how_near_a_due_day_is(due, state):
    assert due_state(due, date(2026, 11, 5)) == state


def test_a_bank_holiday_has_a_name():
    assert bank_holidays(2026)[date(2026, 12, 28)] == "Boxing Day (observed)"


def test_a_day_in_a_sum_is_short():
    assert short_day(date(2026, 11, 2)) == "Mon 2 Nov 2026"


# --- Bank holidays that were added ----------------------------------------------------------------

ADDED_DAY = date(2026, 11, 18)


@pytest.mark.parametrize("days", [3, 20])
def test_an_added_holiday_counts_as_those_that_the_library_knows(days):
    with_it = Calendar({ADDED_DAY: "Coronation"})
    working = [day for day in every_day() if works(day) and day != ADDED_DAY]

    for start in every_day(date(2026, 10, 1), date(2026, 12, 31)):
        reckoned = with_it.due_day(start, days)

        assert reckoned.due == [day for day in working if day > start][days - 1]
        assert (ADDED_DAY in reckoned.bank_holidays) == (start < ADDED_DAY < reckoned.due)


@pytest.mark.django_db
def test_a_sum_of_this_moment_skips_what_was_added_so_far():
    before = structure_today().calendar.due_day(date(2026, 11, 16), 3)
    make_bank_holiday(ADDED_DAY)

    assert before.due == date(2026, 11, 19)
    assert str(structure_today().calendar.due_day(date(2026, 11, 16), 3)) == (
        "3 working days from Mon 16 Nov 2026, skips 0 weekend days and 1 bank holiday: "
        "due Fri 20 Nov 2026"
    )


# --- Office hours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_one"),
    [
        (datetime(2026, 11, 2, 9, 0, tzinfo=UTC), True),  # GMT
        (datetime(2026, 11, 2, 8, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 2, 17, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 8, 0, tzinfo=UTC), True),  # nine o'clock British Summer Time
        (datetime(2026, 7, 6, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 8, 0, tzinfo=UTC), True),  # the Monday after the clocks went forward
        (datetime(2026, 10, 26, 8, 30, tzinfo=UTC), False),  # and after they went back
        (datetime(2026, 11, 1, 12, 0, tzinfo=UTC), False),  # a Sunday
        (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 18, 12, 0, tzinfo=UTC), False),  # added below
    ],
)
def test_office_hours_are_those_of_london_on_working_days(moment, is_one):
    assert Calendar({ADDED_DAY: "Coronation"}).is_office_hour(moment) == is_one


def changes_given():
    """A holiday that was announced, moved to the next day and called off, a month apart."""
    for month, kind, day in ((3, "+", 18), (4, "~", 19), (5, "-", 19)):
        yield SimpleNamespace(
            history_date=datetime(2026, month, 1, tzinfo=UTC),
            history_type=kind,
            id=1,
            day=date(2026, 11, day),
            name="Coronation",
        )


def test_a_structure_asks_for_holidays_whom_it_was_given():
    bare = {"bodies": (), "lines": (), "organisations": (), "seats": ()}
    known = {"day": date(2026, 6, 1), "first_day": None}
    alone = Structure(**known, **bare)
    given = Structure(
        **known,
        **bare,
        bank_holidays=lambda: [(date(2026, 11, 20), "Jubilee")],
        changes_of_bank_holidays=changes_given,
    )

    def added_at(structure, month):
        return list(structure.calendar_at(datetime(2026, month, 15, tzinfo=UTC)).added)

    assert [added_at(alone, month) for month in (2, 6)] == [[], []]
    assert [added_at(given, month) for month in (2, 3, 4, 5)] == [
        [],
        [date(2026, 11, 18)],
        [date(2026, 11, 19)],
        [date(2026, 11, 20)],
    ]
