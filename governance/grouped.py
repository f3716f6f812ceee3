"""Rows of a page in groups: the first of each are shown, and how many there are is said."""

from dataclasses import dataclass

COUNTED = 100  # at most; counting a million would take long


@dataclass(frozen=True, slots=True)
class Group:
    """Rows in the same state for someone; `number` of them were found, of `counted` at most."""

    key: str
    title: str
    rows: list
    number: int
    counted: int = COUNTED

    @property
    def count(self):
        return in_number(self.number, self.counted)

    @property
    def has_more(self):
        return self.number > len(self.rows)


def to_choose_from(groups):
    """The groups that a row of links leads to: those with rows, where they are more than one."""
    with_rows = [group for group in groups if group.rows]
    return with_rows if len(with_rows) > 1 else []


def in_number(number, counted=COUNTED):
    """How many there are, as far as they are counted."""
    return str(number) if number <= counted else f"more than {counted}"
