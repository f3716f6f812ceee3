"""What of a message may be shown to everyone: its own words, in their order, some blacked out.

Staff put what is blacked out between [[ and ]]. Nothing else may differ from what the resident
wrote, so that nobody's words are changed.
"""

import re

from django.core.exceptions import ValidationError

from engagement.erasure import naming_of
from engagement.models.redaction import BLACK, PASSAGE
from engagement.personal_data import KINDS, found_in

START, END = "[[", "]]"
MARKS = re.compile(r"\[\[|\]\]")


def suggested(message, contact):
    """The message with marks around what it would never do to show."""
    spans = [(each.start, each.end) for each in found_in(message)]
    naming = naming_of(contact)
    spans += [match.span() for match in naming.finditer(message)] if naming else []
    for start, end in reversed(joined(spans)):
        message = f"{message[:start]}{START}{message[start:end]}{END}{message[end:]}"
    return message


def joined(spans):
    """Spans in their order, those that overlap as one."""
    apart = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def shown(marked):
    """What everyone reads of it."""
    return PASSAGE.sub(BLACK, marked).strip()


def check(marked, submission, contact):
    """Refuse what differs from the message, or what would give somebody away."""
    if plain(marked) != plain(submission.message):
        raise ValidationError(
            "Leave the resident’s words as they are: only [[ and ]] may be added, around what is "
            "to be blacked out"
        )
    after = shown(marked)
    if MARKS.search(after):
        raise ValidationError("Close each [[ with ]], and put no marks inside marks")
    if not re.search(r"\w", after):
        raise ValidationError("Leave something to be read: all of it is blacked out")
    kinds = dict.fromkeys(str(KINDS[each.kind]) for each in found_in(after))
    if kinds:
        raise ValidationError(f"Black out {' and '.join(kinds)} that can still be read")
    naming = naming_of(contact)
    if naming and naming.search(after):
        raise ValidationError("Black out who wrote it: their name, or part of it, can be read")


def plain(text):
    """Words without marks, whatever the space between them."""
    return " ".join(MARKS.sub("", text).split())
