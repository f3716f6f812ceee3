"""What the finder knows besides the postcodes themselves: localities, wards, names and districts.

They are a few hundred rows, so each process keeps them under the version that every edit of them
changes. Whoever asks reads that version first, and so never gets what was before an edit: in the
statement that looks postcodes up, or in one of its own. Each part is read when it is first asked
for. Before there is a version nothing is kept.
"""

from collections import defaultdict
from functools import cached_property

from django.db import connection

from localities.gazetteer import Gazetteer
from localities.models import (
    AtlasVersion,
    DeliveryOfficePostcode,
    DistrictInLocality,
    Locality,
    PlaceInWard,
    PlaceSpelling,
    Postcode,
    PostcodeDistrict,
    PostcodeRelease,
    Ward,
    WardInLocality,
)
from localities.preparable import Preparable

MOST_DAYS = 8  # of which the names are kept

VERSION = Preparable(f"SELECT version FROM {AtlasVersion._meta.db_table}")  # there is one row
LOOK_UP = f"SELECT ({VERSION}), code, ward_gss FROM {Postcode._meta.db_table} WHERE code IN "

_kept = None


def current_atlas():
    """The atlas as it is now: one query, and those for what of it was not asked for yet."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        version = next(iter(cursor.fetchall()), (None,))[0]
    return of_version(version)


def look_up(codes):
    """The atlas, and of those of these postcodes that we have the GSS codes of their wards.

    One query; where we have none of them there is no atlas.
    """
    with connection.cursor() as cursor:
        cursor.execute(Preparable(f"{LOOK_UP}({', '.join(['%s'] * len(codes))})"), codes)
        rows = cursor.fetchall()
    atlas = of_version(rows[0][0]) if rows else None
    return atlas, {code: ward for _, code, ward in rows}


def of_version(version):
    global _kept
    atlas = _kept
    if atlas is None or version is None or atlas.version != version:
        atlas = _kept = Atlas(version)
    return atlas


class Atlas:
    """Wards, localities, names and districts in memory, each read when it is first asked for."""

    def __init__(self, version):
        self.version = version
        self._names = {}

    @cached_property
    def localities(self):
        return tuple(Locality.objects.all())

    @cached_property
    def wards(self):
        """The GSS codes of the wards of any day."""
        return frozenset(Ward.objects.values_list("gss", flat=True))

    @cached_property
    def homes(self):
        """The wards of any day by name, each with its locality."""
        homes = WardInLocality.objects.select_related("ward", "locality")
        return tuple(homes.defer("ward__boundary").order_by("ward__name", "pk"))

    def homes_on(self, day):
        """The wards of a day with their localities, by GSS code in the order of their names."""
        return {home.ward_id: home for home in self.homes if is_on(home, day)}

    def home_of(self, ward, day):
        """The locality of a ward on a day, or None."""
        belonging = (home for home in self.homes if home.ward_id == ward)
        return next((home for home in belonging if is_on(home, day)), None)

    @cached_property
    def delivery_offices(self):
        return frozenset(DeliveryOfficePostcode.objects.values_list("code", flat=True))

    @cached_property
    def release(self):
        """The table of postcodes in use, if there is one."""
        return PostcodeRelease.objects.order_by("-loaded_at", "-pk").first()

    @cached_property
    def districts(self):
        """The first halves of postcodes that we have, by code."""
        return {each.code: each for each in PostcodeDistrict.objects.select_related("settles")}

    @cached_property
    def shares(self):
        """How localities share the postcodes of a district, by code, the largest share first."""
        shares = DistrictInLocality.objects.select_related("locality")
        shares = shares.order_by("-postcodes", "locality__order")
        return grouped((share.district_id, share) for share in shares)

    @cached_property
    def spellings(self):
        rows = PlaceSpelling.objects.select_related("place")
        return tuple(rows.order_by("place__kind", "place__name", "pk"))

    @cached_property
    def wards_of_places(self):
        """The GSS codes of the wards of each place, by its key, the most likely first."""
        wards = PlaceInWard.objects.order_by("place", "position")
        return grouped(wards.values_list("place_id", "ward_id"))

    def names_on(self, day):
        """The names of places, wards and localities on a day."""
        names = self._names.get(day)
        if names is None:
            names = Gazetteer(self.homes_on(day), self.spellings, self.wards_of_places)
            if len(self._names) >= MOST_DAYS:
                self._names.clear()
            self._names[day] = names
        return names


def is_on(home, day):
    """Whether a ward belongs to its locality on a day, and is a ward then."""
    return home.is_in_force_on(day) and home.ward.is_in_force_on(day)


def grouped(pairs):
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
