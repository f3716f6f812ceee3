"""Deeds on measures: note what one was, or put right what was noted."""

from django.db import transaction

from governance.actions.structure import lock_structure, work_edited
from governance.measures import with_unit
from governance.models import Measure, Reading
from governance.permissions import check_can_keep_record_of
from governance.workflow import MoveNotAllowed
from localities.day_field import in_words
from localities.history import signed


@transaction.atomic
def record(*, measure, measured_on, by, reason, may_replace=True, **fields):
    """Keep the reading of a measure for a day; there is one for each day, the last one given.

    With `may_replace` false another reading of that day stays, and whoever comes second is told.
    """
    # Two who note the same day at once take turns, behind the record: a closing body, an import or
    # the admin locks that first.
    lock_structure()
    check_can_keep_record_of(by, measure.body)
    measure = Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
    reading = Reading.objects.filter(measure=measure, measured_on=measured_on).first()
    if reading is not None and all(
        getattr(reading, name) == value for name, value in fields.items()
    ):
        return reading
    if reading is not None and not may_replace:
        raise MoveNotAllowed(
            f"{with_unit(reading.value, measure.unit)} was noted for {in_words(measured_on)} "
            "already. Tick “It puts right what was noted for this day” to replace it."
        )
    reading = reading or Reading(measure=measure, measured_on=measured_on)
    for name, value in fields.items():
        setattr(reading, name, value)
    reading.full_clean(exclude=["measure"])
    signed(reading, by, reason).save()
    work_edited()  # the body's page shows it
    return reading
