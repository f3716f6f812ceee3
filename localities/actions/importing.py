"""Put a new table of postcodes in the place of the old one, a whole nation at once.

The rows go into a table beside the old one, which changes names with it at the end: whoever reads
meanwhile sees the old postcodes or the new ones, never some of each. It is raw SQL because 1.7
million model instances are too many; what differs between the databases is in two small classes.
"""

import csv
import os
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from localities.actions.atlas import atlas_edited
from localities.actions.files import ImportRefused, opened
from localities.actions.loading import RELEASE
from localities.areas import BOROUGH
from localities.models import Postcode, PostcodeRelease, Ward
from localities.postcodes import POSTCODE

# Code-Point Open: postcode, quality, easting, northing, country, NHS region, NHS authority,
# county, district, ward. There is no header.
COLUMNS = 10
METRES = re.compile(r"[0-9]{1,7} [0-9]{1,7}")
WARD = re.compile(r"(?:[A-Z][0-9]{8})?")  # empty where the place is not known

LOADED_TITLE = RELEASE[0]
TABLE = Postcode._meta.db_table
NEW = f"{TABLE}_new"
FIELDS = ("code", "ward_gss", "easting", "northing")
CHUNK = 20_000  # rows
LOCK = 7_268_110_031  # a number of our own; one import at a time


@dataclass(frozen=True)
class Imported:
    rows: int
    ours: int
    ours_before: int
    unknown_wards: tuple[tuple[str, int], ...]


def import_postcodes(path, *, title, published_on, progress=lambda rows, share: None):
    """Replace the postcodes by those of a Code-Point Open file; raises ImportRefused."""
    database = OnPostgres() if connection.vendor == "postgresql" else OnSqlite()
    wards = set(Ward.objects.values_list("gss", flat=True))
    ours_before = Postcode.objects.filter(ward_gss__in=wards).count()
    with opened(path) as file, database.alone():
        reading = Reading(file, wards, progress)
        try:
            database.make_new()
            database.fill(reading.chunks())
            database.index()
            ours = count_ours(wards)
            if not ours:
                raise ImportRefused(
                    f"None of the {reading.number:,} rows lies in a ward of ours: is it the file "
                    "of another part of the country? Nothing was changed."
                )
            swap(database, title=title, published_on=published_on, rows=reading.number)
        except IntegrityError:
            database.drop_new()
            raise ImportRefused(doubled(path)) from None
        except BaseException:
            database.drop_new()
            raise
    return Imported(reading.number, ours, ours_before, tuple(reading.unknown.most_common()))


def swap(database, *, title, published_on, rows):
    """Change the names of the tables, and note whose postcodes they are now."""
    if run(f"SELECT count(*) FROM {NEW}")[0][0] != rows:
        raise ImportRefused("Another import came between. Nothing was changed.")
    if title == LOADED_TITLE:
        title = f"{title}, whole file"  # so that the loader does not take it for its own
    for tries_left in reversed(range(database.TRIES)):
        try:
            with transaction.atomic():
                database.swap()
                PostcodeRelease.objects.create(title=title, published_on=published_on, rows=rows)
                atlas_edited()
            return
        except OperationalError:  # a long reader holds the old table
            if not tries_left:
                raise


def count_ours(wards):
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(wards)) or "NULL"
        cursor.execute(f"SELECT count(*) FROM {NEW} WHERE ward_gss IN ({places})", sorted(wards))
        return cursor.fetchone()[0]


def doubled(path):
    """The sentence about the first postcode that stands in the file twice."""
    first = {}
    with opened(path) as file:
        for number, (written, *_) in enumerate(csv.reader(file), start=1):
            code = written.replace(" ", "")
            if code in first:
                again = f"{written} stands in row {first[code]:,} already"
                return f"Row {number:,}: {again}. Nothing was changed."
            first[code] = number
    return "The database refused the rows. Nothing was changed."


