from django.core.management.base import BaseCommand

from governance.workflow import as_mermaid, as_text


class Command(BaseCommand):
    help = "Print which move takes an escalation from which status to which."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--format",
            choices=["text", "mermaid"],
            default="text",
            help="a table (text), or a state diagram that GitHub and many wikis draw (mermaid)",
        )

    def handle(self, *, format, **options):
        self.stdout.write(as_mermaid() if format == "mermaid" else as_text())
