"""Text that is drawn once, with gaps for what differs from one reader to the next."""

import re
import secrets

from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

# No text that anyone wrote can hold this, so nobody can have something put in.
_SECRET = secrets.token_hex()
_GAP = re.compile(f"{_SECRET}-([a-z_]+)-")


def gap(name):
    """What stands in a text as it is drawn, where later the words of this name are put in."""
    return f"{_SECRET}-{name}-"


class Gapped:
    """A text as it was drawn, cut at its gaps: at each odd place is the name of one."""

    def __init__(self, text):
        # Most texts have none, and to look for the words alone is quicker.
        self.pieces = tuple(_GAP.split(text)) if _SECRET in text else (text,)

    @property
    def has_gaps(self):
        return len(self.pieces) > 1

    def filled(self, **words):
        words = {name: conditional_escape(each) for name, each in words.items()}
        pieces = (words[piece] if place % 2 else piece for place, piece in enumerate(self.pieces))
        return mark_safe("".join(pieces))
