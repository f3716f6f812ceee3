from django.db import migrations, models


def of_the_form(help_text):
    return models.CharField(
        max_length=10, default="en-gb", db_default="en-gb", help_text=help_text
    )


class Migration(migrations.Migration):
    dependencies = [("engagement", "0019_fill_urgent_referrals")]

    operations = [
        migrations.AddField(
            "contact",
            "language",
            of_the_form("In which they are written to: that of the form they used."),
        ),
        migrations.AddField(
            "interest",
            "language",
            of_the_form("In which they are written to: that of the page they signed up on."),
        ),
    ]
