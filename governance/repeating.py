"""Commands that go on until they are told to stop."""

import logging
import signal
import threading

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

logger = logging.getLogger(__name__)


def add_every(parser):
    parser.add_argument(
        "--every",
        type=float,
        metavar="MINUTES",
        help="go on until told to stop (SIGTERM or Ctrl-C), and look so often",
    )


def repeat(look, *, every):
    """Look once; or, where `every` says how many minutes lie between, until told to stop.

    A database that is away is waited for.
    """
    if every is None:
        look()
        return
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            close_old_connections()
            look()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database cannot be reached (%s).", type(error).__name__)
            connection.close()  # A broken one must not be met again.
        stopping.wait(60 * every)
