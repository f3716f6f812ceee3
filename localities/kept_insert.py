"""Rows that are written with every message: their SQL is put together once, and kept.

Django puts together an INSERT anew each time, which takes it longer than the database takes to
store the row. `insert(*rows)` does what `bulk_create` does, for rows of models without history.
"""

from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from localities.preparable import Preparable


def insert(*rows):
    """Write new rows of one model in one statement; they know their keys after it."""
    if rows:
        statement_for(connection.vendor, type(rows[0]), len(rows)).run(rows)
    return rows


@lru_cache(maxsize=64)
def statement_for(vendor, model, number):
    return Insert(model, number)


class Insert:
    def __init__(self, model, number):
        quote, meta = connection.ops.quote_name, model._meta
        reckoned = [each for each in meta.local_concrete_fields if is_reckoned(each)]
        self.fields = [each for each in meta.local_concrete_fields if each not in reckoned]
        self.given_back = [(each, converters_of(each, meta.db_table)) for each in reckoned]
        columns = ", ".join(quote(field.column) for field in self.fields)
        row = f"({', '.join(map(place_of, self.fields))})"
        sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES {', '.join([row] * number)}"
        if self.given_back:
            sql += f" RETURNING {', '.join(quote(each.column) for each in reckoned)}"
        self.sql = Preparable(sql)

    def run(self, rows):
        # `connection` looks up the thread's own each time that it is asked for anything.
        database = connections[DEFAULT_DB_ALIAS]
        parameters = [
            field.get_db_prep_save(field.pre_save(row, add=True), database)
            for row in rows
            for field in self.fields
        ]
        with database.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            answers = cursor.fetchall() if self.given_back else [()] * len(rows)
        for row, answer in zip(rows, answers, strict=True):
            for (field, converters), value in zip(self.given_back, answer, strict=True):
                for column, convert in converters:
                    value = convert(value, column, database)
                setattr(row, field.attname, value)
            row._state.adding, row._state.db = False, database.alias


def is_reckoned(field):
    """Whether the database gives the value: of a key, or of a column made of others."""
    return field.generated or isinstance(field, models.AutoField)


def place_of(field):
    """What stands in the statement for a value of a field."""
    if hasattr(field, "get_placeholder"):
        return field.get_placeholder(None, None, connection)
    return "%s"


def converters_of(field, table):
    """What makes a value of Python of what the database gives for a field."""
    column = field.get_col(table)
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    return [(column, convert) for convert in converters]
