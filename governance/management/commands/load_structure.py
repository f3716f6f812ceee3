"""Load the structure of the partnership, each fact with its evidence. May run again."""

from django.core.management.base import BaseCommand, CommandError

from governance.loading import CannotLoad, load_structure
from governance.models import Evidence


class Command(BaseCommand):
    help = "Load the structure: organisations, bodies, names, lines and seats, with their evidence."

    def add_arguments(self, parser):
        parser.add_argument(
            "--evidence",
            choices=[Evidence.STATED.value],
            help="Load the facts of this evidence alone: “stated” is the founding text by itself.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen, and save nothing."
        )

    def handle(self, *, evidence, dry_run, **options):
        try:
            report = load_structure(only=evidence, dry_run=dry_run)
        except CannotLoad as reason:
            raise CommandError(str(reason)) from None

        say = self.stdout.write
        say(f"{'':<18}{'added':>9}{'changed':>9}{'as it was':>11}{'edited':>9}{'removed':>9}")
        for tally in report.tallies:
            say(
                f"{tally.label.capitalize():<18}{tally.added:>9}{tally.changed:>9}"
                f"{tally.unchanged:>11}{len(tally.edited):>9}{len(tally.removed):>9}"
            )
        self.say_list(
            "Edited since it was loaded, and left as it is:",
            [row for tally in report.tallies for row in tally.edited],
        )
        self.say_list(
            "Removed since it was loaded, and not loaded again:",
            [row for tally in report.tallies for row in tally.removed],
        )
        self.say_list(
            "Left out, because it is no line between two bodies of this structure:",
            [f"{entry['line']}. {entry['why']}" for entry in report.left_out],
        )
        if passed_over := sum(tally.not_asked_for for tally in report.tallies):
            say(f"\nNot in the founding text, and not loaded: {passed_over} facts.")
        lines = report.lines_by_evidence
        say(
            "\nReporting lines: "
            + ", ".join(f"{lines[kind]} {kind.label.lower()}" for kind in Evidence)
            + "."
        )
        if report.first_day_differs:
            say("The first day of the record was set by someone, and left as it is.")
        if not report.changed_anything:
            say("Nothing changed: the record says all this already.")
        elif dry_run:
            say("This was a rehearsal: nothing was saved.")
        else:
            say("Done.")

    def say_list(self, heading, rows):
        if rows:
            self.stdout.write(f"\n{heading}")
            for row in rows:
                self.stdout.write(f"- {row}")
