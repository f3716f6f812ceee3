"""Mail leaves through a table: written with the deed it tells of, sent by a worker, retried.

Delivery is at least once. A mail is doubled only where a worker died between the server's yes and
our note of it; both copies then carry the same Message-ID, by which mail programs tell them apart.
"""

import logging
import random
import uuid
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from governance.models import (
    Body,
    DigestLine,
    Membership,
    OutboxMessage,
    Seat,
    StaffSettings,
    User,
)
from governance.permissions import GOVERNANCE_ADMINISTRATORS
from governance.structure import structure_on
from localities.dated import in_force
from localities.kept_insert import insert
from localities.kept_query import PlannedOnce

logger = logging.getLogger(__name__)

# For how long a worker has a mail in hand. The mail server may keep it waiting for EMAIL_TIMEOUT at
# every step of the conversation, so this is many times as long.
LEASE = timedelta(minutes=10)

# The pauses after the first failures; a mail server may be away for a day. One more is the last.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
]
MOST_ATTEMPTS = len(PAUSES) + 1


class Post(NamedTuple):
    """Why somebody is told: as an officer of a body, or of a group; without either, by name."""

    body: int | None = None
    group: str = ""


BY_NAME = Post()


class Address(str):
    """Where a mail goes, by key who reads there, if it is a person, and why it goes there."""

    person = None
    is_daily = False  # they want one mail a day
    posts = ()

    def with_posts(self, posts):
        address = Address(self)
        address.person, address.is_daily = self.person, self.is_daily
        address.posts = tuple(dict.fromkeys((*self.posts, *posts)))
        return address


_put_in_later = ContextVar("mails that go into the outbox together, at the end", default=None)


@contextmanager
def together():
    """Put the mails of one deed in the outbox in one statement."""
    mails = []
    outside = _put_in_later.set(mails)
    try:
        yield
    finally:
        _put_in_later.reset(outside)
    insert(*mails)


def enqueue(
    *,
    to,
    subject,
    template,
    context,
    due=None,
    at_once=False,
    body="",
    by=None,
    told=(),
    know=(),
    at=None,
    or_to=GOVERNANCE_ADMINISTRATORS,
):
    """Put one mail to each address in the outbox, within the caller's transaction.

    For somebody who wants one mail a day it is kept as a line of the next, with the due day, unless
    it is to be read `at_once`. The line is the subject, and names the `body` that has what it tells
    of: who has several posts would not know which of them is meant.

    There is a line for each of their posts, which is for whoever has that post in the morning; for
    the group `or_to`, if nobody is told for the body then; and never for `by`, whose act it is. All
    mails about one deed are given the moment `at` which it was done. Those `told` have had another.
    Those who `know` need none, whoever has the post in the morning.

    `template` is a text template; it gets `context` and the portal's own address as `portal_url`.
    The `reference` in the context is what the mail is known to be about.
    """
    addresses = [each for each in distinct(to) if by is None or each.person != by.pk]
    if not addresses:
        return []
    text = render_to_string(template, {"portal_url": settings.PORTAL_URL, **context})
    # A header is one line, whatever a body or a topic is called.
    subject = " ".join(subject.split())[: OutboxMessage._meta.get_field("subject").max_length]
    line = subject if body in subject else f"{subject} – {body}"
    at = at or timezone.now()
    told = {address: address.posts for address in distinct(told)}
    know = {*know, *(address for address in (*addresses, *told) if not address.is_daily)}
    if by is not None:
        know.add(by.email.strip().lower())
    lines = [
        DigestLine(
            person_id=address.person,
            body_id=post.body,
            group=post.group or (or_to if post.body else ""),
            know=sorted(know),
            about=context.get("reference", ""),
            line=line[: DigestLine._meta.get_field("line").max_length],
            path=context["address"],
            due=due,
            written_at=at,
        )
        for address in addresses
        if address.is_daily and not at_once
        for post in address.posts
        if post not in told.get(address, ())
    ]
    insert(*lines)
    mails = [
        OutboxMessage(
            to=address,
            about=context.get("reference", ""),
            subject=subject,
            text=text,
            due_at=timezone.now(),
        )
        for address in addresses
        if address not in told and (at_once or not address.is_daily)
    ]
    put_in_later = _put_in_later.get()
    if put_in_later is None:
        insert(*mails)
    else:
        put_in_later += mails
    return mails


