from django.db import migrations


def fill(apps, schema_editor):
    """Referrals know what was known of their messages alone."""
    referrals = apps.get_model("engagement", "Referral").objects
    referrals.filter(role="lead", submission__is_urgent=True).update(is_urgent=True)


class Migration(migrations.Migration):
    dependencies = [("engagement", "0018_urgent_referrals")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
