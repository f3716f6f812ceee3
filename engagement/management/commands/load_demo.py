import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagement import demonstration
from governance.models import Body, User

PASSWORD = "DEMO_PASSWORD"


class Command(BaseCommand):
    help = "Fill the portal with fictional people, messages and matters, for trying it out."

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="load them although DEBUG is off")

    def handle(self, *args, force, **options):
        if not settings.DEBUG and not force:
            raise CommandError(
                "DEBUG is off, so this may be the real portal: fictional people do not belong "
                "there. Where they do, add --force."
            )
        password = os.environ.get(PASSWORD, "")
        if not password:
            raise CommandError(f"Set {PASSWORD} to the password that they shall have.")
        if not Body.objects.exists():
            raise CommandError("There is no structure yet. Run load_structure first.")
        if User.objects.filter(username__startswith="demo-").exists():
            self.stdout.write("The demonstration is there already; nothing was loaded.")
            return
        self.stdout.write(f"Loaded {demonstration.load(password)}")
