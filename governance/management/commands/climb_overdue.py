from django.core.management.base import BaseCommand

from governance.actions import clocks
from governance.repeating import add_every, repeat


class Command(BaseCommand):
    help = (
        "Remind bodies of what is overdue, then tell the bodies above; in office hours, each once. "
        "Remind those to whom an action falls, once its day is over. "
        "Also reckons the running clocks anew where bank holidays have changed."
    )

    def add_arguments(self, parser):
        add_every(parser)

    def handle(self, *, every, **options):
        repeat(self.look, every=every)

    def look(self):
        changed = clocks.reckon_anew()
        if changed:
            self.stdout.write(f"{changed} due days reckoned anew.")
        done = clocks.climb_overdue()
        for sentence in done:
            self.stdout.write(f"{sentence}.")
        if not done:
            self.stdout.write("Nothing to remind of now.")
