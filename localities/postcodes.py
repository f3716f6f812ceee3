"""How a postcode is read from what people type, and how it is written back."""

import re
import unicodedata

LETTER, DIGIT = "L", "9"
OUTWARD_FORMS = ("L9", "L99", "LL9", "LL99", "L9L", "LL9L")
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail leaves out C I K M O V
POSTCODE = re.compile(rf"[A-Z]{{1,2}}[0-9][A-Z0-9]?[0-9][{INWARD_LETTERS}]{{2}}", re.ASCII)
OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?", re.ASCII)
DIGIT_FOR = {"O": "0", "I": "1", "L": "1"}
LETTER_FOR = {"0": "O", "1": "I"}


def plain(text):
    """Upper case, with full-width and other digits and letters as the usual ones."""
    text = unicodedata.normalize("NFKC", text)
    digits = (str(unicodedata.decimal(c, c)) for c in text)
    return "".join(digits).upper()


def squashed(text):
    """The letters and digits alone, if there is nothing else but spaces, hyphens and points."""
    return re.sub(r"[\W_]+", "", text)


def readings(code):
    """The postcodes that may be meant by letters and digits, what was typed before any slip.

    People take O for 0 and I or L for 1, and the other way round.
    """
    if not 5 <= len(code) <= 7 or not code.isascii():
        return []
    inward = as_form(code[-3:], DIGIT + LETTER + LETTER)
    found = [start + inward for start in outward_readings(code[:-3]) if inward]
    found = [reading for reading in found if POSTCODE.fullmatch(reading)]
    return sorted(found, key=lambda reading: slips(code, reading))


def outward_readings(code):
    """The districts that may be meant by letters and digits, what was typed before any slip."""
    found = {as_form(code, form) for form in OUTWARD_FORMS if len(form) == len(code)}
    return sorted(found - {None}, key=lambda reading: (slips(code, reading), reading))


def partial_readings(text):
    """The districts meant by the first part of a postcode: `E3`, `E3 4`, `E14 9`, `E3 4A`."""
    outward, *rest = re.findall(r"[^\W_]+", text) or [""]
    if outward.isalpha() and rest:
        outward += rest.pop(0)
    rest = "".join(rest)
    if rest or OUTWARD.fullmatch(outward):
        return outward_readings(outward) if partial_inward(rest) else []
    return [
        reading
        for end in (0, 1, 2)
        if partial_inward(outward[len(outward) - end :])
        for reading in outward_readings(outward[: len(outward) - end])
    ]


def partial_inward(text):
    """Whether this is the beginning of the second half of a postcode, if any of it."""
    return not text or any(as_form(text, form) for form in (DIGIT, DIGIT + LETTER))


def as_form(code, form):
    """The code with its slips put right so that it has the form, or None."""
    if len(code) != len(form):
        return None
    read = []
    for character, kind in zip(code, form, strict=True):
        if kind == DIGIT:
            character = DIGIT_FOR.get(character, character)
            fits = character in "0123456789"
        else:
            character = LETTER_FOR.get(character, character)
            fits = "A" <= character <= "Z"
        if not fits:
            return None
        read.append(character)
    return "".join(read)


def slips(typed, reading):
    return sum(a != b for a, b in zip(typed, reading, strict=True))
