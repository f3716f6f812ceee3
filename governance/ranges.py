"""Lists of matters, each put together from ranges of an index: what is read of a list is what is
shown of it, whatever is stored.

A range is a queryset of matters, or of the rows that say who reads them, for one body. No index has
the matters of several bodies in one order, so each is asked by itself, in the same query. Who is on
several may find a matter in more than one range, and it is listed once.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import NamedTuple

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from governance.models import StaffSettings
from governance.record import as_day
from localities.kept_query import asked_together, union_of

Order = StaffSettings.Order
PAGE = 25


class Place(NamedTuple):
    """Where in an order a matter stands: at a due day, if its clock runs, and by its key."""

    day: date | None
    key: int
    has_day: bool = True

    def __str__(self):
        return f"{self.day or ''}.{self.key}" if self.has_day else str(self.key)


@dataclass(frozen=True)
class Page:
    """The keys of one page, the places from which the one further on and the one back go on."""

    keys: list[int]
    further: Place | None
    back: Place | None
    found: int  # from there on, as far as they were counted


@dataclass(frozen=True)
class Ranges:
    """The matters of a list.

    Where it is known, whether all of them are open, or none, and whether all have a due day, or
    none: what cannot be among them is not asked for. Those that are found before they are put in
    order, by a word that few have, need no index that has the order.
    """

    parts: tuple
    are_open: bool | None = None
    are_due: bool | None = None
    are_found_first: bool = False

    def narrowed(self, narrow, **known):
        """Only what is left of each range, and what is then known of them."""
        return replace(self, parts=tuple(map(narrow, self.parts)), **known)

    def parted(self, part, **known):
        """What is left of each range, as several, and what is then known of them."""
        return replace(self, parts=tuple(chain.from_iterable(map(part, self.parts))), **known)

    def first(self, number, order):
        """The places of the first ones."""
        [found] = asked_together([union_of(first_of({"": self}, order, number))])
        return places_of(found, order, number).get("", [])

    def page(self, order, *, before=None, after=None, counted=0):
        """One page; so many are counted, at least."""
        number = max(PAGE + 1, counted)
        runs = [run for part in self.parts for run in self.runs(part, order, before, after)]
        [found] = asked_together([union_of(cut("", run, number) for run in runs)])
        places = in_order(by_name(found)[""], order)
        has_more = len(places) > PAGE
        page = places[-PAGE:] if after else places[:PAGE]
        has_further, has_back = (True, has_more) if after else (has_more, bool(before))
        return Page(
            keys=[place.key for place in page],
            further=page[-1] if page and has_further else None,
            back=page[0] if page and has_back else None,
            found=min(len(places), number),
        )

    def runs(self, part, order, before=None, after=None):
        """A range from a place on, as querysets that an index has in their order.

        What is due first comes first, and then what has no due day, of that the newest first.
        """
        key = part.key
        if order == Order.NEWEST:
            if after:
                return [part.filter(**{f"{key}__gt": after.key}).order_by(key)]
            part = part.filter(**{f"{key}__lt": before.key}) if before else part
            return [part.order_by(f"-{key}")]
        if self.are_found_first:
            return [sorted_by_due_day(part, before, after)]
        due = part.filter(is_open=True, due_on__isnull=False).order_by("due_on", f"-{key}")
        without = part.filter(due_on=None).order_by(f"-{key}")
        if self.are_open:  # Then the index of due days has those without one, too.
            without = without.filter(is_open=True).order_by("due_on", f"-{key}")
        if after:
            due, without = due.reverse(), without.reverse()
        here, asks_due, asks_without = after or before, True, True
        if here and here.day:
            # The first of these is for the index, which cannot begin with what has an “or”.
            due = due.filter(**{f"due_on__{'lte' if after else 'gte'}": here.day})
            due = due.filter(further_on("due_on", here.day, key, here.key, is_back=bool(after)))
            asks_without = not after
        elif here:
            without = without.filter(**{f"{key}__{'gt' if after else 'lt'}": here.key})
            asks_due = bool(after)
        asks_due = asks_due and self.are_open is not False and self.are_due is not False
        asks_without = asks_without and self.are_due is not True
        return [due] * asks_due + [without] * asks_without


def sorted_by_due_day(part, before=None, after=None):
    """A range from a place on, as one queryset, where all of it is read to be sorted."""
    here, key = after or before, part.key
    part = part.alias(day=Coalesce("due_on", Value(date.max)))
    if here:
        day = here.day or date.max
        part = part.filter(further_on("day", day, key, here.key, is_back=bool(after)))
    part = part.order_by("day", f"-{key}")
    return part.reverse() if after else part


def further_on(day_field, day, key_field, key, *, is_back):
    """What stands beyond a place: on a later day, or on the same day before its key; or back."""
    beyond, lower = ("lt", "gt") if is_back else ("gt", "lt")
    same_day = Q(**{day_field: day, f"{key_field}__{lower}": key})
    return Q(**{f"{day_field}__{beyond}": day}) | same_day


def first_of(lists, order, number):
    """What gives the first so many of each range of several lists, each with the list's name.

    They are querysets for a union; `places_of` puts in order what it gives.
    """
    return [
        cut(name, run, number)
        for name, ranges in lists.items()
        for part in ranges.parts
        for run in ranges.runs(part, order)
    ]


def cut(name, run, number):
    return run.values_list(Value(name), "due_on", run.key)[:number]


def places_of(found, order, number):
    """The places of the first so many of each list, by its name."""
    lists = by_name(found)
    return {name: in_order(lists[name], order)[:number] for name in lists}


def by_name(found):
    """The days and keys of each list, each once; what reads a union may give its days as text."""
    lists = defaultdict(set)
    for name, day, key in found:
        lists[name].add((day and as_day(day), key))
    return lists


def in_order(found, order):
    """Days and keys as places, in an order."""
    if order == Order.NEWEST:
        return [Place(None, key, has_day=False) for _, key in sorted(found, key=newest_first)]
    return [Place(*each) for each in sorted(found, key=due_first)]


def newest_first(found):
    return -found[1]


def due_first(found):
    day, key = found
    return (day or date.max, -key)
