from django.db import migrations

from governance.working_days import Calendar


def keep_the_days_given(apps, schema_editor):
    """Reckon from the deadlines of leads how many working days they were given."""
    referrals = apps.get_model("engagement", "Referral").objects
    added = apps.get_model("governance", "BankHoliday").objects.values_list("day", "name")
    days = Calendar(added)
    held = referrals.filter(answer_days=None, answer_by__isnull=False).order_by("pk")
    for each in held.only(
        "clock_started_on", "acknowledge_by", "answer_by", "paused_days"
    ).iterator():
        start = each.clock_started_on
        referrals.filter(pk=each.pk).update(
            acknowledge_days=days.working_days_between(start, each.acknowledge_by),
            answer_days=max(
                days.working_days_between(start, each.answer_by) - each.paused_days, 0
            ),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("engagement", "0024_clocks_of_referrals"),
        ("governance", "0017_measures"),
    ]

    operations = [migrations.RunPython(keep_the_days_given, migrations.RunPython.noop)]
