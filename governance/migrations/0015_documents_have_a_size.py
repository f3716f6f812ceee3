from django.db import migrations, models

FIELD = {
    "null": True,
    "editable": False,
    "help_text": "Of the file, in bytes; empty where it is not known.",
}


class Migration(migrations.Migration):
    dependencies = [("governance", "0014_decisions_told_to_resolve")]
    operations = [
        migrations.AddField("document", "size", models.PositiveBigIntegerField(**FIELD)),
        migrations.AddField("historicaldocument", "size", models.PositiveBigIntegerField(**FIELD)),
    ]
