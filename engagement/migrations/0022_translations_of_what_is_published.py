from django.db import migrations, models

MODELS = ("activity", "story", "animation")


def translations():
    return models.JSONField(
        blank=True, default=dict, editable=False, help_text="By language, then by field."
    )


class Migration(migrations.Migration):
    dependencies = [("engagement", "0021_translations")]

    operations = [
        migrations.AddField(f"{kind}{model}", "translations", translations())
        for model in MODELS
        for kind in ("", "historical")
    ]
