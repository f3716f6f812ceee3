"""What somebody settles about their own mail."""

from django.db import transaction

from governance.models import StaffSettings


@transaction.atomic
def settle(*, by, mail, absent_until):
    """Keep how somebody wants to be told, and until when deputies are told in their place."""
    return StaffSettings.objects.update_or_create(
        person=by, defaults={"mail": mail, "absent_until": absent_until}
    )[0]
