"""Very many rows at once, without a model object for each: COPY on PostgreSQL, many a statement
on SQLite. Nothing is checked but by the database, so this is for rows that we make ourselves.
"""

import json
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection, models, transaction

ESCAPED = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
MANY = 20_000  # rows, for which finding each its place takes longer than making an index anew


def write(model, fields, rows):
    """Append rows to a model's table; each gives the values of `fields` as plain Python values.

    Days and moments are texts as the databases write them, moments in UTC; truths are 0 and 1. The
    fields that are not given have their defaults.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    given = [model._meta.get_field(name) for name in fields]
    others = [
        field
        for field in model._meta.concrete_fields
        if not (field in given or field.generated or field.primary_key)
    ]
    rest = tuple(map(default_of, others))
    rows = ((*row, *rest) for row in rows)
    columns = ", ".join(quote(field.column) for field in given + others)
    with transaction.atomic(), connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if is_superuser():  # Who may leave out the check of each key does.
                cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", Lines(rows))
        else:
            places = ", ".join("?" * len(given + others))
            insert = f"INSERT INTO {table} ({columns}) VALUES ({places})"
            connection.connection.executemany(insert, rows)


def is_superuser():
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        return cursor.fetchone()[0]


def default_of(field):
    """What stands in a field that is left out, as a plain value."""
    value = field.get_default()
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    return int(value) if isinstance(value, bool) else value


def write_words(model, of, text, *, from_key):
    """Index the words of the rows of another model from a key on; `text` is SQL over its columns.

    The text holds nothing but words and spaces.
    """
    if connection.vendor == "postgresql":
        text = f"to_tsvector('english', {text})"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} (rowid, words) "
            f"SELECT id, {text} FROM {of._meta.db_table} WHERE id >= %s ORDER BY id",
            [from_key],
        )


@contextmanager
def unindexed(*models, rows):
    """Write so many rows without the indexes of their tables, which are made anew afterwards.

    Nothing else may use the tables meanwhile, and a process that is killed leaves them without.
    """
    statements = indexes_of(models) if rows >= MANY else {}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name in statements:
            cursor.execute(f"DROP INDEX {quote(name)}")
    try:
        yield
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            for statement in statements.values():
                cursor.execute(statement)


def indexes_of(models):
    """The statements that make the indexes of tables, by name, but for those of their keys."""
    tables = [model._meta.db_table for model in models]
    places = ", ".join(["%s"] * len(tables))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
                f"WHERE indrelid::regclass::text IN ({places}) AND NOT EXISTS "
                "(SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1",
                tables,
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
                f"AND tbl_name IN ({places}) ORDER BY 1",
                tables,
            )
        return dict(cursor.fetchall())


def next_key(model):
    """The primary key from which rows may be appended."""
    return (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1


def go_on_after(*models):
    """Let the databases give the keys that follow those that were written."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


class Lines:
    """Rows as a file that COPY reads."""

    def __init__(self, rows):
        self.rows = iter(rows)

    def read(self, size):
        lines = []
        for row in self.rows:
            lines.append("\t".join(map(as_text, row)))
            if len(lines) == 1000:
                break
        return "\n".join(lines) + "\n" if lines else ""


def as_text(value):
    if value is None:
        return "\\N"
    if not isinstance(value, str):
        return str(value)
    for character, escaped in ESCAPED:
        value = value.replace(character, escaped)
    return value
