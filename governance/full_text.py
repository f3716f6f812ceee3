"""Rows found by the words in them: on PostgreSQL a tsvector under a GIN index, on SQLite FTS5.

The words stand in a table of their own, beside the row they are of, and are only there to be
compared: a word is found by its English stem, whatever its case. A deed that writes a text writes
its words in the same transaction.
"""

import re
import sqlite3

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, migrations, models
from django.db.models import BooleanField, Exists, F, Func, Lookup, OuterRef, Q
from django.utils.functional import cached_property

# What stands between words; the marks of other scripts are part of theirs.
BETWEEN = re.compile(
    r"[\x00-/:-@\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f]+"
)
NUMBER = re.compile(r"[0-9]{1,6}")
CREATE_FTS5 = (
    "CREATE VIRTUAL TABLE {table} USING fts5({column}, "
    "tokenize=\"porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'\")"
)
# Of what is deleted, older versions keep the words until the index is next merged.
DELETES_SECURELY = sqlite3.sqlite_version_info >= (3, 42)

MANY = {"postgresql": 5_000, "sqlite": 10_000}  # rows
# So many that PostgreSQL fills a page from the newest rows of a list, and few enough for it to read
# in the index which they are. It takes a word that it has not counted for one in two hundred.
MIDDLING, ONE_IN = range(1_000, 20_000), 150


def plain_words(text):
    """The words of a text with a space between them, the same for what is kept and asked."""
    return BETWEEN.sub(" ", text).strip()


def number_alone(words):
    """The number of a reference, where it is all that was asked for: `000042`, or `42`."""
    return int(words) if NUMBER.fullmatch(words.strip()) else None


class WordsField(models.TextField):
    """A text kept for its words alone."""

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_prep_value(self, value):
        return plain_words(value)

    def get_placeholder(self, value, compiler, connection):
        return "to_tsvector('english', %s)" if connection.vendor == "postgresql" else "%s"


@WordsField.register_lookup
class Matching(Lookup):
    """Every one of these words is in it."""

    lookup_name = "matching"

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        words, given = self.process_rhs(compiler, connection)
        return f"{column} @@ plainto_tsquery('english', {words})", [*parameters, *given]

    def as_sqlite(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        every_word = " ".join(f'"{word}"' for word in self.rhs.split())
        return f"{column} MATCH %s", [*parameters, every_word]


def one_of(field, keys):
    """The condition of PostgreSQL that a field is one of some keys, which it finds before all."""
    column = F(field if field == "pk" else f"{field}_id")
    template = {"template": "%(expressions)s)", "arg_joiner": " = ANY ("}
    return Q(Func(column, ArraySubquery(keys), output_field=BooleanField(), **template))


class WordsQuerySet(models.QuerySet):
    """Rows with words to find something by: one to each message, or to each matter."""

    def matching(self, words):
        """Those in which all these words stand."""
        return self.filter(words__matching=words) if plain_words(words) else self.none()

    @cached_property
    def are_many(self):
        """Whether there are many: SQLite looks whether so many are there, PostgreSQL guesses."""
        many = MANY[connection.vendor]
        if connection.vendor == "sqlite":
            return self.order_by()[many : many + 1].exists()
        return self.guessed[0] > many

    @property
    def are_middling(self):
        """Whether to look among the newest first; SQLite finds so many as soon as it does those."""
        if connection.vendor == "sqlite":
            return False
        number, out_of = self.guessed
        return number in MIDDLING and number * ONE_IN > out_of

    @cached_property
    def guessed(self):
        """How many PostgreSQL takes them for, and out of how many."""
        every = self.model.objects.order_by().values("pk")
        plan = self.order_by().values("pk").union(every, all=True).explain()
        both, number, *_ = [*map(int, re.findall(r"rows=(\d+)", plan)), 0]
        return number, both - number

    def include(self, field):
        """The condition that a row's `field` is the key of one of these.

        Where there are few they are fetched before all else: PostgreSQL takes a word that it has
        not counted for more common than it is, and would look at a million rows for it. Where there
        are many, the first page is soon found among the newest, and each row is looked up.
        """
        if self.are_many:
            return Q(Exists(self.filter(pk=OuterRef(field))))
        keys = self.order_by().values("pk")
        if connection.vendor == "sqlite":
            return Q((f"{field}__in", keys))
        return one_of(field, keys)

    def among(self, rows, field):
        """Those of `rows` whose `field` is the key of one of these.

        Where there are few, what is asked of them after this is asked of what was found. PostgreSQL
        knows too little of how it hangs together, and might look through all that is open instead.
        """
        found = rows.filter(self.include(field))
        if connection.vendor == "sqlite" or self.are_many:
            return found
        return rows.model.objects.filter(one_of("pk", found.order_by().values("pk")))

    def forget(self):
        """Remove these rows, and their words from the index."""
        self.delete()
        if connection.vendor == "sqlite" and not DELETES_SECURELY:
            table = connection.ops.quote_name(self.model._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


class CreateWordsModel(migrations.CreateModel):
    """Makes the table of a model with a `WordsField` called `words`, and its index."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.name)
        table = schema_editor.quote_name(model._meta.db_table)
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            index = schema_editor.quote_name(f"{model._meta.db_table}_gin")
            schema_editor.execute(f"CREATE INDEX {index} ON {table} USING gin (words)")
            return
        schema_editor.execute(CREATE_FTS5.format(table=table, column="words"))
        if DELETES_SECURELY:
            setting = "VALUES ('secure-delete', 1)"
            schema_editor.execute(f"INSERT INTO {table} ({table}, rank) {setting}")
