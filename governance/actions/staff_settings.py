"""What somebody settles about their own mail and lists."""

from django.db import transaction

from governance.actions.structure import structure_edited
from governance.models import StaffSettings


@transaction.atomic
def settle(*, by, mail, absent_until, order=StaffSettings.Order.DUE):
    """Keep how somebody wants to be told, how matters are listed, and until when they are away."""
    settled, _ = StaffSettings.objects.update_or_create(
        person=by, defaults={"mail": mail, "absent_until": absent_until, "order": order}
    )
    structure_edited()  # where the mail of bodies goes is kept by its version
    return settled
