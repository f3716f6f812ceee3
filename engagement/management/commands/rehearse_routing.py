"""What the rules would do with the messages of a file. Nothing is stored, nothing is sent."""

import os

from django.core.management.base import BaseCommand, CommandError

from engagement.catalogue import catalogue_today
from engagement.rehearsal import rehearse_file


class Command(BaseCommand):
    help = (
        "Say for each message of a file where the rules would send it, and why. Each line of the "
        "file is a JSON object with id, message, topic, place and perhaps about."
    )

    def add_arguments(self, parser):
        parser.add_argument("input", help="a file with one JSON object a line")
        parser.add_argument("--output", required=True, help="where to write the answers, likewise")

    def handle(self, *args, input, output, **options):
        if not catalogue_today().rules:
            raise CommandError("There are no rules yet. Run load_routing first.")
        try:
            if os.path.exists(output) and os.path.samefile(input, output):
                raise CommandError("The answers would take the place of the messages.")
            with (
                open(input, encoding="utf-8-sig") as lines,
                open(output, "w", encoding="utf-8") as answers,
            ):
                counted, errors = rehearse_file(lines, lambda line: print(line, file=answers))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read or write: {error}") from None
        for error in errors:
            self.stderr.write(error)
        said = ", ".join(f"{number:,} {outcome}" for outcome, number in counted.items())
        self.stdout.write(f"{sum(counted.values()):,} messages: {said}. Answers in {output}.")
        if errors:
            raise CommandError(f"{len(errors)} lines could not be read; the others were.")
