import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.percentiles import median, percentile


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200))
def test_the_median_and_the_percentile_are_those_of_all_the_values(values):
    counts = Counter(values)

    assert median(counts) == statistics.median(values)
    ninth = percentile(counts, 90)
    assert sum(value <= ninth for value in values) * 10 >= 9 * len(values)
    assert sum(value < ninth for value in values) * 10 < 9 * len(values)


@pytest.mark.parametrize(
    ("days", "half", "ninetieth"),
    [
        ([3], 3, 3),
        ([1, 2], 1, 2),
        ([1, 2, 3], 2, 3),
        ([*range(1, 11)], 5, 9),
        ([*range(1, 101)], 50, 90),
        ([0, 0, 0, 40], 0, 40),
    ],
)
def test_a_percentile_is_a_value_that_there_is(days, half, ninetieth):
    counts = Counter(days)

    assert (percentile(counts, 50), percentile(counts, 90)) == (half, ninetieth)


def test_of_nothing_there_is_no_median():
    assert median(Counter()) is percentile(Counter(), 90) is None
