"""The periods of published figures: “2021/22” as the days from which and until which it counts."""

import re
from calendar import monthrange
from datetime import date, timedelta

FIRST_MONTH = {"calendar": 1, "financial": 4}
MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
YEAR, SHORT = r"([12][0-9]{3})", r"([0-9]{2}|[12][0-9]{3})"
DASH = r"\s*(?:-|–|to)\s*"
MONTH = r"([A-Za-z]{3})[A-Za-z]*"


def period_of(text):
    """The first and the last day of a period as it is published, or None where it is none."""
    text = text.strip()
    for pattern, days in READINGS:
        if match := re.fullmatch(pattern, text):
            try:
                first, last = days(*match.groups())
            except (KeyError, ValueError):
                return None
            return (first, last) if first <= last else None
    return None


def calendar_years(first, last=None):
    return date(int(first), 1, 1), date(of_century(first, last or first), 12, 31)


def financial_year(first, second):
    if of_century(first, second) != int(first) + 1:
        raise ValueError
    return date(int(first), 4, 1), date(int(first) + 1, 3, 31)


def financial_years(first, second, third, fourth):
    begins, _ = financial_year(first, second)
    _, ends = financial_year(str(of_century(first, third)), fourth)
    return begins, ends


def quarter_of(kind):
    def days(year, *rest):
        if kind == "financial":
            financial_year(year, rest[0])
        first = month_after(date(int(year), FIRST_MONTH[kind], 1), 3 * (int(rest[-1]) - 1))
        return first, month_after(first, 3) - timedelta(days=1)

    return days


def months(first_month, first_year, last_month=None, last_year=None):
    first = date(int(first_year), MONTHS[first_month.lower()], 1)
    year = int(last_year or first_year)
    month = MONTHS[(last_month or first_month).lower()]
    return first, date(year, month, monthrange(year, month)[1])


def one_day(day, month, year):
    found = date(int(year), MONTHS[month.lower()], int(day))
    return found, found


def of_century(first, second):
    """The second of two years, which may be written short: 2018 and “20”, 1999 and “00”."""
    if len(second) == 4:
        return int(second)
    year = int(first) // 100 * 100 + int(second)
    return year if year >= int(first) else year + 100


def month_after(first, count):
    months_on = first.month - 1 + count
    return date(first.year + months_on // 12, months_on % 12 + 1, 1)


READINGS = [
    (YEAR, calendar_years),
    (rf"{YEAR}{DASH}{SHORT}", calendar_years),
    (rf"{YEAR}/{SHORT}", financial_year),
    (rf"{YEAR}/{SHORT}{DASH}{SHORT}/{SHORT}", financial_years),
    (rf"{YEAR} Q([1-4])", quarter_of("calendar")),
    (rf"{YEAR}/{SHORT} Q([1-4])", quarter_of("financial")),
    (rf"{MONTH} {YEAR}", months),
    (rf"{MONTH} {YEAR}{DASH}{MONTH} {YEAR}", months),
    (rf"([0-9]{{1,2}}) {MONTH} {YEAR}", one_day),
]
