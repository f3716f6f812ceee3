from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from localities.actions.importing import import_postcodes
from localities.management.progress import importing


class Command(BaseCommand):
    help = (
        "Replace the table of postcodes by a file of OS Code-Point Open, as Ordnance Survey "
        "publishes it (ten columns, no header; several files can be joined with cat). The "
        "portal answers from the old table until the new one is complete."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--release", default="", help="the release, such as 2026.1.0")
        parser.add_argument(
            "--published-on",
            type=date.fromisoformat,
            help="when it was published, such as 2026-02-20; by default the date of the file",
        )

    def handle(self, *args, **options):
        path = options["file"]
        title = f"OS Code-Point Open {options['release']}".strip()
        with importing(self, options, "postcodes") as progress:
            done = import_postcodes(
                path,
                title=title,
                published_on=options["published_on"] or changed_on(path),
                progress=progress,
            )
        self.stdout.write(
            f"{done.rows:,} postcodes imported, {done.ours:,} of them in Tower Hamlets "
            f"(before: {done.ours_before:,})."
        )
        for ward, count in done.unknown_wards:
            self.stdout.write(
                f"{count:,} postcodes of Tower Hamlets are in {ward or 'no ward'}, which is not a "
                "ward of ours: they count as outside until the wards are brought up to date."
            )


def changed_on(path):
    try:
        return date.fromtimestamp(path.stat().st_mtime)
    except OSError:
        return date.today()  # import_postcodes says why it cannot be read
