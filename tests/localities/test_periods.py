"""The periods of published figures, as their publishers write them."""

from datetime import date

import pytest

from localities.periods import period_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2018 - 20", "2018-01-01", "2020-12-31"),
        ("2018-2020", "2018-01-01", "2020-12-31"),
        ("1998 - 00", "1998-01-01", "2000-12-31"),
        ("2021/22", "2021-04-01", "2022-03-31"),
        ("1999/00", "1999-04-01", "2000-03-31"),
        ("2016/17 - 18/19", "2016-04-01", "2019-03-31"),
        ("2021 Q1", "2021-01-01", "2021-03-31"),
        ("2021 Q4", "2021-10-01", "2021-12-31"),
        ("2020/21 Q1", "2020-04-01", "2020-06-30"),
        ("2020/21 Q4", "2021-01-01", "2021-03-31"),
        ("Feb 2024", "2024-02-01", "2024-02-29"),
        ("Aug 2020 - Jul 2021", "2020-08-01", "2021-07-31"),
        ("21 March 2021", "2021-03-21", "2021-03-21"),
        (" 2021 ", "2021-01-01", "2021-12-31"),
    ],
)
def test_a_period_begins_and_ends_on_these_days(text, first, last):
    assert period_of(text) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "soon", "21", "2021/23", "2021 Q5", "31 February 2021", "Foo 2021", "2021 - 2018"]
)
def test_what_is_no_period_has_no_days(text):
    assert period_of(text) is None
