import django.db.models.deletion
from django.db import migrations, models

import governance.full_text


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_meetings_terms_decisions")]

    operations = [
        governance.full_text.CreateWordsModel(
            name="EscalationWords",
            fields=[
                (
                    "escalation",
                    models.OneToOneField(
                        db_column="rowid",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="governance.escalation",
                    ),
                ),
                ("words", governance.full_text.WordsField()),
            ],
            options={"verbose_name_plural": "escalation words"},
        ),
    ]
