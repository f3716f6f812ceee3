from django.db import migrations, models

FIELD = {
    "default": False,
    "editable": False,
    "help_text": "It was written down as a matter was resolved by it, and did not stand before.",
}


def keep_what_settles_now(apps, schema_editor):
    """Which of them stood before is not known, so none of them is told to more people."""
    settling = apps.get_model("governance", "Escalation").objects.exclude(decision=None)
    apps.get_model("governance", "Decision").objects.filter(
        pk__in=settling.values("decision")
    ).update(told_to_resolve=True)


class Migration(migrations.Migration):
    dependencies = [("governance", "0013_pages_have_a_version")]
    operations = [
        migrations.AddField("decision", "told_to_resolve", models.BooleanField(**FIELD)),
        migrations.AddField("historicaldecision", "told_to_resolve", models.BooleanField(**FIELD)),
        migrations.RunPython(keep_what_settles_now, migrations.RunPython.noop),
    ]
