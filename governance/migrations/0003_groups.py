from django.db import migrations

GROUPS = ("Engagement team", "Governance administrators")


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in GROUPS:
        group.objects.get_or_create(name=name)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    """The two groups that give standing beside the seats."""

    dependencies = [
        ("governance", "0002_squashed_0023_help_with_measures"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
