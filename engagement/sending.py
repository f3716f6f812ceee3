"""Sending once: the one-time token of a form, and the key that it makes with what was typed.

The same form sent again gives the same key, however often and however fast it is pressed; a changed
text gives another. A token never runs out, so a form may lie open for days.
"""

import json
import secrets

from django.core import signing
from django.utils.crypto import salted_hmac

SIGNER = signing.TimestampSigner(salt="engagement.sending")


def new_token():
    return SIGNER.sign(secrets.token_urlsafe(16))


def is_token(text):
    """Whether we made this token."""
    try:
        SIGNER.unsign(text)
    except signing.BadSignature:
        return False
    return True


def token_or_new(text):
    return text if is_token(text) else new_token()


def sending_key(token, content):
    """What marks one sending of this content; `content` holds nothing but texts and truths."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return salted_hmac(
        "engagement.sending_key", f"{token}\n{canonical}", algorithm="sha256"
    ).hexdigest()
