"""What people do about an activity: sign up, withdraw, move up; and what they are told.

Every deed on the sign-ups of an activity locks the activity first, so that no two people can have
the last place. Residents have no account: having the code of the receipt is what allows them.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engagement.emails import (
    send_new_code,
    tell_of_change,
    tell_of_place,
    tell_of_sign_up,
    tell_organisers,
)
from engagement.models import Activity, Interest
from engagement.permissions import check_can_organise
from engagement.receipts import derived_secret, new_secret, secret_hash
from governance.outbox import forget_mails_about
from governance.workflow import MoveNotAllowed

# What those who have signed up are told of when it changes.
TOLD_OF = {"starts_at", "ends_at", "place", "is_online", "is_cancelled"}
# What calendars show, beside these.
SHOWN_IN_CALENDARS = TOLD_OF | {"title", "summary", "note"}


@dataclass(frozen=True)
class Joined:
    """A sign-up that is stored, and the code that opens it, unless a newer one does."""

    interest: Interest
    secret: str | None


def join(*, activity, name, email, phone, key):
    """Sign someone up, with a place or to wait for one: once for each key."""
    try:
        return _join(activity, name, email, phone, key)
    except IntegrityError:
        # Another press of the same button was first.
        joined = already_joined(key)
        if joined is None:
            raise
        return joined


def already_joined(key):
    """What was stored under this key before, or None."""
    interest = Interest.objects.select_related("activity").filter(sending_key=key).first()
    if interest is None:
        return None
    secret = derived_secret(key)
    return Joined(interest, secret if interest.secret_hash == secret_hash(secret) else None)


@transaction.atomic
def _join(activity, name, email, phone, key):
    activity = locked(activity)
    if joined := already_joined(key):
        return joined
    if not activity.is_open:
        raise MoveNotAllowed(why_closed(activity))

    secret = derived_secret(key)
    interest = Interest.objects.create(
        activity=activity,
        name=name,
        email=email.strip().lower(),
        phone=phone,
        has_place=has_room(activity),
        language=get_language() or settings.LANGUAGE_CODE,
        joined_at=timezone.now(),
        secret_hash=secret_hash(secret),
        sending_key=key,
    )
    tell_of_sign_up(interest)
    tell_organisers(interest, "joined")
    return Joined(interest, secret)


@transaction.atomic
def withdraw(*, interest):
    """Take back a sign-up: the row goes, and the next who waits gets the place."""
    activity = locked(interest.activity)
    interest = Interest.objects.filter(pk=interest.pk).first()
    if interest is None:
        return
    _remove(activity, interest)
    tell_organisers(interest, "withdrew")


@transaction.atomic
def remove(*, interest, by):
    """Take someone off the list for them, as when they have rung up."""
    activity = locked(interest.activity)
    check_can_organise(by, activity)
    interest = Interest.objects.filter(pk=interest.pk).first()
    if interest is not None:
        _remove(activity, interest)


def _remove(activity, interest):
    let_go(interest)
    _fill(activity)


def let_go(interest):
    """Remove a sign-up, and then the mails about it: who writes one meanwhile has its row."""
    Interest.objects.filter(pk=interest.pk).delete()
    forget_mails_about(interest.reference)


@transaction.atomic
def note_change(*, activity, changed):
    """After an edit: calendars see that it is newer, those concerned are told, places are filled.

    `changed` names the fields that are not as they were.
    """
    activity = locked(activity)
    if set(changed) & SHOWN_IN_CALENDARS:
        activity.sequence += 1
        Activity.objects.filter(pk=activity.pk).update(sequence=activity.sequence)
    if set(changed) & TOLD_OF and activity.is_published and not activity.is_over:
        for interest in activity.interests.exclude(email=""):
            tell_of_change(interest, activity)
    _fill(activity)


def _fill(activity):
    """Give free places to those who have waited longest, as long as there is something to come."""
    if activity.has_begun or activity.is_cancelled:
        return
    waiting = activity.interests.filter(has_place=False).order_by("pk")
    free = None
    if activity.places is not None:
        free = max(activity.places - places_taken(activity), 0)
    for interest in waiting[:free]:
        interest.has_place = True
        interest.save(update_fields=["has_place"])
        tell_of_place(interest)
        tell_organisers(interest, "moved up")


@transaction.atomic
def renew_codes(*, email):
    """Mail a new code for each sign-up of this address to it; the old ones end."""
    address = email.strip().lower()
    coming = Interest.objects.filter(activity__starts_at__gte=timezone.now())
    interests = list(coming.filter(email=address).select_related("activity"))
    for interest in interests or [nobody_s_interest()]:
        secret = new_secret()
        row = Interest.objects.filter(pk=interest.pk)
        is_there = row.update(secret_hash=secret_hash(secret))
        if is_there or not interests:
            send_new_code(interest, secret)
    if not interests:  # the same was done for nobody: a guess takes as long as the truth
        transaction.set_rollback(True)


def nobody_s_interest():
    now = timezone.now()
    return Interest(
        pk=0, activity=Activity(starts_at=now), email="nobody@example.org", joined_at=now
    )


# --- Questions ------------------------------------------------------------------------------------


def locked(activity):
    """The activity afresh, locked: every deed on its sign-ups takes its turn here."""
    return Activity.objects.select_for_update().get(pk=activity.pk)


def places_taken(activity):
    return activity.interests.filter(has_place=True).count()


def has_room(activity):
    """Whether the next who signs up gets a place; nobody is passed who waits already."""
    if activity.places is None:
        return True
    if activity.interests.filter(has_place=False).exists():
        return False
    return places_taken(activity) < activity.places


def why_closed(activity):
    """Why nobody can sign up now, as a sentence."""
    if activity.is_cancelled:
        return _("This activity is cancelled, so nobody can sign up for it.")
    if not activity.takes_names:
        return _("You need not sign up for this activity: just come.")
    return _("Signing up for this activity has closed.")
