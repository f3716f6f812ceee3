import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0012_fill_the_bodies")]
    operations = [
        migrations.AddField(
            "structurerecord", "pages_version", models.UUIDField(default=uuid.uuid4)
        )
    ]
