from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    matters = apps.get_model("governance", "Escalation").objects.order_by()
    category = matters.filter(pk=OuterRef("escalation")).values("category")
    apps.get_model("governance", "EscalationReader").objects.update(category=Subquery(category))


class Migration(migrations.Migration):
    dependencies = [("governance", "0008_readers_know_the_kind")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
