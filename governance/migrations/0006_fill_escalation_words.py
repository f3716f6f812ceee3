from django.db import migrations


def fill(apps, schema_editor):
    """The words of every matter."""
    words = apps.get_model("governance", "EscalationWords").objects
    for each in apps.get_model("governance", "Escalation").objects.iterator(chunk_size=1000):
        texts = [each.title, each.situation, each.asked, each.tried]
        words.create(escalation=each, words="\n".join(texts))


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_escalation_words")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
