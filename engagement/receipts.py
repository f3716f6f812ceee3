"""The secret of a receipt, and how it is told from a guess.

It is derived from the server's key and the sending, so that pressing twice shows the same one, and
is written like `K7QM-2XN4-09TD-HJ5R`: 80 bits, without letters that look like digits. We keep
only its keyed hash.
"""

import hmac
import re
import secrets
import unicodedata

from django.conf import settings
from django.utils.crypto import salted_hmac

from engagement.models import Receipt

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
LOOK_ALIKES = str.maketrans("OIL", "011")
LENGTH, GROUP = 16, 4
NO_HASH = "0" * 64
NOTHING = (0, 0)


def derived_secret(sending_key):
    """The secret of one sending."""
    digest = salted_hmac("engagement.receipt_secret", sending_key, algorithm="sha256").digest()
    return written(int.from_bytes(digest, "big"))


def new_secret():
    """A secret made by chance, for when the first one is lost."""
    return written(secrets.randbits(LENGTH * 5))


def written(number):
    characters = [ALPHABET[number >> 5 * place & 31] for place in range(LENGTH)]
    groups = ("".join(characters[i : i + GROUP]) for i in range(0, LENGTH, GROUP))
    return "-".join(groups)


def plain_secret(typed):
    """A secret as it is compared: case, spaces, hyphens, and O, I and L for 0 and 1, forgiven."""
    return re.sub(r"[\W_]+", "", ascii_upper(typed)).translate(LOOK_ALIKES)


def secret_hash(secret, key=None):
    return salted_hmac(
        "engagement.receipt_hash", plain_secret(secret), secret=key, algorithm="sha256"
    ).hexdigest()


def reads_as_reference(typed):
    """The year and the number that a typed reference means, or zeros where it means none."""
    plain = ascii_upper(typed)
    parts = re.fullmatch(r"\W*F?[\W_]*([0-9OIL]{4})[\W_]*([0-9OIL]{1,12})\W*", plain)
    if not parts:
        return NOTHING
    year, number = (int(part.translate(LOOK_ALIKES)) for part in parts.groups())
    return year, number


def receipt_of(reference, secret):
    """The receipt that a reference and a secret open together, or None.

    A wrong reference takes the same steps as a wrong secret.
    """
    receipt = receipt_with(reference)
    kept = receipt.secret_hash if receipt else NO_HASH
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    right = [hmac.compare_digest(secret_hash(secret, key), kept) for key in keys]
    return receipt if any(right) else None


def receipt_for_new_secret(reference, email):
    """The receipt for which a new secret may be mailed to this address, or None."""
    receipt = receipt_with(reference)
    contact = receipt and getattr(receipt.submission, "contact", None)
    given = contact.email if contact else ""
    same = hmac.compare_digest(given.strip().lower().encode(), email.strip().lower().encode())
    return receipt if given and same else None


def receipt_with(reference):
    year, number = reads_as_reference(reference)
    receipts = Receipt.objects.select_related("submission", "submission__contact")
    return receipts.filter(submission=number, submission__received_on__year=year or 1).first()


def ascii_upper(typed):
    """Upper case, with the digits and letters of other scripts and widths as the usual ones."""
    typed = unicodedata.normalize("NFKC", typed)
    return "".join(str(unicodedata.decimal(c, c)) for c in typed).upper()
