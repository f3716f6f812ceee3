import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0009_fill_the_kind")]
    operations = [
        migrations.AddField("structurerecord", "work_version", models.UUIDField(default=uuid.uuid4))
    ]
