"""PostgreSQL as Django knows it, but for two things that are done with every page.

How it is found out whether a kept connection still lives: Django asks the server `SELECT 1` before
each request's first question. For a page that is handed out as it was kept, that is as much work as
its only question. A server that ends a connection says so, and then there is something to be read
from it: where nothing is, it need not be asked.

And what is asked often is prepared, by `preparing.py`.
"""

from select import POLLIN, poll

from django.db.backends.postgresql import base

from tht_portal.postgresql.preparing import Connection, Cursor


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
