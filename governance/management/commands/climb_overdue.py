import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from governance.actions import clocks

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Remind bodies of what is overdue, then tell the bodies above; in office hours, each once. "
        "Also reckons the running clocks anew where bank holidays have changed."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--every",
            type=float,
            metavar="MINUTES",
            help="go on until told to stop (SIGTERM or Ctrl-C), and look so often",
        )

    def handle(self, *, every, **options):
        if every is None:
            self.look()
            return
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            try:
                close_old_connections()
                self.look()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The database cannot be reached (%s).", type(error).__name__)
                connection.close()  # A broken one must not be met again.
            stopping.wait(60 * every)

    def look(self):
        changed = clocks.reckon_anew()
        if changed:
            self.stdout.write(f"{changed} due days reckoned anew.")
        done = clocks.climb_overdue()
        for sentence in done:
            self.stdout.write(f"{sentence}.")
        if not done:
            self.stdout.write("Nothing to remind of now.")
