import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from governance import digests, outbox

logger = logging.getLogger(__name__)

# The longest pause between two tries to reach a database that is away.
LONGEST_PAUSE = 60


class Command(BaseCommand):
    help = (
        "Send the mail that is due, and the daily mails in the morning; go on doing so until told "
        "to stop (SIGTERM or Ctrl-C)."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")
        parser.add_argument(
            "--idle",
            type=float,
            default=2,
            metavar="SECONDS",
            help="how long to wait when nothing is due (default: %(default)s)",
        )

    def handle(self, *, once, idle, **options):
        self.stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        if once:
            self.send_all()
        else:
            self.keep_sending(idle)

    def send_all(self):
        digests.write_due()
        while outbox.deliver_due(should_stop=self.stopping.is_set):
            pass

    def keep_sending(self, idle):
        """Send what is due until told to stop; a database that is away is waited for."""
        pause = idle
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self.send_all()
            except (DatabaseError, InterfaceError) as error:
                pause = min(max(2 * pause, 1), LONGEST_PAUSE)
                logger.warning(
                    "The database cannot be reached (%s). Trying again in %g s.",
                    type(error).__name__,
                    pause,
                )
                connection.close()  # A broken one must not be met again.
            else:
                pause = idle
            self.stopping.wait(pause)
