from django.db import migrations
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When

TRAVELS = ("raised", "passed_up", "out_of_line")


def keep_up(apps, schema_editor):
    matters = apps.get_model("governance", "Escalation").objects.order_by()
    matter = matters.filter(pk=OuterRef("escalation"))
    is_outside = matter.filter(current_body__kind__outside_partnership=True)
    steps = apps.get_model("governance", "EscalationStep").objects.order_by()
    took_it_out = steps.filter(
        escalation=OuterRef("escalation"),
        from_body=OuterRef("body"),
        kind__in=TRAVELS,
        to_body__kind__outside_partnership=True,
    )
    apps.get_model("governance", "EscalationReader").objects.update(
        status=Subquery(matter.values("status")),
        due_on=Subquery(matter.values("due_on")),
        holds=Case(
            When(Exists(matter.filter(current_body=OuterRef("body"))), then=Value(True)),
            When(Exists(is_outside) & Exists(took_it_out), then=Value(True)),
            default=Value(False),
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_readers_know_how_it_stands")]
    operations = [migrations.RunPython(keep_up, migrations.RunPython.noop)]
