from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from engagement.actions import activities, erasures
from engagement.models import Interest, Submission
from governance.models import User
from governance.workflow import MoveNotAllowed


class Command(BaseCommand):
    help = "Remove what a resident wrote in one message, or their sign-up, and how to reach them."

    def add_arguments(self, parser):
        parser.add_argument("reference", help="such as F-2026-000042, or A-2026-000042")
        parser.add_argument("--by", metavar="USERNAME", help="of the engagement team")
        parser.add_argument(
            "--reason", default="The resident asked for it.", help="kept for good: no names in it"
        )

    def handle(self, *args, reference, by, reason, **options):
        interest = Interest.objects.with_reference(reference).first()
        if interest is not None:
            activities.withdraw(interest=interest)
            self.stdout.write(f"{interest.reference} is removed.")
            return
        submission = Submission.objects.with_reference(reference).first()
        if submission is None:
            raise CommandError(f"There is no message {reference}.")
        person = User.objects.filter(username=by).first() if by else None
        if by and person is None:
            raise CommandError(f"There is nobody with the user name {by}.")
        try:
            erasures.erase(submission=submission, by=person, reason=reason)
        except (MoveNotAllowed, PermissionDenied) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{submission.reference} is erased. That it was, and why, is noted.")
