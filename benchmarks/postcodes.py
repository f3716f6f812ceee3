"""What a nation's postcodes cost: to import, while somebody reads them, and to look one up.

    python -m benchmarks.postcodes [--db sqlite|postgres] [--sizes 1700000,2700000]
                                   [--lookups 3000]

At each size a file as Ordnance Survey writes it is imported. Beside it stands what the database
alone needs for such rows, with nothing to read or check: COPY and an index on PostgreSQL, many rows
a statement on SQLite. Somebody keeps asking meanwhile, and it is said whether they ever saw some
rows of the old table with some of the new, and how long they had to wait at most.

Then the finder is asked for postcodes from all over the table: its statements, and the time that
they take, as a ratio to asking the table for a row by its key.
"""

import argparse
import os
import random
import threading
import time
from datetime import date
from itertools import cycle, islice

from benchmarks.fresh_portal import fresh_portal
from benchmarks.measuring import cpu_of

SIDE = "postcodes_alone"
CHUNK = 20_000


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--sizes", default="1700000,2700000")
    arguments.add_argument("--lookups", type=int, default=3000)
    options = arguments.parse_args()

    with fresh_portal(options.db, ["load_localities"]) as (folder, postgres_pids):
        print(f"database: {options.db}")
        for size in map(int, options.sizes.split(",")):
            measure(folder / "codepo.csv", size, options.lookups, postgres_pids)


