"""Learn from messages of which people have said what they are, and write the clues to files."""

from collections import defaultdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from engagement.catalogue import catalogue_today
from engagement.clue_files import write_clues
from engagement.learning import BadLine, learn, read_labelled
from engagement.loading import CLUES, DATA

MESSAGES = DATA / "messages"


class Command(BaseCommand):
    help = (
        "Find words that tell a topic, or that a message is urgent. Each line of a file is “topic "
        "plain|hard flags|message”. Run load_routing afterwards."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", type=Path, default=sorted(MESSAGES.glob("*.txt")), help="messages"
        )
        parser.add_argument(
            "--output", type=Path, default=DATA / CLUES, help="the folder for the clues"
        )

    def handle(self, *args, files, output, **options):
        catalogue = catalogue_today()
        topics = {topic.slug for topic in catalogue.topics}
        if not topics:
            raise CommandError("There are no topics yet. Run load_routing first.")
        labelled = []
        for path in files:
            try:
                lines = path.read_text(encoding="utf-8-sig").splitlines()
                labelled += read_labelled(lines, topics)
            except (OSError, UnicodeDecodeError, BadLine) as error:
                raise CommandError(f"Cannot learn from {path}: {error}") from None
        clues = defaultdict(list)
        for text, topic, weight in learn(labelled, catalogue.reader.book):
            clues[topic].append((text, weight))
        for name, number in write_clues(clues, output).items():
            self.stdout.write(f"{name:<45}{number:>7,}")
        self.stdout.write(f"From {len(labelled):,} messages. The files are in {output}.")
