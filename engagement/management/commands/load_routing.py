"""Load topics, routing rules, phrases and signposts. May run again; keeps what was edited."""

from django.core.management.base import BaseCommand, CommandError

from engagement.loading import load_routing
from governance.loading import CannotLoad


class Command(BaseCommand):
    help = "Load what the feedback form offers: topics, routing rules and signposts."

    def handle(self, **options):
        try:
            tallies = load_routing()
        except CannotLoad as reason:
            raise CommandError(str(reason)) from None

        say = self.stdout.write
        say(f"{'':<18}{'added':>9}{'changed':>9}{'as it was':>11}{'edited':>9}{'removed':>9}")
        for tally in tallies:
            say(
                f"{tally.label.capitalize():<18}{tally.added:>9}{tally.changed:>9}"
                f"{tally.unchanged:>11}{len(tally.edited):>9}{len(tally.removed):>9}"
            )
        for heading, names in (
            ("Edited since, and left as it is", [n for t in tallies for n in t.edited]),
            ("Removed since, and not loaded again", [n for t in tallies for n in t.removed]),
        ):
            for name in names:
                say(f"{heading}: {name}")
        if not any(tally.added or tally.changed for tally in tallies):
            say("Nothing changed: all this is there already.")
