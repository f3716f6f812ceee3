"""Take in published figures: the rows of a file that are about our areas, all of them or none.

The layout is that of the exports of Fingertips, the public health data of the Office for Health
Improvement and Disparities. Such a file covers the country: the rows of other places, and those of
parts of the population, are counted and left out. Figures that a file does not name stay.
"""

import csv
import hashlib
import math
import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from localities.actions.files import ImportRefused, opened
from localities.areas import BOROUGH, COUNTRY
from localities.models import Indicator, IndicatorRelease, IndicatorValue, Locality, Ward
from localities.models.indicator import OPEN_LICENCE
from localities.periods import period_of

REASON = "Imported with its figures"
NEEDED = ("Indicator ID", "Indicator Name", "Area Code", "Time period", "Value")
# Columns of ours that a file may have beside those of Fingertips; they describe the indicator.
DESCRIBED = {
    "heading": "heading",
    "unit": "unit",
    "explanation": "explanation",
    "source": "source",
    "source address": "source_url",
    "licence": "licence",
    "fresh for years": "fresh_for_years",
}
NUMBERS = {
    "value": "value",
    "lower ci 95.0 limit": "lower",
    "upper ci 95.0 limit": "upper",
    "count": "count",
    "denominator": "denominator",
}
FIELDS = (
    "area_kind",
    "start_date",
    "end_date",
    *NUMBERS.values(),
    "note",
)
MOST_FAULTS = 10  # told of at once
CHUNK = 2_000  # rows
FINGERTIPS = {
    "heading": "Health and life",
    "source": "Office for Health Improvement and Disparities, Fingertips",
    "source_url": "https://fingertips.phe.org.uk/",
    "licence": OPEN_LICENCE,
}
Kind = IndicatorValue.AreaKind


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    rows: int
    ours: int
    indicators_added: int
    added: int
    changed: int
    same: int
    elsewhere: int
    breakdowns: int


def import_indicators(
    path, *, title, published_on=None, described=FINGERTIPS, progress=lambda rows, share: None
):
    """Add and bring up to date the figures of a file; raises ImportRefused."""
    with opened(path) as file:
        reading = Reading(file, our_areas(), described, progress)
        reading.read()
    try:
        return keep(reading, title=title, published_on=published_on, digest=digest_of(path))
    except IntegrityError:
        raise ImportRefused("Another import came between. Nothing was changed.") from None


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def our_areas():
    """The areas whose figures we keep, by their codes."""
    areas = dict.fromkeys(Ward.objects.values_list("gss", flat=True), Kind.WARD)
    areas |= dict.fromkeys(Locality.objects.values_list("code", flat=True), Kind.LOCALITY)
    return areas | {BOROUGH: Kind.BOROUGH, COUNTRY: Kind.COUNTRY}


class Reading:
    """The rows of a file about our areas, checked one by one; `number` is how many were read."""

    def __init__(self, file, areas, described, progress):
        self.file, self.areas, self.described = file, areas, described
        self.progress = progress
        self.number = 0
        self.left_out = Counter()
        self.faults = []
        self.indicators = {}  # code → what the file says of it
        self.values = {}  # (code, area, sex, age, period) → the values of FIELDS
        self.first_row = {}
        self.periods = {}

    def read(self):
        rows = csv.reader(self.file)
        try:
            columns = self.columns(next(rows, []))
            size = os.fstat(self.file.fileno()).st_size or 1
            width = len(columns.names)
            area = columns.place["area code"]
            for number, row in enumerate(rows, start=2):
                self.number += 1
                if not number % 5_000:
                    self.progress(self.number, min(1.0, self.file.buffer.tell() / size))
                if len(row) != width:
                    if any(row):
                        self.fault(number, f"it has {len(row)} cells, the header has {width}")
                elif row[area] not in self.areas:
                    self.left_out["elsewhere"] += 1
                else:
                    self.take(number, columns, row)
        except csv.Error as error:
            self.fault(self.number + 2, f"it cannot be read as CSV ({error})")
        self.progress(self.number, 1.0)
        if self.faults:
            raise ImportRefused("\n".join([*self.faults, "Nothing was changed."]))
        if not self.values:
            raise ImportRefused(
                f"None of the {self.number:,} rows is about the borough, a ward or a locality of "
                "ours. Nothing was changed."
            )

    def columns(self, header):
        columns = Columns(header)
        if missing := [name for name in NEEDED if name.casefold() not in columns.place]:
            raise ImportRefused(
                f"Row 1: there is no column “{missing[0]}”. The file must begin with a "
                "header as in an export of Fingertips. Nothing was changed."
            )
        return columns

    def take(self, number, columns, row):
        cells = columns.cells(row)
        if cells.get("category", "").strip() or cells.get("category type", "").strip():
            self.left_out["breakdowns"] += 1
            return
        code, period = cells["indicator id"].strip(), cells["time period"].strip()
        if not code or len(code) > 40:
            return self.fault(number, f"“{code[:20]}” is not the number of an indicator")
        if any("\ufffd" in cell or "\0" in cell for cell in row):
            return self.fault(number, "it holds characters that are not in UTF-8")
        days = self.days(period, cells.get("time period sortable", ""))
        if days is None or len(period) > 40:
            return self.fault(number, f"“{period[:20]}” is not a period, such as 2021 or 2021/22")
        numbers = []
        for column in NUMBERS:
            read = as_number(cells.get(column, ""))
            if read is None:
                return self.fault(number, f"{column}: {why_no_number(cells[column])}")
            numbers.append(None if read is EMPTY else read)
        sex, age = cells.get("sex", "").strip()[:40], cells.get("age", "").strip()[:60]
        area = cells["area code"]
        key = (code, area, sex, age, period)
        note = cells.get("value note", "").strip()[:300]
        found = (str(self.areas[area]), *days, *numbers, note)
        # Fingertips lists an area under each area that it is part of.
        if self.values.setdefault(key, found) != found:
            first = self.first_row[key]
            return self.fault(number, f"row {first:,} gives other figures for the same")
        self.first_row.setdefault(key, number)
        if code not in self.indicators:
            self.describe(number, code, cells)

    def describe(self, number, code, cells):
        said = {field: cells.get(column, "").strip() for column, field in DESCRIBED.items()}
        said = self.described | {field: value for field, value in said.items() if value}
        said["name"] = cells["indicator name"].strip()
        said.setdefault("unit", "%")
        indicator = Indicator(code=code, **said)
        for field in indicator._meta.fields:
            longest = getattr(field, "max_length", None)
            value = getattr(indicator, field.attname)
            if longest and isinstance(value, str) and len(value) > longest:
                self.fault(number, f"{field.verbose_name}: at most {longest} characters fit")
        years = str(said.get("fresh_for_years", 1))
        if not years.isdecimal() or len(years) > 2:
            self.fault(number, "fresh for years: enter a whole number of no more than 99")
        if not said["name"]:
            self.fault(number, "the indicator has no name")
        self.indicators[code] = indicator

    def days(self, period, sortable):
        if period not in self.periods:
            days = period_of(period)
            if days is None and sortable[:4].isdecimal() and 1800 < int(sortable[:4]) < 2200:
                year = int(sortable[:4])
                days = date(year, 1, 1), date(year, 12, 31)
            self.periods[period] = days
        return self.periods[period]

    def fault(self, number, why):
        if len(self.faults) == MOST_FAULTS:
            self.faults.append("There are more such rows.")
        elif len(self.faults) < MOST_FAULTS:
            self.faults.append(f"Row {number:,}: {why}.")


