from itertools import groupby
from operator import attrgetter

from django.db import migrations
from django.utils.timezone import localdate

BATCH = 1000


def fill(apps, schema_editor):
    """As the steps say: who has the place of a body gives its view, or has the matter itself."""
    readers = apps.get_model("governance", "EscalationReader").objects
    steps = apps.get_model("governance", "EscalationStep").objects
    ended = apps.get_model("governance", "Body").objects.exclude(end_date=None)
    closings = {body.pk: (body.end_date, body.successor_id) for body in ended.order_by()}

    def in_place_of(body, day):
        places = [body]
        while body in closings and closings[body][0] < day:
            body = closings[body][1]
            if body in places:
                break
            places.append(body)
        return places

    asking = steps.filter(kind="consulted").order_by("escalation")
    matters = list(asking.values_list("escalation", flat=True).distinct())
    for first in range(0, len(matters), BATCH):
        found = steps.filter(escalation__in=matters[first : first + BATCH])
        found = found.order_by("escalation", "pk").defer("note")
        for matter, its in groupby(found, attrgetter("escalation_id")):
            asked = set()
            for step in its:
                gave = {step.to_body_id}
                if step.kind == "commented":
                    gave.add(step.from_body_id)
                day = localdate(step.at)
                asked = {body for body in asked if gave.isdisjoint(in_place_of(body, day))}
                if step.kind == "consulted":
                    asked.add(step.consulted_body_id)
            if asked:
                readers.filter(escalation=matter, body__in=asked).update(view_asked=True)


class Migration(migrations.Migration):
    dependencies = [("governance", "0017_readers_know_whose_view_is_asked")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
