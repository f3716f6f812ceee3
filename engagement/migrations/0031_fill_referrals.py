from django.db import migrations
from django.db.models import Case, OuterRef, Subquery, Value, When


def fill(apps, schema_editor):
    """Write on each referral what lists are made by, as its message has it."""
    messages = apps.get_model("engagement", "Submission").objects.filter(pk=OuterRef("submission"))
    is_english = Case(When(language="en", then=Value(True)), default=Value(False))
    messages = messages.annotate(is_english=is_english)
    apps.get_model("engagement", "Referral").objects.update(
        **{
            name: Subquery(messages.values(name))
            for name in ("topic_id", "locality_id", "channel", "is_english")
        }
    )


class Migration(migrations.Migration):
    dependencies = [("engagement", "0030_referral_as_its_message")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
