"""Mail leaves through a table: written with the deed it tells of, sent by a worker, retried."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from governance.models import Membership, OutboxMessage, Seat
from localities.dated import in_force


def enqueue(*, to, subject, template, context):
    """Put one mail to each address in the outbox, within the caller's transaction.

    `template` is a text template; it gets `context` and the portal's own address as `portal_url`.
    """
    addresses = sorted({address.strip().lower() for address in to if address})
    if not addresses:
        return []
    text = render_to_string(template, {"portal_url": settings.PORTAL_URL, **context})
    return OutboxMessage.objects.bulk_create(
        OutboxMessage(to=address, subject=subject, text=text, due_at=timezone.now())
        for address in addresses
    )


def addresses_of(body, *, day=None, but_not=None):
    """Where mail for a body goes: its mailbox and its officers of that day.

    `but_not` is the person whose own act it tells of.
    """
    officers = Membership.objects.filter(
        in_force(day or timezone.localdate()),
        in_force(day or timezone.localdate(), "seat"),
        seat__body=body,
        seat__role__in=Seat.OFFICER_ROLES,
        person__is_active=True,
    )
    if but_not is not None:
        officers = officers.exclude(person=but_not)
    return [body.mailbox, *officers.values_list("person__email", flat=True)]
