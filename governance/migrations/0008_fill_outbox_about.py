from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import StrIndex, Substr


def read_from_subjects(apps, schema_editor):
    """The subject of a mail about a resident's message begins with its reference and a colon."""
    mails = apps.get_model("governance", "OutboxMessage").objects
    mails.filter(subject__regex=r"^F-[0-9]{4}-[0-9]{6,12}:").update(
        about=Substr(F("subject"), 1, StrIndex(F("subject"), Value(":")) - 1)
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0007_outbox_about")]

    operations = [migrations.RunPython(read_from_subjects, migrations.RunPython.noop)]
