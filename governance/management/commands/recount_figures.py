from django.core.management.base import BaseCommand, CommandError

from governance.tallies import recount


class Command(BaseCommand):
    help = "Count the figures of bodies anew from the steps of all matters, and mend what differs."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if something is wrong"
        )

    def handle(self, *, check, **options):
        wrong = recount(mend=not check)
        if check and wrong:
            raise CommandError(f"{wrong} figures are wrong. Run it without --check to mend them.")
        self.stdout.write(
            f"{wrong} figures were wrong, and are right now." if wrong else "All right."
        )
