"""How PostgreSQL would find what is asked of it, for tests that look at its plans."""

import re

from django.db import connection


def generic_plan_of(union):
    """How it finds the rows of a union that is planned once, for whatever is given."""
    sql, parameters = union
    places = tuple(f"${place}" for place in range(1, len(parameters) + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE planned AS {sql % places}")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL enable_seqscan = off")
        given = ", ".join(["%s"] * len(parameters))
        cursor.execute(f"EXPLAIN EXECUTE planned ({given})", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("DEALLOCATE planned")
    return plan


FORGET_SIZES = """
    UPDATE pg_class SET reltuples = -1, relpages = 0
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i')
"""
FORGET_VALUES = """
    DELETE FROM pg_statistic USING pg_class
    WHERE starelid = pg_class.oid AND relnamespace = current_schema()::regnamespace
"""


def plan_by_index(rows):
    """How it finds rows where it thinks twice about reading a whole table, as of many it does.

    Until the end of the test it knows nothing of its tables, and takes each for one of many rows:
    what other tests left behind says that there are next to none, of which it reads all.
    """
    with connection.cursor() as cursor:
        for statement in ("SET LOCAL enable_seqscan = off", FORGET_SIZES, FORGET_VALUES):
            cursor.execute(statement)
    return rows.explain()


def reads_all(plan, table):
    """Whether every row of a table is read: in a place without a condition to look them up by."""
    whole = rf"Scan (using \w+ )?on {table}\b.*$(?!\n *(Index|Recheck) Cond)"
    return re.search(whole, plan, re.MULTILINE)