class Columns:
    """Where in a row each column stands; names in small letters."""

    def __init__(self, header):
        self.names = [" ".join(name.split()).casefold() for name in header]
        self.place = {name: place for place, name in reversed(list(enumerate(self.names)))}

    def cells(self, row):
        return dict(zip(self.names, row, strict=True))


EMPTY = object()
NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?"
)


def as_number(text):
    """The number in a cell, EMPTY where there is none, None where it is something else."""
    text = text.strip()
    if not text:
        return EMPTY
    # What Python alone would read: 1_000, and 1,5 as fifteen once the comma is gone.
    if not NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", ""))
    return number if math.isfinite(number) else None


def why_no_number(text):
    said = f"“{text[:20]}” is not a number"
    if "," in text:
        said += "; commas stand between thousands only, as in 1,500, and a point before decimals"
    return said


# --- Keeping --------------------------------------------------------------------------------------


@transaction.atomic
def keep(reading, *, title, published_on, digest):
    """Write what differs from what is there; gives what was done."""
    indicators, indicators_added = keep_indicators(reading)
    present = figures_of(indicators)
    release = IndicatorRelease.objects.create(
        title=title[:200], digest=digest, published_on=published_on, rows=reading.number
    )
    added, changed = [], []
    for key, values in reading.values.items():
        known = present.get(key)
        if known and known[1] == values:
            continue
        code, area, sex, age, period = key
        row = IndicatorValue(
            pk=known and known[0],
            indicator=indicators[code],
            release=release,
            area_code=area,
            sex=sex,
            age=age,
            period=period,
            **dict(zip(FIELDS, values, strict=True)),
        )
        (changed if known else added).append(row)
    IndicatorValue.objects.bulk_create(added, batch_size=CHUNK)
    IndicatorValue.objects.bulk_create(
        changed,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["release", *FIELDS],
    )
    release.added, release.changed = len(added), len(changed)
    release.save(update_fields=["added", "changed"])
    return Imported(
        rows=reading.number,
        ours=len(reading.values),
        indicators_added=indicators_added,
        added=len(added),
        changed=len(changed),
        same=len(reading.values) - len(added) - len(changed),
        elsewhere=reading.left_out["elsewhere"],
        breakdowns=reading.left_out["breakdowns"],
    )


def figures_of(indicators):
    """What is there already: (code, area, sex, age, period) → its key and the values of FIELDS."""
    code_of = {each.pk: code for code, each in indicators.items()}
    rows = IndicatorValue.objects.filter(indicator__in=code_of).values_list(
        "pk", "indicator_id", "area_code", "sex", "age", "period", *FIELDS
    )
    return {
        (code_of[of], area, sex, age, period): (pk, tuple(values))
        for pk, of, area, sex, age, period, *values in rows.iterator()
    }


def keep_indicators(reading):
    """The indicators of a file; what is known of one stays, for people may have edited it."""
    known = Indicator.objects.select_for_update().order_by("pk")
    known = {each.code: each for each in known.filter(code__in=list(reading.indicators))}
    order = Indicator.objects.count()
    added = 0
    for code, indicator in reading.indicators.items():
        if code not in known:
            added += 1
            indicator.order = (order + added) * 10
            indicator._change_reason = REASON
            indicator.save()
            known[code] = indicator
    return known, added