def addresses_of(body, *, day=None):
    """Where mail for a body goes: its mailbox and its officers of that day.

    Deputies are told while no chair is there, as the seat is vacant or its holder away or without
    an address; who is away is not told, unless nobody else would be. Once the body has closed, mail
    goes to whoever follows it, or nowhere.
    """
    body = holder_of(body, day=day)
    if body is None:
        return []
    day = day or timezone.localdate()
    officers = officers_with_settings(body=body.pk, day=day)
    return addresses_among(officers, day, body=body.pk, mailbox=body.mailbox)


@dataclass(frozen=True, slots=True)
class Told:
    """Where mail for a body goes, and by their keys all its officers, who may be away."""

    addresses: list
    people: frozenset = frozenset()


def told_of_each(bodies, day):
    """This for bodies given by their keys, under these, as `addresses_of` has it; two queries."""
    structure = structure_on(day)
    holders = {pk: holder.pk for pk in bodies if (holder := structure.holder_of(pk))}
    mailboxes = Body.objects.filter(pk__in=holders.values()).values_list("pk", "mailbox")
    officers = defaultdict(list)
    held = officers_on(day).filter(seat__body__in=holders.values())
    for each in held.select_related("seat", "person__staff_settings"):
        officers[each.seat.body_id].append(each)
    found = {
        pk: Told(
            addresses_among(officers[pk], day, body=pk, mailbox=mailbox),
            frozenset(each.person_id for each in officers[pk]),
        )
        for pk, mailbox in mailboxes
    }
    return {pk: found.get(holders.get(pk), Told([])) for pk in bodies}


def addresses_among(officers, day, *, body, mailbox):
    people = told_among(officers, day)
    return distinct([mailbox, *(address_of(each, Post(body=body)) for each in people)])


def told_among(officers, day):
    """The people who are told on a day, of the officers of one body: those with an address."""
    officers = [officer for officer in officers if has_address(officer.person)]
    there = [officer for officer in officers if not is_away(officer.person, day)]
    has_chair = any(officer.seat.role == Seat.Role.CHAIR for officer in there)
    return [
        officer.person
        for officer in there
        if officer.seat.role != Seat.Role.DEPUTY_CHAIR or not has_chair
    ] or [officer.person for officer in officers]


def administrators():
    """Where mail for those goes who look after the structure, and decide on exceptions."""
    return addresses_in(GOVERNANCE_ADMINISTRATORS)


def addresses_in(group):
    """Where mail for the people of a group goes."""
    people = User.objects.filter(groups__name=group, is_active=True)
    people = people.select_related("staff_settings")
    return distinct(address_of(each, Post(group=group)) for each in people)


def has_address(person):
    return bool(person.email.strip())


def is_away(person, day):
    settings_of = getattr(person, "staff_settings", None)
    return settings_of is not None and settings_of.is_away_on(day)


def address_of(person, post=BY_NAME):
    """The address of somebody, told by name or for a post; who they are comes with settings."""
    address = Address(person.email.strip().lower())
    settings_of = getattr(person, "staff_settings", None)
    address.person, address.posts = person.pk, (post,)
    address.is_daily = settings_of is not None and settings_of.mail == StaffSettings.Mail.DAILY
    return address


def can_receive(body, *, day=None):
    """Whether a body, or who follows it by then, has an officer or a mailbox on a day."""
    body = holder_of(body, day=day)
    return body is not None and bool(body.mailbox or officers_of(body, day=day).exists())


def holder_of(body, *, day=None):
    """The body in force that has on a day what is put before this one, or None."""
    day = day or timezone.localdate()
    if not body.has_ended_by(day):
        return body if body.is_in_force_on(day) else None
    holder = structure_on(day).holder_of(body)
    return holder and Body.objects.get(pk=holder.pk)


def officers_of(body, *, day=None):
    """The seats of a body's officers that are held on a day, by someone who may sign in."""
    return officers_on(day or timezone.localdate()).filter(seat__body=body)


