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

A parameter is one plain value or a day, and is only compared with. It is a key, or a day for which
little is left out: so the server may plan the question once for each connection. Keys of which
there are any number are given as a tuple, and each is compared with by itself: the question is
written once for each number of them.

A `KeptUnion` gives several querysets of the same values, each cut short by itself and found by an
index in its order, that are asked in one statement, together with others of its kind. Of a
`KeptPage` the second is looked into only where the first does not fill the page. A `KeptUpdate`
gives rows, and what they are to say from now on.
"""

import inspect
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import or_

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, Value
from django.db.models.query import (
    ModelIterable,
    NamedValuesListIterable,
    create_namedtuple_class,
)
from django.db.models.sql import UpdateQuery

from localities.preparable import Preparable

STEP = 20  # of keys that are given together


class Kept:
    """A function that gives what is asked, and what was made of it once for each database."""

    def __init__(self, write):
        self.write = write
        self.names = tuple(inspect.signature(write).parameters)
        self.__doc__ = write.__doc__
        self._written = {}

    def written_for(self, values):
        numbers = {name: len(each) for name, each in values.items() if isinstance(each, tuple)}
        at = connection.vendor, *sorted(numbers.items())
        if at not in self._written:
            wanted = {name: placed(name, numbers.get(name)) for name in self.names}
            self._written[at] = self.made(self.write(**wanted))
        return self._written[at]


class KeptQuery(Kept):
    def __call__(self, **values):
        written = self.written_for(values)
        return written.rows(written.ask(values))

    def answer(self, **values):
        written = self.written_for(values)
        return Answer(self.write.__qualname__, tuple(written.ask(values)), written)

    def made(self, queryset):
        return Written(queryset)


class PlannedOnce(KeptQuery):
    """Asks for few rows, by keys or of one body, found in one way whatever else is said in it."""

    def made(self, queryset):
        return Written(queryset, is_planned_once=True)


class KeptRows(PlannedOnce):
    """Gives rows under their keys, of those that are there; of no keys nothing is asked.

    They are looked for by keys alone before: finding a page and all that it says in one question
    takes PostgreSQL longer to plan, and the ORM to write, than both take to answer.
    """

    def __call__(self, keys, **more):
        keys = tuple(dict.fromkeys(keys))
        found = super().__call__(keys=in_steps(keys), **more) if keys else ()
        return {each.pk: each for each in found}


class KeptUnion(Kept):
    def of(self, **values):
        """The statement and what stands in it, to be asked together with others."""
        sql, parameters = self.written_for(values)
        return sql, given(parameters, values)

    def made(self, querysets):
        sql, parameters = with_constants(*union_of(querysets))
        return Preparable(sql), parameters


class KeptPage(KeptUnion):
    """Gives two querysets of keys, each cut to a page: those of the first are all higher."""

    def made(self, parts):
        (first, given), (others, more) = map(written_now, parts)
        [number] = {each.query.high_mark for each in parts}
        sql = (
            f"WITH first AS MATERIALIZED ({first}) SELECT * FROM first UNION ALL "
            f"SELECT * FROM ({others}) AS others WHERE (SELECT COUNT(*) FROM first) < {number} "
            f"ORDER BY 1 DESC LIMIT {number}"
        )
        sql, parameters = with_constants(sql, [*given, *more])
        return Preparable(sql), parameters


class KeptUpdate(Kept):
    def __call__(self, **values):
        """Do it; give the number of the rows."""
        sql, parameters = self.written_for(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, given(parameters, values))
            return cursor.rowcount

    def made(self, rows_and_words):
        """As `QuerySet.update` makes it, which has no other way to give its statement."""
        rows, words = rows_and_words
        query = rows.order_by().query.chain(UpdateQuery)
        query.add_update_values(words)
        return query.get_compiler(rows.db).as_sql()


def union_of(querysets):
    """A statement that gives the rows of each, and what stands in it; empty where none has any.

    SQLite cannot cut what it then puts together, unless it stands in a query of its own.
    """
    statements = list(filter(None, map(written_now, querysets)))
    parts = (f"SELECT * FROM ({sql}) AS part" for sql, _ in statements)
    return " UNION ALL ".join(parts), [each for _, given in statements for each in given]


def written_now(queryset):
    """Its statement and what stands in it; None where it is known to give nothing."""
    try:
        return queryset.query.get_compiler(queryset.db).as_sql()
    except EmptyResultSet:
        return None


def with_constants(sql, parameters):
    """A statement with what stands in it anyway in its text, and only what is given beside it.

    Beside it a constant would lose its type, and a partial index its reason.
    """
    constants = [each for each in parameters if not isinstance(each, Given)]
    if connection.vendor != "postgresql" or not constants:
        return sql, parameters
    with connection.cursor() as cursor:
        words = [cursor.mogrify("%s", [each]).decode().replace("%", "%%") for each in constants]
    words = iter(words)
    places = ("%s" if isinstance(each, Given) else next(words) for each in parameters)
    written = sql.replace("%%", "%%%%") % tuple(places)
    return written, [each for each in parameters if isinstance(each, Given)]


def asked_together(*lists):
    """The rows of each of some lists of unions: one query."""
    parts, parameters, found = [], [], [[] for _ in lists]
    for place, unions in enumerate(lists):
        for sql, given in unions:
            if sql:
                parts.append(f"SELECT {place}, part.* FROM ({sql}) AS part")
                parameters += given
    if parts:
        sql = " UNION ALL ".join(parts)
        if all(isinstance(sql, Preparable) for unions in lists for sql, _ in unions if sql):
            sql = Preparable(sql)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            for place, *row in cursor.fetchall():
                found[place].append(tuple(row))
    return found


class Given:
    """Stands in the parameters of a statement for a value that is given when it is asked."""

    def __init__(self, name, place=None):
        self.name = name
        self.place = place

    def among(self, values):
        value = values[self.name]
        return adapted(value if self.place is None else value[self.place])


class Written:
    """A queryset with its SQL, which makes rows of the answer as the queryset would."""

    def __init__(self, queryset, *, is_planned_once=False):
        self.compiler = compiler = queryset.query.get_compiler(queryset.db)
        self.sql, self.parameters = compiler.as_sql()
        if is_planned_once:
            self.sql, self.parameters = with_constants(self.sql, self.parameters)
        # What says more than what is given may be found in several ways: it is planned each time.
        if is_planned_once or all(isinstance(each, Given) for each in self.parameters):
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


def either(rows, column="pk"):
    """What a column of any of these querysets says, each found by its own indexes.

    For a condition that is one subquery or another, PostgreSQL would read the whole table.
    """
    first, *others = (each.order_by().values(column) for each in rows)
    return first.union(*others)


def any_of(name, keys):
    """That a field says one of these keys; without any nothing is asked of it."""
    return reduce(or_, (Q(**{name: key}) for key in keys), Q())


def in_steps(keys, step=STEP):
    """The same keys, the last one again up to a round number: few statements do for any number."""
    return (*keys, *keys[-1:] * (-len(keys) % step))


def placed(name, number):
    """What is written for a value, or for each of so many."""
    if number is None:
        return Value(Given(name))
    return tuple(Value(Given(name, place)) for place in range(number))


def given(parameters, values):
    """The parameters, with the values that are given where they stand."""
    return [each.among(values) if isinstance(each, Given) else each for each in parameters]


def adapted(value):
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
