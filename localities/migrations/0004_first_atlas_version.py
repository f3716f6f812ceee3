from django.db import migrations


def begin(apps, schema_editor):
    """Where localities were loaded before, the next loading may be long in coming."""
    if apps.get_model("localities", "Locality").objects.exists():
        apps.get_model("localities", "AtlasVersion").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("localities", "0003_atlas_version")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
