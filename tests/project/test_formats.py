from datetime import UTC, date, datetime

from django.template import Context, Template
from django.utils.formats import date_format


def test_a_day_is_written_in_full():
    assert date_format(date(2026, 11, 2)) == "2 November 2026"
    assert Template("{{ day|date }}").render(Context({"day": date(2026, 11, 2)})) == (
        "2 November 2026"
    )


def test_a_moment_is_written_in_london_time():
    moment = datetime(2026, 7, 2, 9, 5, tzinfo=UTC)

    assert Template("{{ moment }}").render(Context({"moment": moment})) == "2 July 2026, 10:05"