@PlannedOnce
def officers_with_settings(body, day):
    """The same, each with how they want their mail."""
    officers = officers_on(day).filter(seat__body=body)
    return officers.select_related("seat", "person__staff_settings")


def officers_on(day):
    return Membership.objects.filter(
        in_force(day),
        in_force(day, "seat"),
        seat__role__in=Seat.OFFICER_ROLES,
        person__is_active=True,
    )


def forget_mails_about(reference):
    """Remove every mail that tells of this matter or message and no other, sent or not."""
    OutboxMessage.objects.filter(about=reference).delete()
    DigestLine.objects.filter(about=reference).delete()


def distinct(addresses):
    """Each address once, in small letters, those of people with what is known of them.

    A mailbox at somebody’s own address is theirs: mail comes as they chose, not of their deeds.
    """
    known = {}
    for each in addresses:
        address = each if isinstance(each, Address) else Address(each.strip().lower())
        if address in known and known[address].person:
            address = known[address].with_posts(address.posts)
        if address:
            known[address] = address
    return sorted(known.values())


# --- The worker -----------------------------------------------------------------------------------


def deliver_due(*, batch=10, should_stop=lambda: False):
    """Send what is due, a batch of it; give how many mails were tried.

    Several workers, on several machines, may do so at once.
    """
    token, messages = claim(batch)
    tried = 0
    for message in messages:
        if should_stop():
            release(token)
            break
        deliver(token, message)
        tried += 1
    return tried


def claim(limit):
    """Take some due mails in hand for as long as the lease lasts: a token, and the mails."""
    now = timezone.now()
    due = OutboxMessage.objects.filter(is_queued=True, due_at__lte=now).order_by("due_at", "pk")
    if not due.exists():  # A worker with nothing to do takes no lock.
        return "", []
    token = uuid.uuid4().hex
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        taken = list(due.values_list("pk", flat=True)[:limit])
        OutboxMessage.objects.filter(pk__in=taken).update(lease=token, due_at=now + LEASE)
    return token, list(OutboxMessage.objects.filter(pk__in=taken).order_by("pk"))


def release(token):
    """Give back what was taken and not sent."""
    OutboxMessage.objects.filter(lease=token, is_queued=True).update(
        lease="", due_at=timezone.now()
    )


def deliver(token, message):
    """Send one mail that this worker has in hand, and note what came of it."""
    in_hand = OutboxMessage.objects.filter(pk=message.pk, lease=token, is_queued=True)
    attempts = message.attempts + 1
    # Slow mails before this one may have used up the lease; then it is another worker's.
    if not in_hand.update(due_at=timezone.now() + LEASE, attempts=attempts):
        return
    try:
        as_email(message).send()
    except Exception as error:
        given_up = attempts >= MOST_ATTEMPTS
        # Errors of mail servers repeat the address, which is no matter for a log.
        logger.warning("Mail %s was not sent: %s.", message.pk, type(error).__name__)
        in_hand.update(
            status=OutboxMessage.Status.DEAD if given_up else OutboxMessage.Status.QUEUED,
            due_at=timezone.now() + (timedelta() if given_up else pause_after(attempts)),
            error=f"{type(error).__name__}: {error}"[:500],
            lease="",
        )
    else:
        in_hand.update(
            status=OutboxMessage.Status.SENT,
            sent_at=timezone.now(),
            text="",
            error="",
            lease="",
        )


def pause_after(attempts):
    """How long to wait after so many failures; uneven, so that mails do not come back in a rush."""
    return PAUSES[attempts - 1] * random.uniform(0.75, 1.25)


def as_email(message):
    return EmailMessage(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers={
            "Message-ID": message_id(message),
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",  # so that no absence note answers (RFC 3834)
        },
    )


def message_id(message):
    return f"<outbox-{message.pk}@{urlsplit(settings.PORTAL_URL).hostname}>"


def try_again(messages):
    """Queue mails that were given up once more; give how many."""
    return messages.filter(status=OutboxMessage.Status.DEAD).update(
        status=OutboxMessage.Status.QUEUED, due_at=timezone.now(), attempts=0, lease=""
    )
