"""Bring the tables in line with the files in localities/data, and say what changed.

What a person has edited since, in the admin, stays as they left it: the loader only takes back
what it wrote itself.
"""

import csv
import json
from datetime import date
from functools import cached_property
from pathlib import Path

from django.db import transaction

from localities.actions.atlas import atlas_edited
from localities.actions.indicators import digest_of, import_indicators
from localities.models import (
    CareNetwork,
    DeliveryOfficePostcode,
    DistrictInLocality,
    IndicatorRelease,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    Postcode,
    PostcodeDistrict,
    PostcodeRelease,
    Practice,
    Ward,
    WardInLocality,
)
from localities.names import spellings

DATA = Path(__file__).resolve().parent.parent / "data"
REASON = "Loaded from localities/data"
RELEASE = ("OS Code-Point Open 2025.4.0", date(2025, 10, 20))
PRACTICES_LISTED_ON = date(2022, 1, 1)
CENSUS = "indicators_census_2021.csv"
CENSUS_TITLE = "Census 2021: main languages of the borough"


@transaction.atomic
def load_localities():
    """Load every file; gives a sentence for each table."""
    sentences = [
        load_quarters(),
        load_wards(),
        load_wards_in_localities(),
        *load_places(),
        load_districts(),
        *load_postcodes(),
        *load_practices(),
        load_indicators(),
    ]
    atlas_edited()
    return sentences


