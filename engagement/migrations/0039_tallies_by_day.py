from django.db import migrations, models


class Migration(migrations.Migration):
    """The same constraint, its columns in the order in which figures look them up."""

    dependencies = [("engagement", "0038_referral_by_message")]

    operations = [
        migrations.RemoveConstraint("messagetally", "message_tally_is_one_row"),
        migrations.AddConstraint(
            "messagetally",
            models.UniqueConstraint(
                fields=(
                    "whose",
                    "span",
                    "on",
                    "measure",
                    "topic",
                    "locality",
                    "language",
                    "channel",
                    "days",
                ),
                name="message_tally_is_one_row",
            ),
        ),
    ]
