"""Deeds on measures: note what one was, or put right what was noted."""

from django.db import transaction

from governance.actions.structure import structure_edited
from governance.models import Reading
from governance.permissions import check_can_edit_structure


@transaction.atomic
def record(*, measure, measured_on, by, reason, **fields):
    """Keep the reading of a measure for a day; there is one for each day, the last one given."""
    check_can_edit_structure(by)
    reading = Reading.objects.select_for_update().filter(measure=measure, measured_on=measured_on)
    reading = reading.first() or Reading(measure=measure, measured_on=measured_on)
    for name, value in fields.items():
        setattr(reading, name, value)
    reading.full_clean(exclude=["measure"])
    reading._history_user, reading._change_reason = by, reason
    reading.save()
    structure_edited()  # the body's page shows it
    return reading
