"""Telephone numbers, e-mail addresses and NHS numbers inside a text: to warn of and to mask."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from localities import explanation

DIGIT_OR_AT = re.compile(r"[\d@]")  # without one there is nothing to find


def usual(sign):
    """How a sign of any script is written here: digits as ours, each space and dash as the usual
    one; None of all others.
    """
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return {"Zs": " ", "Pd": "-"}.get(unicodedata.category(sign))


# Sign for sign, so that what is found in a text stands at the same place as it was typed.
USUAL = {code: said for code in range(0x80, 0x10000) if (said := usual(chr(code)))}

# What stands before the @ has at most 64 characters (RFC 5321): without that a long text of letters
# alone would be gone through once for each of them.
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# Ten or eleven digits from 0, or those of another country from + or 00, however they are grouped.
PHONE = re.compile(
    r"(?<![\w+])(?:(?:\+|00)(?:[ ().-]{0,2}\d){9,14}|0(?:[ ().-]{0,2}\d){9,10})(?![\d])"
)
TEN_DIGITS = re.compile(r"(?<![\w-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")

KINDS = {  # inside a sentence
    "phone": _("a telephone number"),
    "email": _("an e-mail address"),
    "nhs-number": _("an NHS number"),
}
MASKS = {"phone": "telephone number", "email": "e-mail address", "nhs-number": "NHS number"}
# Numbers of services that everyone may know.
PUBLIC = re.compile(r"^0(?:800|808|845|300|303|330|333)")


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    start: int
    end: int


def found_in(text):
    """What there is of personal data in a text, in its order."""
    if not DIGIT_OR_AT.search(text):
        return []
    if not text.isascii():
        text = text.translate(USUAL)
    found = [Found("email", *match.span()) for match in EMAIL.finditer(text)]
    for match in PHONE.finditer(text):
        if not PUBLIC.match(re.sub(r"\D", "", match[0])):
            found.append(Found("phone", *match.span()))
    for match in TEN_DIGITS.finditer(text):
        if is_nhs_number(re.sub(r"\D", "", match[0])) and not overlaps(match, found):
            found.append(Found("nhs-number", *match.span()))
    return sorted(found, key=lambda each: each.start)


def overlaps(match, found):
    return any(each.start < match.end() and match.start() < each.end for each in found)


def is_nhs_number(digits):
    """Whether ten digits are an NHS number: the last one checks the others (modulo 11)."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    check = 11 - total % 11
    return check != 10 and int(digits[9]) == check % 11


def listed(kinds):
    """Kinds of personal data inside a sentence; nothing where there are none."""
    return explanation.listed([str(KINDS[kind]) for kind in kinds]) if kinds else ""


def kinds_in(text):
    return list(dict.fromkeys(each.kind for each in found_in(text)))


def masked(text):
    """The text with personal data hidden, for lists."""
    for each in reversed(found_in(text)):
        text = f"{text[: each.start]}[{MASKS[each.kind]}]{text[each.end :]}"
    return text


def excerpt(text, length=100):
    """The beginning of a text with personal data hidden, to the last word that fits."""
    plain = masked(" ".join(text.split()))
    if len(plain) <= length:
        return plain
    return f"{plain[:length].rpartition(' ')[0] or plain[:length]}…"
