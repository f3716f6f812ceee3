from django.core.management.base import BaseCommand

from engagement.actions import outcomes
from governance.repeating import add_every, repeat


class Command(BaseCommand):
    help = "Tell the residents who asked what came of what they said; sent by deliver_mail."

    def add_arguments(self, parser):
        add_every(parser)

    def handle(self, *, every, **options):
        self.says_nothing = every is not None
        repeat(self.look, every=every)

    def look(self):
        number = outcomes.tell_residents()
        if number:
            messages = "1 message" if number == 1 else f"{number} messages"
            self.stdout.write(f"The authors of {messages} are told.")
        elif not self.says_nothing:
            self.stdout.write("Nobody is to be told.")
