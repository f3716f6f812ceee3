import django.db.models.deletion
from django.db import migrations, models

import governance.full_text


class Migration(migrations.Migration):
    dependencies = [("engagement", "0003_phrases_flags_screening")]

    operations = [
        governance.full_text.CreateWordsModel(
            name="SubmissionWords",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        db_column="rowid",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="engagement.submission",
                    ),
                ),
                ("words", governance.full_text.WordsField()),
            ],
            options={"verbose_name_plural": "submission words"},
        ),
    ]