class Reading:
    """The rows of a file, checked one by one; `number` is how many were read."""

    def __init__(self, file, wards, progress):
        self.file, self.wards, self.progress = file, wards, progress
        self.number = 0
        self.unknown = Counter()  # wards of the borough that we do not know

    def chunks(self):
        """Lists of `(code, ward, easting, northing)`, all of them text."""
        size = os.fstat(self.file.fileno()).st_size or 1
        rows = self.checked()
        while chunk := list(islice(rows, CHUNK)):
            self.number += len(chunk)
            yield chunk
            self.progress(self.number, min(1.0, self.file.buffer.tell() / size))
        if not self.number:
            raise ImportRefused("The file is empty. Nothing was changed.")

    def checked(self):
        is_postcode, are_metres, is_ward = POSTCODE.fullmatch, METRES.fullmatch, WARD.fullmatch
        wards, unknown = self.wards, self.unknown
        number = 0
        try:
            for number, row in enumerate(csv.reader(self.file), start=1):
                if len(row) != COLUMNS:
                    refuse(number, f"it has {len(row)} columns instead of {COLUMNS}")
                written, _, easting, northing, _, _, _, _, district, ward = row
                code = written.replace(" ", "")
                if not is_postcode(code):
                    refuse(number, f"“{written[:20]}” is not a postcode")
                if not are_metres(f"{easting} {northing}"):
                    where = f"{easting[:20]}, {northing[:20]}"
                    refuse(number, f"“{where}” are not metres of the National Grid")
                if ward not in wards:
                    if not is_ward(ward):
                        refuse(number, f"“{ward[:20]}” is not the code of a ward")
                    if district == BOROUGH:
                        unknown[ward] += 1
                yield code, ward, easting, northing
        except csv.Error as error:
            refuse(number + 1, f"it cannot be read as CSV ({error})")


def refuse(number, why):
    raise ImportRefused(f"Row {number:,}: {why}. Nothing was changed.")


class OnPostgres:
    """COPY into a table without indexes, index it, and change names under a short lock."""

    TRIES, PATIENCE = 12, "5s"

    @contextmanager
    def alone(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise ImportRefused("Another import is running. Nothing was changed.")
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def make_new(self):
        self.drop_new()
        run(f"CREATE TABLE {NEW} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")

    def fill(self, chunks):
        stream = Stream(chunks)
        try:
            with connection.cursor() as cursor, connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {NEW} ({', '.join(FIELDS)}) FROM STDIN", stream)
        except DatabaseError:
            if stream.error:  # of which the driver tells only the text
                raise stream.error from None
            raise

    def index(self):
        for name, columns in self.indexes():
            unique = "UNIQUE " if name == self.primary_key() else ""
            run(f"CREATE {unique}INDEX {name}_new ON {NEW} {columns}")
        key = f"{self.primary_key()}_new"
        run(f"ALTER TABLE {NEW} ADD CONSTRAINT {key} PRIMARY KEY USING INDEX {key}")
        run(f"ANALYZE {NEW}")

    def indexes(self):
        """The old table's indexes: name, and what follows the table in their definition."""
        rows = run(
            "SELECT indexname, substring(indexdef from 'USING .*') FROM pg_indexes "
            "WHERE schemaname = current_schema() AND tablename = %s",
            [TABLE],
        )
        return rows

    def primary_key(self):
        sql = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'"
        return run(sql, [TABLE])[0][0]

    def swap(self):
        run(f"SET LOCAL lock_timeout = '{self.PATIENCE}'")
        names = [name for name, _ in self.indexes()]
        run(f"DROP TABLE {TABLE}")
        run(f"ALTER TABLE {NEW} RENAME TO {TABLE}")
        for name in names:
            run(f"ALTER INDEX {name}_new RENAME TO {name}")

    def drop_new(self):
        run(f"DROP TABLE IF EXISTS {NEW}")


class OnSqlite:
    """Many rows a statement into a table beside the old one, in transactions short enough."""

    TRIES = 1

    @contextmanager
    def alone(self):
        yield

    def make_new(self):
        self.drop_new()
        sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s"
        run(run(sql, [TABLE])[0][0].replace(TABLE, NEW, 1))

    def fill(self, chunks):
        insert = f"INSERT INTO {NEW} ({', '.join(FIELDS)}) VALUES (?, ?, ?, ?)"
        for chunk in chunks:
            # Others may write between two chunks.
            with transaction.atomic(), connection.wrap_database_errors:
                connection.connection.executemany(insert, chunk)

    def index(self):
        """Its key is made with the table."""

    def swap(self):
        run(f"DROP TABLE {TABLE}")
        run(f"ALTER TABLE {NEW} RENAME TO {TABLE}")

    def drop_new(self):
        run(f"DROP TABLE IF EXISTS {NEW}")


class Stream:
    """Chunks of rows as a file that COPY reads; keeps the error that ended the reading."""

    def __init__(self, chunks):
        self.chunks, self.error = chunks, None

    def read(self, size):
        try:
            chunk = next(self.chunks, ())
        except Exception as error:
            self.error = error
            raise
        return "".join(map("%s\t%s\t%s\t%s\n".__mod__, chunk))


def run(sql, parameters=None):
    """Run a statement; gives the rows if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else None
