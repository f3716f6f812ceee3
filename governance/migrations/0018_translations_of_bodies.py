from django.db import migrations, models


def translations():
    return models.JSONField(
        blank=True, default=dict, editable=False, help_text="By language, then by field."
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0017_measures")]

    operations = [
        migrations.AddField(model, "translations", translations())
        for model in ("body", "historicalbody")
    ]
