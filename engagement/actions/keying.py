"""What staff do when a resident speaks to them instead of writing here."""

from datetime import date

from django.db import transaction

from engagement.actions import sending
from engagement.models import KeyedIn
from engagement.permissions import check_can_key_in


@transaction.atomic
def key_in(*, key, content, judged, by):
    """Send a message for a resident: once for each key, and kept with who keyed it in."""
    check_can_key_in(by)
    sent = sending.send(key=key, content=content, judged=judged, by=by)
    KeyedIn.objects.get_or_create(
        submission=sent.submission,
        defaults={
            "came_on": date.fromisoformat(content["came_on"]),
            "format_needs": content["format_needs"],
            "by": by,
        },
    )
    return sent
