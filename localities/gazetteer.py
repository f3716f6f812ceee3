"""The names of places, wards and localities on one day, asked in memory."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from localities.dated import in_force
from localities.models import Locality, Ward, WardInLocality
from localities.names import one_slip_apart, place_key

SHORTEST_CORRECTED = 6  # letters of a name in which one slip is forgiven

# Ends of what people type that say nothing about where in the borough.
AFTERTHOUGHT = re.compile(r" (?:london|tower hamlets|england|uk|area)$")
STATION = re.compile(r"(?: (?:tube|underground|dlr|overground|train|station))+$")

# “Bow Road” is a place of ours; “Poplar Avenue” is not Poplar.
STREETS = frozenset(
    "ave avenue close court crescent drive high house lane mews road row st terrace way".split()
)


@dataclass(frozen=True)
class Named:
    """What a name stands for: a place, a ward, or a ward by its former name."""

    kind: str
    name: str
    homes: tuple[WardInLocality, ...]  # its wards with their localities, the most likely first
    note: str = ""

    def with_also(self, other):
        """Both that have the name, as one: the wards of either."""
        more = tuple(home for home in other.homes if home not in self.homes)
        return Named(self.kind, self.name, self.homes + more, self.note or other.note)


@dataclass(frozen=True)
class Mention:
    """A name inside a longer text; `is_street` where a street or house is named after it."""

    named: Named
    is_street: bool


class Gazetteer:
    """Made of the wards of the day with their localities, of spellings and of the wards of places.

    Where wards are named it is by their GSS codes.
    """

    def __init__(self, homes, spellings, wards_of_places):
        self.localities, self.wards, self.names = {}, {}, {}
        for home in homes.values():
            for written in names_of_locality(home.locality):
                self.localities[written] = home.locality
        for spelling in spellings:
            place = spelling.place
            name = name_as_asked(place.name, spelling.key)
            wards = wards_of_places.get(place.pk, ())
            at = tuple(homes[ward] for ward in wards if ward in homes)
            self.add(spelling.key, Named("place", name, at, place.note))
        for home in homes.values():
            self.add_ward(home.ward.name, Named("ward", home.ward.name, (home,)))
        for home in homes.values():
            if home.ward.former_name:
                former = Named("former-ward", home.ward.former_name, (home,))
                self.add_ward(home.ward.former_name, former)

    def add(self, key, named):
        self.names[key] = self.names[key].with_also(named) if key in self.names else named

    def add_ward(self, name, named):
        key = place_key(name)
        self.wards.setdefault(key, named)
        self.add(key, named)

    def locality(self, text):
        """The locality of which this is the name or the code, or None."""
        return self.localities.get(place_key(text))

    def named(self, text):
        """What the whole text is the name of, or None."""
        for key in ways_to_read(place_key(text)):
            name, _, last = key.rpartition(" ")
            if last == "ward" and (ward := self.wards.get(name) or self.names.get(name)):
                return ward
            if key in self.names:
                return self.names[key]
        return None

    def named_but_for_a_slip(self, text):
        """What the text is the name of with one letter wrong, if that is one thing only."""
        meant = {}
        for key in ways_to_read(place_key(text)):
            for known, named in self.names.items():
                if min(len(key), len(known)) >= SHORTEST_CORRECTED and one_slip_apart(key, known):
                    meant[named.name] = named
        return next(iter(meant.values())) if len(meant) == 1 else None

    def like(self, text):
        """Up to three names that look like the text."""
        close = get_close_matches(place_key(text)[:80], self.names, n=3, cutoff=0.75)
        return tuple(dict.fromkeys(self.names[key].name for key in close))

    def mentions(self, text):
        """The names inside a longer text, each as long as it can be, in their order."""
        words = place_key(text).split()
        longest = max((key.count(" ") + 1 for key in self.names), default=0)
        found, at = [], 0
        while at < len(words):
            for length in range(min(longest, len(words) - at), 0, -1):
                named = self.names.get(" ".join(words[at : at + length]))
                if named:
                    after = words[at + length : at + length + 1]
                    found.append(Mention(named, bool(STREETS.intersection(after))))
                    at += length
                    break
            else:
                at += 1
        return found


def homes_on(day, *, with_boundaries=False):
    """The wards of a day by name, each with its locality; boundaries are long, so only if asked."""
    homes = WardInLocality.objects.on(day).filter(in_force(day, "ward"))
    homes = homes.select_related("ward", "locality").order_by("ward__name")
    return homes if with_boundaries else homes.defer("ward__boundary")


def homes_as_known(day, known_on, *, with_boundaries=False):
    """The same as it was recorded at the moment `known_on`; of boundaries none but ours now."""
    if known_on is None:
        return list(homes_on(day, with_boundaries=with_boundaries))
    localities = {each.pk: each for each in Locality.history.as_of(known_on)}
    wards = wards_as_known(known_on)
    if with_boundaries:
        for gss, boundary in Ward.objects.filter(pk__in=wards).values_list("pk", "boundary"):
            wards[gss].boundary = boundary
    homes = []
    for home in WardInLocality.history.as_of(known_on).filter(in_force(day)):
        ward, locality = wards.get(home.ward_id), localities.get(home.locality_id)
        if ward and locality and ward.is_in_force_on(day):
            home.ward, home.locality = ward, locality
            homes.append(home)
    return sorted(homes, key=lambda home: (home.ward.name, home.pk))


def wards_as_known(known_on):
    """The wards as they were recorded at a moment, by GSS code, without their boundaries.

    The package would ask for the boundary of each, of which it keeps no history.
    """
    versions = Ward.history.filter(history_date__lte=known_on).latest_of_each()
    names = [each.attname for each in Ward.history.model.tracked_fields]
    return {
        version.gss: Ward(**{name: getattr(version, name) for name in names})
        for version in versions
        if version.history_type != "-"
    }


def name_as_asked(name, key):
    """Of two names in one the one asked for: `Brick Lane` of “Brick Lane / Banglatown”."""
    names = [each for each in name.split(" / ") if place_key(each) == key]
    return (names or [name])[0].replace(" (station)", " station")


def names_of_locality(locality):
    name = place_key(locality.name)
    for written in (locality.code, name, name.replace(" ", "")):
        yield written
        yield f"{written} locality"


def ways_to_read(key):
    """The key, then what is left without its ends: `mile end tube london` is `mile end station`."""
    ways = [key]
    while (shorter := AFTERTHOUGHT.sub("", ways[-1])) != ways[-1]:
        ways.append(shorter)
    without_station = STATION.sub("", ways[-1])
    if without_station != ways[-1]:
        ways += [f"{without_station} station", without_station]
    return list(dict.fromkeys(ways))
