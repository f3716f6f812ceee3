"""What the portal knows of postcodes: a single statement gives all that the finder says of them.

PostgreSQL plans it longer than it takes to answer it, so for one postcode each connection has it
planned once. Where connections are pooled by transaction (`DATABASE_POOLED`) it is planned anew
each time.
"""

from dataclasses import dataclass
from itertools import count
from weakref import WeakSet

from django.db import connection

from localities.models import (
    DeliveryOfficePostcode,
    Locality,
    Postcode,
    PostcodeRelease,
    Ward,
    WardInLocality,
)

IN_FORCE = (
    "({0}.start_date IS NULL OR {0}.start_date <= %s) AND "
    "({0}.end_date IS NULL OR {0}.end_date >= %s)"
)
# In the order of their models.
OF_HOME = ["id", "ward_id", "locality_id", "confidence"]
OF_WARD = ["gss", "name", "former_name"]
OF_LOCALITY = ["code", "name", "order"]


def columns(table, names):
    return ", ".join(f'{table}."{name}"' for name in names)


# A ward belongs to a locality on a day if both it and its belonging are in force then.
SELECT = f"""
SELECT postcode.code, postcode.ward_gss, office.code IS NOT NULL, edition.title,
    edition.published_on, ward.gss IS NOT NULL, {columns("home", OF_HOME)},
    {columns("ward", OF_WARD)}, {columns("locality", OF_LOCALITY)}
FROM {Postcode._meta.db_table} AS postcode
LEFT JOIN {DeliveryOfficePostcode._meta.db_table} AS office ON office.code = postcode.code
LEFT JOIN {PostcodeRelease._meta.db_table} AS edition ON edition.id = (
    SELECT id FROM {PostcodeRelease._meta.db_table} ORDER BY loaded_at DESC, id DESC LIMIT 1)
LEFT JOIN {Ward._meta.db_table} AS ward ON ward.gss = postcode.ward_gss
LEFT JOIN {WardInLocality._meta.db_table} AS home ON home.ward_id = ward.gss
    AND {IN_FORCE.format("home")} AND {IN_FORCE.format("ward")}
LEFT JOIN {Locality._meta.db_table} AS locality ON locality.code = home.locality_id
WHERE postcode.code IN """
DAYS = SELECT.count("%s")
PLANNED = "known_postcode"
planned = WeakSet()  # the connections that have


@dataclass(frozen=True, slots=True)
class Known:
    """A postcode of our table, and the locality of its ward on a day, if the ward is ours."""

    code: str
    ward_gss: str
    is_delivery_office: bool
    table: str | None
    table_date: str | None
    is_in_our_wards: bool
    home: WardInLocality | None


def known_postcodes(codes, day):
    """Those of these postcodes that we have: one query."""
    with connection.cursor() as cursor:
        ask(cursor, [day.isoformat()] * DAYS + list(codes))
        return [known(*row) for row in cursor.fetchall()]


def ask(cursor, parameters):
    number = len(parameters) - DAYS
    statement = f"{SELECT}({', '.join(['%s'] * number)})"
    if number == 1 and connection.vendor == "postgresql" and plans_once():
        if connection.connection not in planned:
            plan(statement)
        statement = f"EXECUTE {PLANNED} ({', '.join(['%s'] * len(parameters))})"
    cursor.execute(statement, parameters)


def plans_once():
    return not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]


def plan(statement):
    """Have it planned by this connection; it stays planned, whatever becomes of the transaction."""
    numbers = count(1)
    numbered = (
        "".join(f"{part}${next(numbers)}" for part in statement.split("%s")[:-1])
        + statement.rpartition("%s")[2]
    )
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {PLANNED} AS {numbered}")
    planned.add(connection.connection)


def known(code, ward_gss, is_office, table, table_date, is_ours, *rest):
    of_home, rest = rest[: len(OF_HOME)], rest[len(OF_HOME) :]
    of_ward, of_locality = rest[: len(OF_WARD)], rest[len(OF_WARD) :]
    home = None
    if of_home[0] is not None:
        using = connection.alias
        home = WardInLocality.from_db(using, OF_HOME, of_home)
        home.ward = Ward.from_db(using, OF_WARD, of_ward)
        home.locality = Locality.from_db(using, OF_LOCALITY, of_locality)
    return Known(
        code,
        ward_gss,
        bool(is_office),
        table,
        str(table_date) if table_date else None,
        bool(is_ours),
        home,
    )
