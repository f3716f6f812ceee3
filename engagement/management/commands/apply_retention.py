from django.core.management.base import BaseCommand

from engagement.actions import erasures


class Command(BaseCommand):
    help = "Remove what residents sent, and who they are, once the time for keeping it is over."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say it, and remove nothing")

    def handle(self, *args, dry_run, **options):
        period, number = None, 0
        for each, due in erasures.apply_retention(dry_run=dry_run):
            if each != period:
                period = each
                months = "1 month" if each.months == 1 else f"{each.months} months"
                self.stdout.write(f"{each}: kept for {months} {each.starts}")
            self.stdout.write(f"  {due.what}: since {due.since}, kept to {due.kept_to}")
            number += 1
        done = "would be removed; nothing was" if dry_run else "removed"
        self.stdout.write(f"{number} {done}." if number else "Nothing is due.")
