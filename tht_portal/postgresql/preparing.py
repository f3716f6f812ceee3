"""What PostgreSQL is asked often is prepared: parsed and planned once for each connection.

psycopg 2 does not do this by itself. Behind a pool that shares connections by transaction the next
one knows nothing of what was prepared, and `DATABASE_POOLED` says so; who forgot it loses a page of
each process, not the portal.
"""

import logging
from collections import Counter
from hashlib import blake2b
from threading import Event

from psycopg2 import errors, extensions

from localities.preparable import Preparable

OFTEN = 5  # times on one connection, as psycopg 3 has it
MOST = 100  # statements that are prepared on one

log = logging.getLogger(__name__)
is_shared = Event()  # once a connection turned out not to be ours alone


class Connection(extensions.connection):
    """Knows how often it was asked what may be prepared, and how to ask for what is."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.times, self.prepared = Counter(), {}


class Cursor(extensions.cursor):
    asked = None

    def execute(self, sql, parameters=None):
        self.asked = sql, parameters
        if not isinstance(sql, Preparable) or is_shared.is_set():
            return super().execute(sql, parameters)
        try:
            return super().execute(self.by_name(sql, parameters or ()), parameters)
        except (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement):
            is_shared.set()
            log.error("The database is behind a pool that shares connections: set DATABASE_POOLED")
            if self.connection.info.transaction_status != extensions.TRANSACTION_STATUS_IDLE:
                raise  # what was done before in the transaction is lost
            return super().execute(sql, parameters)

    def by_name(self, sql, parameters):
        """The statement by the name it is prepared under; itself where it is not.

        The name is made of the statement: whoever else prepared it so means the same.
        """
        prepared = self.connection.prepared
        if sql not in prepared:
            self.connection.times[sql] += 1
            if self.connection.times[sql] < OFTEN or len(prepared) >= MOST:
                return sql
            name, number = (
                f"often_{blake2b(sql.encode(), digest_size=16).hexdigest()}",
                len(parameters),
            )
            places = tuple(f"${place}" for place in range(1, number + 1))
            super().execute(f"PREPARE {name} AS {sql % places}")
            given = f"({', '.join(['%s'] * number)})" if number else ""
            prepared[sql] = f"EXECUTE {name}{given}"
        return prepared[sql]

    @property
    def query(self):
        """What was asked last, in full, for whoever wants to read it."""
        return self.mogrify(*self.asked) if self.asked else None
