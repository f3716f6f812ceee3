"""The daily mail: what was written for somebody since the last one, on a working day at eight.

Its lines say who has what and by when, as single mails do, and nothing of what it is about.
"""

from datetime import datetime, time

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from governance.models import DigestLine, OutboxMessage, User
from governance.structure import structure_today

MORNING = time(8)


def write_due(*, now=None):
    """Put the daily mails that are due into the outbox; any number of workers may do so."""
    now = timezone.localtime(now)
    if now.time() < MORNING:
        return 0
    morning = timezone.make_aware(datetime.combine(now.date(), MORNING))
    waiting = DigestLine.objects.filter(written_at__lt=morning)
    people = list(waiting.order_by("person").values_list("person", flat=True).distinct())
    if not people or not structure_today().calendar.is_working_day(now.date()):
        return 0
    return sum(write_for(person, waiting, now) for person in people)


@transaction.atomic
def write_for(person, waiting, now):
    """One mail with all that waits for somebody; none if another worker has it in hand."""
    lines = waiting.filter(person=person).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        lines = lines.select_for_update(skip_locked=True)
    lines = list(lines)
    if not lines:
        return 0
    DigestLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
    person = User.objects.get(pk=person)
    if not person.is_active or not person.email:
        return 0
    context = {"portal_url": settings.PORTAL_URL, "lines": lines}
    OutboxMessage.objects.create(
        to=person.email.strip().lower(),
        subject=f"Tower Hamlets Together: {len(lines)} for your bodies",
        text=render_to_string("governance/emails/digest.txt", context),
        due_at=now,
    )
    return 1
