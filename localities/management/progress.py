"""How far a long import has come, for who waits at a terminal, and why it was refused."""

import sys
from contextlib import contextmanager

from django.core.management.base import CommandError

from localities.actions.files import ImportRefused

WIDTH = 30


class Bar:
    def __init__(self, stream, noun):
        self.stream, self.noun = stream, noun

    def __call__(self, count, share):
        full = round(share * WIDTH)
        bar = "#" * full + "." * (WIDTH - full)
        self.stream.write(f"\r[{bar}] {share:4.0%}  {count:,} {self.noun}")
        self.stream.flush()

    def end(self):
        self.stream.write("\n")


@contextmanager
def importing(command, options, noun):
    """Give an import what it tells its progress; if it refuses, the command ends with why."""
    show = options["verbosity"] and command.stderr.isatty()
    bar = Bar(sys.stderr, noun) if show else None
    try:
        yield bar or (lambda count, share: None)
    except ImportRefused as refusal:
        raise CommandError(str(refusal)) from None
    if bar:
        bar.end()
