from django.core.management.base import BaseCommand, CommandError

from governance.figures import RECOUNTS


class Command(BaseCommand):
    help = "Count figures, and who reads which matter, anew from all steps; mend what differs."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if something is wrong"
        )

    def handle(self, *, check, **options):
        wrong = sum(recount(mend=not check) for recount in RECOUNTS)
        if check and wrong:
            raise CommandError(f"{wrong} figures are wrong. Run it without --check to mend them.")
        self.stdout.write(
            f"{wrong} figures were wrong, and are right now." if wrong else "All right."
        )
