from django.db import migrations

from governance.working_days import Calendar


def keep_the_days_given(apps, schema_editor):
    """Note for each running clock the working days it was given, which its due day tells."""
    Escalation = apps.get_model("governance", "Escalation")
    days = Calendar()
    running = Escalation.objects.filter(is_open=True, answer_days=None, answer_by__isnull=False)
    clock = ("clock_started_on", "acknowledge_by", "answer_by", "paused_days")
    for start, acknowledge_by, answer_by, paused in running.values_list(*clock).distinct():
        answer_days = days.working_days_between(start, answer_by) - paused
        alike = dict(zip(clock, (start, acknowledge_by, answer_by, paused), strict=True))
        running.filter(**alike).update(
            answer_days=max(answer_days, 0),
            acknowledge_days=acknowledge_by and days.working_days_between(start, acknowledge_by),
        )


class Migration(migrations.Migration):
    dependencies = [("governance", "0009_clocks")]

    operations = [migrations.RunPython(keep_the_days_given, migrations.RunPython.noop)]
