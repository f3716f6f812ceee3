from django.db import migrations

BATCH = 5_000


def fill_readers(apps, schema_editor):
    """Who reads what follows from the steps and notices, as `governance.readers` says."""
    matters = apps.get_model("governance", "Escalation").objects
    steps = apps.get_model("governance", "EscalationStep").objects.order_by()
    notices = apps.get_model("governance", "ClockNotice").objects.order_by()
    Reader = apps.get_model("governance", "EscalationReader")
    raised = matters.filter(raised_on__isnull=False).order_by()
    read = {
        *raised.values_list("pk", "raising_body"),
        *steps.filter(escalation__in=raised).values_list("escalation", "to_body"),
        *steps.exclude(consulted_body=None).values_list("escalation", "consulted_body"),
        *notices.values_list("escalation", "body"),
    }
    merged = dict(raised.exclude(merged_into=None).values_list("pk", "merged_into"))
    read |= {(merged[matter], body) for matter, body in read if matter in merged}
    readers = [Reader(escalation_id=matter, body_id=body) for matter, body in sorted(read)]
    drafts = matters.filter(raised_on=None).order_by("pk")
    readers += [
        Reader(escalation_id=matter, body_id=body, author_id=author)
        for matter, body, author in drafts.values_list("pk", "raising_body", "created_by")
    ]
    Reader.objects.bulk_create(readers, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("governance", "0020_readers_of_matters")]

    operations = [migrations.RunPython(fill_readers, migrations.RunPython.noop)]