def measure(path, size, lookups, postgres_pids):
    from django.db import connection

    from localities.actions.importing import import_postcodes

    made = write_file(path, size)
    alone = Stopwatch(postgres_pids)
    put_in_alone(made, alone)
    whole = Stopwatch(postgres_pids)
    with Reader([made[0], made[len(made) // 2], made[-1]]) as reader, whole:
        import_postcodes(path, title="Made up", published_on=date(2026, 11, 1))
    print(f"{size:,} postcodes imported: {size / whole.seconds:,.0f} a second, ", end="")
    print(
        f"{size / whole.cpu:,.0f} of CPU; the database alone {size / alone.seconds:,.0f} and ",
        end="",
    )
    print(f"{size / alone.cpu:,.0f}: {whole.seconds / alone.seconds:.1f} times as long, ", end="")
    print(f"{whole.cpu / alone.cpu:.1f} times the CPU")
    print(
        f"  half a table seen in {reader.asked:,} looks meanwhile: {len(reader.halves)} times; "
        f"the longest look took {reader.longest * 1000:.0f} ms"
    )
    by_key, finding, statements = times_of_lookups(made, lookups)
    print(
        f"  finding one: {statements:g} statements, {finding * 1e6:.0f} us; a row by its key "
        f"{by_key * 1e6:.0f} us: {finding / by_key:.2f}",
        flush=True,
    )
    connection.close()


class Stopwatch:
    """The seconds that pass, and those of CPU that we and PostgreSQL use."""

    def __init__(self, postgres_pids):
        self.pids = (os.getpid(), *postgres_pids)

    def __enter__(self):
        self.started, self.used = time.monotonic(), cpu_of(self.pids)

    def __exit__(self, *error):
        self.seconds, self.cpu = time.monotonic() - self.started, cpu_of(self.pids) - self.used


def write_file(path, size):
    """A release of so many postcodes, ours in the middle, as they may be; gives the others.

    The metres of the others tell one release from another.
    """
    from localities.areas import BOROUGH
    from localities.models import Postcode, Ward
    from localities.synthetic import codes

    wards = set(Ward.objects.values_list("gss", flat=True))
    ours = Postcode.objects.filter(ward_gss__in=wards)
    ours = list(ours.values_list("code", "ward_gss", "easting", "northing"))
    made, half = list(islice(codes(), size - len(ours))), size // 2
    line = '"{}",10,{},{},"E92000001","E19000003","E18000007","","{}","{}"\n'.format
    with path.open("w") as file:
        file.writelines(line(code, size, 100000, "E07000001", "E05000001") for code in made[:half])
        file.writelines(
            line(f"{code[:-3]} {code[-3:]}", easting, northing, BOROUGH, ward)
            for code, ward, easting, northing in ours
        )
        file.writelines(line(code, size, 100000, "E07000001", "E05000001") for code in made[half:])
    return made


def put_in_alone(codes, stopwatch):
    """Put rows that are made already into a table of the same kind, by the clock."""
    from django.db import connection, transaction

    from localities.actions.importing import FIELDS, Stream
    from localities.models import Postcode

    rows = [(code, "E05000001", "100000", "100000") for code in codes]
    chunks = [rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK)]
    text = [Stream(iter([chunk])).read(0) for chunk in chunks]
    table = Postcode._meta.db_table
    with connection.cursor() as cursor, stopwatch:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE {SIDE} (LIKE {table} INCLUDING DEFAULTS)")
            cursor.copy_expert(f"COPY {SIDE} ({', '.join(FIELDS)}) FROM STDIN", Given(text))
            cursor.execute(f"ALTER TABLE {SIDE} ADD PRIMARY KEY (code)")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            cursor.execute(cursor.fetchone()[0].replace(table, SIDE, 1))
            for chunk in chunks:
                with transaction.atomic():
                    connection.connection.executemany(
                        f"INSERT INTO {SIDE} ({', '.join(FIELDS)}) VALUES (?, ?, ?, ?)", chunk
                    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {SIDE}")


class Given:
    """Texts as a file that COPY reads."""

    def __init__(self, texts):
        self.texts = iter(texts)

    def read(self, size):
        return next(self.texts, "")


class Reader(threading.Thread):
    """Somebody who keeps asking for some postcodes; what they see is of one release or another."""

    def __init__(self, codes):
        super().__init__(daemon=True)
        self.codes, self.is_over = codes, False
        self.asked, self.longest, self.seen = 0, 0, set()

    def __enter__(self):
        self.before = self.look()
        self.start()
        return self

    def __exit__(self, *error):
        self.is_over = True
        self.join()
        self.halves = self.seen - {self.before, self.look()}

    def run(self):
        from django.db import connection

        while not self.is_over:
            started = time.monotonic()
            self.seen.add(self.look())
            self.longest = max(self.longest, time.monotonic() - started)
            self.asked += 1
            time.sleep(0.01)
        connection.close()

    def look(self):
        from localities.models import Postcode

        there = Postcode.objects.filter(code__in=self.codes).values_list("code", "easting")
        return frozenset(there)


def times_of_lookups(made, number):
    """Seconds in the database of asking for a row by its key, and of finding; its statements."""
    from django.db import connection

    from localities.finder import find
    from localities.models import Postcode

    sql = f"SELECT code, ward_gss FROM {Postcode._meta.db_table} WHERE code = %s"
    ours = list(Postcode.objects.filter(code__startswith="E").values_list("code", flat=True))
    asked = [each for pair in zip(random.sample(made, number), cycle(ours)) for each in pair]

    def by_key(code):
        with connection.cursor() as cursor:
            cursor.execute(sql, [code])
            cursor.fetchall()

    # In turn, so that whatever else the machine does slows both.
    meters = {by_key: Meter(), find: Meter()}
    for code in asked[:200]:
        by_key(code), find(code)
    for code in asked:
        for ask, meter in meters.items():
            with connection.execute_wrapper(meter):
                ask(code)
    finding = meters[find]
    return (
        meters[by_key].seconds / len(asked),
        finding.seconds / len(asked),
        finding.statements / len(asked),
    )


class Meter:
    """Counts statements and how long they take."""

    def __init__(self):
        self.seconds = self.statements = 0

    def __call__(self, execute, sql, parameters, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            self.seconds += time.perf_counter() - started
            self.statements += 1


if __name__ == "__main__":
    main()
