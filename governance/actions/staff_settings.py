"""What somebody settles about their own mail and lists."""

from django.db import transaction

from governance.actions.structure import structure_edited
from governance.models import StaffSettings


@transaction.atomic
def settle(*, by, mail, absent_until, order=StaffSettings.Order.DUE):
    """Keep how somebody wants to be told, how matters are listed, and until when they are away."""
    settled, _ = StaffSettings.objects.select_for_update().get_or_create(person=by)
    before = settled.mail, settled.absent_until
    settled.mail, settled.absent_until, settled.order = mail, absent_until, order
    settled.save()
    if (mail, absent_until) != before:
        structure_edited(work_stays=True)  # where the mail of bodies goes is kept by its version
    return settled
