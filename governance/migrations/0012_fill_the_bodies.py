from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    matter = (
        apps.get_model("governance", "Escalation").objects.order_by().filter(pk=OuterRef("escalation"))
    )
    apps.get_model("governance", "EscalationReader").objects.update(
        raising_body=Subquery(matter.values("raising_body")),
        current_body=Subquery(matter.values("current_body")),
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0011_readers_know_the_bodies")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
