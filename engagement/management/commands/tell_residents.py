from django.core.management.base import BaseCommand

from engagement.actions import outcomes


class Command(BaseCommand):
    help = "Tell the residents who asked what came of what they said; sent by deliver_mail."

    def handle(self, *args, **options):
        number = outcomes.tell_residents()
        if number:
            messages = "1 message" if number == 1 else f"{number} messages"
            self.stdout.write(f"The authors of {messages} are told.")
        else:
            self.stdout.write("Nobody is to be told.")
