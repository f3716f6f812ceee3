"""What somebody settles about their own mail and lists."""

from django.db import transaction
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.emails import tell_of_standing_in
from governance.models import StaffSettings
from governance.posts import stand_ins_for


@transaction.atomic
def settle(*, by, mail, absent_until, order=StaffSettings.Order.DUE):
    """Keep how somebody wants to be told, how matters are listed, and until when they are away.

    Deputies hear from when on they stand in for a chair: what came before was not told to them.
    """
    settled, _ = StaffSettings.objects.select_for_update().get_or_create(person=by)
    before = settled.mail, settled.absent_until
    settled.mail, settled.absent_until, settled.order = mail, absent_until, order
    settled.save()
    if (mail, absent_until) != before:
        structure_edited(work_stays=True)  # where the mail of bodies goes is kept by its version
    today = timezone.localdate()
    if absent_until != before[1] and settled.is_away_on(today):
        for body, deputies in stand_ins_for(by, today):
            tell_of_standing_in(body, deputies, chair=by, until=absent_until)
    return settled
