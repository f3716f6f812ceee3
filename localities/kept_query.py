"""Questions that are asked with every message: the ORM writes their SQL once, and it is kept.

Writing it takes the ORM several times as long as the database takes to answer. A question is a
function that gives a queryset of rows, or of named tuples (`values_list(…, named=True)`), which
take a tenth of the time to make. What changes from one time to the next are its parameters:

    @KeptQuery
    def officers_of_body(body, day):
        return officers_on(day).filter(seat__body=body)

    officers_of_body(body=body.pk, day=today)

A parameter is one plain value or a day, never a list, and is only compared with.
"""

import inspect
from copy import copy
from datetime import date

from django.db import connection
from django.db.models import Value
from django.db.models.query import (
    ModelIterable,
    NamedValuesListIterable,
    create_namedtuple_class,
)


class KeptQuery:
    def __init__(self, write):
        self.write = write
        self.names = tuple(inspect.signature(write).parameters)
        self.__doc__ = write.__doc__
        self._written = {}

    def __call__(self, **values):
        if connection.vendor not in self._written:
            self._written[connection.vendor] = Written(
                self.write(**{name: Value(Given(name)) for name in self.names})
            )
        return self._written[connection.vendor].rows(values)


class Given:
    """Stands in the parameters of a statement for a value that is given when it is asked."""

    def __init__(self, name):
        self.name = name


class Written:
    """A queryset with its SQL, which makes rows of the answer as the queryset would."""

    def __init__(self, queryset):
        self.compiler = compiler = queryset.query.get_compiler(queryset.db)
        self.sql, self.parameters = compiler.as_sql()
        converters = compiler.get_converters([each[0] for each in compiler.select])
        compiler.get_converters = lambda expressions: converters
        self.row = None
        if issubclass(queryset._iterable_class, NamedValuesListIterable):
            self.row = create_namedtuple_class(*queryset._fields)

    def rows(self, values):
        parameters = [
            adapted(values[each.name]) if isinstance(each, Given) else each
            for each in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found = cursor.fetchall()
        if self.row is None:
            return list(ModelIterable(Answered(self.compiler, found)))
        return list(map(self.row._make, self.compiler.results_iter([found], tuple_expected=True)))


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


def adapted(value):
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
