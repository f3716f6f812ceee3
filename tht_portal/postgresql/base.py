"""PostgreSQL as Django knows it, but for two things that are done with every page.

How it is found out whether a kept connection still lives: Django asks the server `SELECT 1` before
each request's first question. For a page that is handed out as it was kept, that is as much work as
its only question. A server that ends a connection says so, and then there is something to be read
from it: where nothing is, it need not be asked.

And what is asked often is prepared: the server parses and plans it once for each connection. It is
most of what it does to write a row.
"""

from collections import Counter
from select import POLLIN, poll

from django.db.backends.postgresql import base
from psycopg2 import extensions

from localities.preparable import Preparable

OFTEN = 5  # times on one connection, as psycopg 3 has it
MOST = 100  # statements that are prepared on one


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        parameters = super().get_connection_params()
        # Behind a pool the next transaction may have another connection, which knows of nothing.
        if not self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            parameters |= {"connection_factory": Connection, "cursor_factory": Cursor}
        return parameters

    def is_usable(self):
        """Asked between requests; after an error the server itself has to answer."""
        if self.connection is None or self.connection.closed:
            return False
        return (self.is_silent() and not self.errors_occurred) or super().is_usable()

    def is_silent(self):
        """Whether nothing is there to be read, neither a farewell nor the end of the connection."""
        waiting = poll()
        waiting.register(self.connection.fileno(), POLLIN)
        return not waiting.poll(0)


class Connection(extensions.connection):
    """Knows how often it was asked what may be prepared, and by which name to ask what is."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.times, self.by_name = Counter(), {}


class Cursor(extensions.cursor):
    def execute(self, sql, parameters=None):
        self.asked = sql, parameters
        if isinstance(sql, Preparable):
            sql = self.by_name(sql, parameters or ())
        return super().execute(sql, parameters)

    def by_name(self, sql, parameters):
        """The statement by the name it is prepared under; itself where it is not."""
        known = self.connection.by_name
        if sql not in known:
            self.connection.times[sql] += 1
            if self.connection.times[sql] < OFTEN or len(known) >= MOST:
                return sql
            name, number = f"often_{len(known)}", len(parameters)
            places = tuple(f"${place}" for place in range(1, number + 1))
            super().execute(f"PREPARE {name} AS {sql % places}")
            given = f"({', '.join(['%s'] * number)})" if number else ""
            known[sql] = f"EXECUTE {name}{given}"
        return known[sql]

    @property
    def query(self):
        """What was asked last, in full, for whoever wants to read it."""
        sql, parameters = self.asked
        return self.mogrify(sql, parameters)
