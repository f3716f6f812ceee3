import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagement.synthetic import make_messages
from governance.synthetic import make_matters
from localities.synthetic import make_postcodes

WIDTH = 30  # of the progress bar


class Command(BaseCommand):
    help = (
        "Fill the portal with made-up messages and matters, to measure it with. Each says that it "
        "is synthetic; there is no way back but a new database."
    )

    def add_arguments(self, parser):
        parser.add_argument("number", type=number, help="how many messages, and how many matters")
        parser.add_argument("--matters", type=number, help="another number of matters")
        parser.add_argument("--postcodes", type=number, default=0, help="and so many postcodes")
        parser.add_argument("--force", action="store_true", help="load them although DEBUG is off")

    def handle(self, *args, number, matters, postcodes, force, **options):
        if not settings.DEBUG and not force:
            raise CommandError(
                "DEBUG is off, so this may be the real portal: made-up messages do not belong "
                "there. Where they do, add --force."
            )
        matters = number if matters is None else matters
        self.shows = options["verbosity"] and self.stderr.isatty()
        try:
            self.make("messages", make_messages, number)
            self.make("matters", make_matters, matters)
            self.make("postcodes", make_postcodes, postcodes)
        except ValueError as reason:
            raise CommandError(str(reason)) from None

    def make(self, what, make, number):
        if not number:
            return
        self.done, started = 0, time.monotonic()

        def progress(done):
            self.done += done
            if self.shows:
                full = round(self.done / number * WIDTH)
                bar = "#" * full + "." * (WIDTH - full)
                sys.stderr.write(f"\r[{bar}] {self.done / number:4.0%}  {self.done:,} {what}")
                sys.stderr.flush()

        make(number, progress=progress)
        if self.shows:
            sys.stderr.write("\n")
        rate = number / (time.monotonic() - started)
        self.stdout.write(f"Made {number:,} {what}, {rate:,.0f} a second.")


def number(text):
    number = int(text)
    if number < 0:
        raise ValueError("a number of rows cannot be negative")
    return number
