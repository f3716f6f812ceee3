from django.core.management.base import BaseCommand

from localities.actions.loading import load_localities


class Command(BaseCommand):
    help = (
        "Load localities, wards, places, postcode districts and the postcodes of the borough. "
        "May be run again: it says what changed, and leaves alone what people edited."
    )

    def handle(self, *args, **options):
        for sentence in load_localities():
            if options["verbosity"]:
                self.stdout.write(sentence)
