from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from localities.actions.indicators import FINGERTIPS, import_indicators
from localities.management.progress import importing


class Command(BaseCommand):
    help = (
        "Take in published figures about our wards, localities and the borough, from a CSV file "
        "as Fingertips exports it. All of it is taken, or nothing; it may be run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--title", help="the release; by default the name of the file")
        parser.add_argument("--published-on", type=date.fromisoformat, help="when it was published")
        for name, value in FINGERTIPS.items():
            option = f"--{name.replace('_', '-')}"
            what = name.replace("_url", " address")
            parser.add_argument(
                option, default=value, help=f"the {what} of new indicators (default: {value})"
            )

    def handle(self, *args, **options):
        path = options["file"]
        with importing(self, options, "rows") as progress:
            done = import_indicators(
                path,
                title=options["title"] or path.name,
                published_on=options["published_on"],
                described={name: options[name] for name in FINGERTIPS},
                progress=progress,
            )
        self.stdout.write(
            f"{done.rows:,} rows read, {done.ours:,} figures of ours: {done.added:,} added, "
            f"{done.changed:,} changed, {done.same:,} as they were."
        )
        if done.indicators_added:
            self.stdout.write(f"{done.indicators_added:,} indicators are new.")
        if done.elsewhere:
            self.stdout.write(f"{done.elsewhere:,} rows are about other places.")
        if done.breakdowns:
            self.stdout.write(
                f"{done.breakdowns:,} rows are about a part of the population, and left out."
            )
