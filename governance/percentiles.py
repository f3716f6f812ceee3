"""What is in the middle of many values, from how many there are of each: a `Counter`."""

from math import ceil


def at_rank(counts, rank):
    """The value at a place of the sorted values, from 1; `counts` has how many of each."""
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0:
            return value
    return None


def median(counts):
    """The middle value, or half-way between the two in the middle; None of nothing."""
    number = counts.total()
    if not number:
        return None
    middle = at_rank(counts, (number + 1) // 2) + at_rank(counts, (number + 2) // 2)
    return middle // 2 if middle % 2 == 0 else middle / 2


def percentile(counts, percent):
    """The smallest value that so many percent of all do not exceed; None of nothing."""
    number = counts.total()
    return at_rank(counts, ceil(number * percent / 100)) if number else None
