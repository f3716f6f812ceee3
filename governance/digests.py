"""The daily mail: what was written for somebody since the last one, on a working day at eight.

Its lines say who has what and by when, as single mails do, and nothing of what it is about.
"""

import logging
from collections import defaultdict
from datetime import datetime, time

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from governance.models import DigestLine, OutboxMessage, User
from governance.outbox import Told, address_of, addresses_in, told_of_each
from governance.structure import structure_today

logger = logging.getLogger(__name__)

MORNING = time(8)


def write_due(*, now=None):
    """Put the daily mails that are due into the outbox; any number of workers may do so."""
    now = timezone.localtime(now)
    if now.time() < MORNING:
        return 0
    morning = timezone.make_aware(datetime.combine(now.date(), MORNING))
    waiting = DigestLine.objects.filter(written_at__lt=morning)
    if not waiting.exists() or not structure_today().calendar.is_working_day(now.date()):
        return 0
    to_mailboxes = hand_on(waiting, now)
    people = list(waiting.order_by("person").values_list("person", flat=True).distinct())
    return to_mailboxes + sum(write_for(person, waiting, now) for person in people)


@transaction.atomic
def hand_on(waiting, now):
    """Give the lines of posts that somebody has left, or is away from, to whoever is told today.

    They get them in a daily mail, also those who have each mail at once: they are told together of
    what happened before. Who had a mail of it then, or did it, is not told again. Who is away, or
    stood in then, keeps theirs too. A mailbox has its mail here, as no person reads it: their
    number is given.
    """
    posts = waiting.exclude(body=None, group="").order_by()
    posts = posts.values_list("person", "body", "group").distinct()
    told = told_for({(body, group) for _, body, group in posts}, now.date())
    absent = {
        (person, *post)
        for person, *post in posts
        if all(address.person != person for address in told[tuple(post)].addresses)
    }
    if not absent:
        return 0
    # Not those that another worker passes over: its mails are only written once all is handed on.
    lines = waiting.filter(person__in={person for person, *_ in absent}).order_by("pk")
    lines = [
        line
        for line in lines.select_for_update()
        if (line.person_id, line.body_id, line.group) in absent
    ]
    handed_on, kept, left, of_mailboxes = [], [], [], defaultdict(list)
    for line in lines:
        post = told[line.body_id, line.group]
        if not post.addresses:
            logger.warning("Nobody is there any more to be told of a line of the daily mail.")
        for address in post.addresses:
            if address in line.know:
                continue
            if address.person:
                handed_on.append(copy_for(address.person, line))
            else:
                of_mailboxes[address].append(line)
        if line.person_id in post.people:
            line.know = sorted({*line.know, *post.addresses})
            kept.append(line)
        else:
            left.append(line.pk)
    DigestLine.objects.filter(pk__in=left).delete()
    DigestLine.objects.bulk_update(kept, ["know"])
    DigestLine.objects.bulk_create(handed_on)
    for address, its_lines in of_mailboxes.items():
        write(address, its_lines, now)
    return len(of_mailboxes)


def told_for(posts, day):
    """Who is told on a day for each post, a body and a group: the group where the body has none."""
    bodies = told_of_each({body for body, _ in posts if body}, day)
    told = {(body, group): bodies.get(body, Told([])) for body, group in posts}
    instead = {group for (_, group), post in told.items() if group and not post.addresses}
    groups = {group: Told(addresses_in(group)) for group in instead}
    return {
        (body, group): post if post.addresses else groups.get(group, post)
        for (body, group), post in told.items()
    }


def copy_for(person, line):
    fields = [field.attname for field in DigestLine._meta.concrete_fields]
    same = {name: getattr(line, name) for name in fields if name != "id"}
    return DigestLine(**same | {"person_id": person})


@transaction.atomic
def write_for(person, waiting, now):
    """One mail with all that waits for somebody; none if another worker has it in hand."""
    lines = waiting.filter(person=person).order_by("written_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        lines = lines.select_for_update(skip_locked=True)
    lines = list(lines)
    if not lines:
        return 0
    DigestLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
    person = User.objects.select_related("staff_settings").get(pk=person)
    address = address_of(person)
    lines = [line for line in lines if address not in line.know]
    if not lines or not address or not person.is_active:
        return 0
    write(address, lines, now)
    return 1


def write(address, lines, now):
    lines = each_deed_once(lines)
    context = {
        "portal_url": settings.PORTAL_URL,
        "lines": lines,
        "is_daily": address.is_daily,
    }
    OutboxMessage.objects.create(
        to=address,
        subject=f"Tower Hamlets Together: {len(lines)} for your bodies",
        text=render_to_string("governance/emails/digest.txt", context),
        due_at=now,
    )


def each_deed_once(lines):
    """One line of what somebody is told for several posts: that by which they are to act, if any.

    A deed is known by its moment.
    """
    kept = {}
    for line in lines:
        deed = line.written_at, line.path, line.line
        if deed not in kept or kept[deed].due is None:
            kept[deed] = line
    return list(kept.values())