def read(file):
    with open(DATA / file, encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def load_quarters():
    wanted = {
        row["code"]: {"name": row["name"], "order": int(row["order"])}
        for row in read("localities.csv")
    }
    return Table("Localities", Locality, ["code"]).bring(wanted)


def load_wards():
    features = json.loads((DATA / "ward_boundaries.geojson").read_text("utf-8"))["features"]
    shape = {feature["properties"]["gss"]: feature for feature in features}
    wanted = {
        row["gss"]: {
            "name": row["name"],
            "former_name": row["former_name"],
            "start_date": date.fromisoformat(row["start_date"]),
            "boundary": shape[row["gss"]]["geometry"],
            "label_longitude": shape[row["gss"]]["properties"]["label"][0],
            "label_latitude": shape[row["gss"]]["properties"]["label"][1],
        }
        for row in read("wards.csv")
    }
    return Table("Wards", Ward, ["gss"]).bring(wanted)


def load_wards_in_localities():
    """One row for each ward; a ward that has moved since has several, and is left alone."""
    wanted = {
        row["gss"]: {
            "locality_id": row["locality"],
            "confidence": row["confidence"],
            "source": row["source"],
        }
        for row in read("wards.csv")
    }
    return Table("Wards in localities", WardInLocality, ["ward_id"]).bring(wanted)


def load_places():
    rows = read("places.csv")
    wanted = {(row["name"], row["kind"]): {"note": row["note"]} for row in rows}
    table = Table("Place names", PlaceName, ["name", "kind"])
    sentences = [table.bring(wanted)]

    # An edited place keeps its own spellings and wards too.
    ours = table.kept_as_in(wanted)
    gss = {row["name"]: row["gss"] for row in read("wards.csv")}
    keys, wards = set(), set()
    for row in rows:
        place = ours.get((row["name"], row["kind"]))
        if place is None:
            continue
        written = [row["name"], *filter(None, row["other_spellings"].split(";"))]
        keys |= {(place.pk, key) for name in written for key in spellings(name)}
        for position, name in enumerate(row["wards"].split(";"), start=1):
            wards.add((place.pk, gss[name], position))
    of_ours = {"place__in": [place.pk for place in ours.values()]}
    sentences.append(
        bring_set("Spellings of places", PlaceSpelling, ["place_id", "key"], keys, of_ours)
    )
    columns = ["place_id", "ward_id", "position"]
    sentences.append(bring_set("Places in wards", PlaceInWard, columns, wards, of_ours))
    return sentences


def load_districts():
    rows = read("districts.csv")
    wanted = {
        row["code"]: {
            "settles_id": row["settles"] or None,
            "reaches_outside": row["reaches_outside"] == "yes",
        }
        for row in rows
    }
    table = Table("Postcode districts", PostcodeDistrict, ["code"])
    sentence = table.bring(wanted)
    ours = list(table.kept_as_in(wanted))
    counts = {
        (row["code"], locality, int(row[locality]))
        for row in rows
        for locality in ("ne", "nw", "se", "sw")
        if int(row[locality]) and row["code"] in ours
    }
    columns = ["district_id", "locality_id", "postcodes"]
    bring_set("", DistrictInLocality, columns, counts, {"district__in": ours})
    return sentence


def load_postcodes():
    """The postcodes of the borough, unless a newer table was imported."""
    title, published_on = RELEASE
    newest = PostcodeRelease.objects.order_by("-loaded_at", "-pk").first()
    if newest and newest.title != title:
        return [f"Postcodes: left alone, since {newest.title} was imported."]

    rows = read("postcodes.csv")
    sentences = [
        bring_set(
            "Postcodes",
            Postcode,
            ["code", "ward_gss", "easting", "northing"],
            {
                (code_of(row), row["ward_gss"], int(row["easting"]), int(row["northing"]))
                for row in rows
            },
        ),
        bring_set(
            "Postcodes of delivery offices",
            DeliveryOfficePostcode,
            ["code"],
            {(code_of(row),) for row in rows if row["delivery_office"]},
        ),
    ]
    if newest is None:
        PostcodeRelease.objects.create(title=title, published_on=published_on, rows=len(rows))
    elif (newest.published_on, newest.rows) != (published_on, len(rows)):
        newest.published_on, newest.rows = published_on, len(rows)
        newest.save()
    return sentences


def load_practices():
    """GP practices by the last list we have, and the networks they belong to."""
    rows = read("gp_practices_2022-01.csv")
    networks = {
        row["pcn_ods"]: {"name": row["shown_network"], "locality_id": row["pcn_locality"].lower()}
        for row in rows
    }
    practices = {
        row["practice_ods"]: {
            "name": row["shown_name"],
            "postcode": row["postcode"],
            "network_id": row["pcn_ods"],
            "ward_id": row["site_ward_gss"],
            "listed_on": PRACTICES_LISTED_ON,
        }
        for row in rows
    }
    return [
        Table("Primary care networks", CareNetwork, ["code"]).bring(networks),
        Table("GP practices", Practice, ["code"]).bring(practices),
    ]


def load_indicators():
    """The figures that come with the portal, once: what people change or remove stays so."""
    if IndicatorRelease.objects.filter(digest=digest_of(DATA / CENSUS)).exists():
        return "Indicators: as they were."
    done = import_indicators(DATA / CENSUS, title=CENSUS_TITLE)
    return summary("Indicators", done.added, done.changed, 0, done.same)


def code_of(row):
    return row["postcode"].replace(" ", "")


class Table:
    """A table whose rows have a history, brought in line row by row."""

    def __init__(self, title, model, key):
        self.title, self.model, self.key = title, model, key
        self.rows = {}

    def bring(self, wanted):
        """Add what is missing and change what differs; gives the sentence."""
        several = set()
        for row in self.model.objects.order_by("pk"):
            key = self.key_of(row)
            several |= {key} & self.rows.keys()
            self.rows[key] = row
        added = changed = same = 0
        edited = []
        for key, fields in wanted.items():
            row = self.rows.get(key)
            if row is None and key in self.deleted_by_people:
                edited.append(" ".join(key if isinstance(key, tuple) else (key,)))
            elif row is None:
                self.rows[key] = self.save(self.model(**self.as_fields(key), **fields))
                added += 1
            elif all(getattr(row, field) == value for field, value in fields.items()):
                same += 1
            elif key in several or self.is_edited(row):
                edited.append(str(row))
            else:
                for field, value in fields.items():
                    setattr(row, field, value)
                self.save(row)
                changed += 1
        sentence = summary(self.title, added, changed, 0, same)
        if edited:
            sentence += f" Left as people edited them: {', '.join(sorted(edited))}."
        return sentence

    def save(self, row):
        row._change_reason = REASON
        row.save()
        return row

    def key_of(self, row):
        values = tuple(getattr(row, field) for field in self.key)
        return values if len(values) > 1 else values[0]

    def as_fields(self, key):
        return dict(zip(self.key, key if isinstance(key, tuple) else (key,), strict=True))

    def kept_as_in(self, wanted):
        """The rows of our files that no person has edited or deleted, by their key."""
        return {
            key: self.rows[key]
            for key in wanted
            if key in self.rows and not self.is_edited(self.rows[key])
        }

    def is_edited(self, row):
        """Whether a person wrote the row last."""
        version = self.last_versions.get(row.pk)
        return version is not None and version.history_change_reason != REASON

    @cached_property
    def deleted_by_people(self):
        return {
            self.key_of(version)
            for version in self.last_versions.values()
            if version.history_type == "-"
        }

    @cached_property
    def last_versions(self):
        """The last version of every row there is or was, by its primary key."""
        versions = self.model.history.order_by("history_date", "history_id")
        return {getattr(version, self.model._meta.pk.attname): version for version in versions}


def bring_set(title, model, columns, wanted, of=None):
    """Bring a table without history in line, all at once; gives the sentence."""
    present = {
        tuple(values): pk
        for pk, *values in model.objects.filter(**(of or {})).values_list("pk", *columns)
    }
    gone = [pk for values, pk in present.items() if values not in wanted]
    for start in range(0, len(gone), 500):
        model.objects.filter(pk__in=gone[start : start + 500]).delete()
    missing = sorted(wanted - present.keys())
    model.objects.bulk_create(
        [model(**dict(zip(columns, values, strict=True))) for values in missing], batch_size=500
    )
    return summary(title, len(missing), 0, len(gone), len(present) - len(gone))


def summary(title, added, changed, removed, same):
    """“Wards: 1 changed, 19 as they were.”"""
    counts = {"added": added, "changed": changed, "removed": removed, "as they were": same}
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    return f"{title}: {', '.join(parts) or 'none'}."
