from django.db import migrations, models

MODELS = ("topic", "signpost", "routingrule")


def translations():
    return models.JSONField(
        blank=True, default=dict, editable=False, help_text="By language, then by field."
    )


def group():
    groups = [
        ("urgent", "Help now"),
        ("complaint", "A formal complaint"),
        ("portal", "About this portal"),
        ("data", "About personal data"),
        ("offer", "Interpreters and other formats"),
    ]
    return models.CharField(choices=groups, max_length=10)


class Migration(migrations.Migration):
    dependencies = [("engagement", "0020_language_to_write_in")]

    operations = [
        *[
            migrations.AddField(f"{kind}{model}", "translations", translations())
            for model in MODELS
            for kind in ("", "historical")
        ],
        migrations.AlterField("signpost", "group", group()),
        migrations.AlterField("historicalsignpost", "group", group()),
    ]
