"""Questions that are asked with every message: the ORM writes their SQL once, and it is kept.

Writing it takes the ORM several times as long as the database takes to answer. A question is a
function that gives a queryset of rows, or of named tuples (`values_list(…, named=True)`), which
take a tenth of the time to make. What changes from one time to the next are its parameters:

    @KeptQuery
    def officers_of_body(body, day):
        return officers_on(day).filter(seat__body=body)

    officers_of_body(body=body.pk, day=today)

`answer` gives what the database answered, and makes rows of it only when they are read: two answers
of the same are equal, so that what was drawn of one need not be drawn of the other.

A parameter is one plain value or a day, never a list, and is only compared with. It is a key, or a
day for which little is left out: so the server may plan the question once for each connection.

A `KeptUnion` gives several querysets of the same values, each cut short by itself, that are asked
in one statement, together with others of its kind. A `KeptUpdate` gives rows, and what they are to
say from now on.
"""

import inspect
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import connection
from django.db.models import Value
from django.db.models.query import (
    ModelIterable,
    NamedValuesListIterable,
    create_namedtuple_class,
)
from django.db.models.sql import UpdateQuery

from localities.preparable import Preparable


class Kept:
    """A function that gives what is asked, and what was made of it once for each database."""

    def __init__(self, write):
        self.write = write
        self.names = tuple(inspect.signature(write).parameters)
        self.__doc__ = write.__doc__
        self._written = {}

    @property
    def written(self):
        if connection.vendor not in self._written:
            self._written[connection.vendor] = self.made(
                self.write(**{name: Value(Given(name)) for name in self.names})
            )
        return self._written[connection.vendor]


class KeptQuery(Kept):
    def __call__(self, **values):
        written = self.written
        return written.rows(written.ask(values))

    def answer(self, **values):
        written = self.written
        return Answer(self.write.__qualname__, tuple(written.ask(values)), written)

    def made(self, queryset):
        return Written(queryset)


class KeptUnion(Kept):
    def of(self, **values):
        """The statement and what stands in it, to be asked together with others."""
        sql, parameters = self.written
        return sql, given(parameters, values)

    def made(self, querysets):
        """SQLite cannot cut what it then puts together, unless it stands in a query of its own."""
        statements = [each.query.get_compiler(each.db).as_sql() for each in querysets]
        parts = (f"SELECT * FROM ({sql}) AS part" for sql, _ in statements)
        return " UNION ALL ".join(parts), [each for _, given in statements for each in given]


class KeptUpdate(Kept):
    def __call__(self, **values):
        """Do it; give the number of the rows."""
        sql, parameters = self.written
        with connection.cursor() as cursor:
            cursor.execute(sql, given(parameters, values))
            return cursor.rowcount

    def made(self, rows_and_words):
        """As `QuerySet.update` makes it, which has no other way to give its statement."""
        rows, words = rows_and_words
        query = rows.order_by().query.chain(UpdateQuery)
        query.add_update_values(words)
        return query.get_compiler(rows.db).as_sql()


def asked_together(unions):
    """The rows of unions, one after the other: one query."""
    sql = " UNION ALL ".join(sql for sql, _ in unions)
    with connection.cursor() as cursor:
        cursor.execute(sql, [each for _, parameters in unions for each in parameters])
        return cursor.fetchall()


class Given:
    """Stands in the parameters of a statement for a value that is given when it is asked."""

    def __init__(self, name):
        self.name = name


class Written:
    """A queryset with its SQL, which makes rows of the answer as the queryset would."""

    def __init__(self, queryset):
        self.compiler = compiler = queryset.query.get_compiler(queryset.db)
        self.sql, self.parameters = compiler.as_sql()
        # A constant among what is given would lose its type, and a partial index its reason.
        if all(isinstance(each, Given) for each in self.parameters):
            self.sql = Preparable(self.sql)
        converters = compiler.get_converters([each[0] for each in compiler.select])
        compiler.get_converters = lambda expressions: converters
        self.row = None
        if issubclass(queryset._iterable_class, NamedValuesListIterable):
            self.row = create_namedtuple_class(*queryset._fields)

    def ask(self, values):
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given(self.parameters, values))
            return cursor.fetchall()

    def rows(self, found):
        if self.row is None:
            return list(ModelIterable(Answered(self.compiler, found)))
        return list(map(self.row._make, self.compiler.results_iter([found], tuple_expected=True)))


@dataclass(frozen=True)
class Answer:
    """What the database answered to a question; its rows are made when they are first read."""

    question: str
    found: tuple
    written: Written = field(compare=False, repr=False)

    @cached_property
    def rows(self):
        return self.written.rows(self.found)

    def __iter__(self):
        return iter(self.rows)

    def __bool__(self):
        return bool(self.found)


class Answered:
    """Takes the place of a queryset, its query and its compiler: the answer is there already."""

    _known_related_objects = {}
    db = property(lambda self: connection.alias)
    query = property(lambda self: self)

    def __init__(self, compiler, found):
        self.compiler = copy(compiler)
        self.compiler.execute_sql = lambda **how: [found]

    def get_compiler(self, using):
        return self.compiler


def given(parameters, values):
    """The parameters, with the values that are given where they stand."""
    return [adapted(values[each.name]) if isinstance(each, Given) else each for each in parameters]


def adapted(value):
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
