"""The code of a sign-up: which row it opens, and how long someone has to wait."""

from django.conf import settings

from engagement.models import Interest
from engagement.receipts import secret_hash


def interest_of(secret):
    """The sign-up that a code opens, or None."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = [secret_hash(secret, key) for key in keys]
    return Interest.objects.select_related("activity").filter(secret_hash__in=hashes).first()


def place_in_line(interest):
    """How many have waited at least as long, themselves included; None for who has a place."""
    if interest.has_place:
        return None
    before = Interest.objects.filter(
        activity=interest.activity_id, has_place=False, pk__lte=interest.pk
    )
    return before.count()
