"""How two spellings of a place name are compared: by what is left when habits are taken off."""

import re
import unicodedata

# Both “saint” and “street” are written “St”, and no place of ours is told apart by it.
SAME_WORD = {"saint": "st", "street": "st", "rd": "road", "mkt": "market"}
APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ′"))


def place_key(text):
    """What is compared: `The  St. Katharine’s Docks` becomes `st katharines docks`."""
    text = text.casefold().translate(APOSTROPHES).replace("&", " and ")
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = [SAME_WORD.get(word, word) for word in re.findall(r"[a-z0-9]+", "".join(letters))]
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def spellings(name):
    """The ways a name of our list is written: `A / B` is two names, `A (B)` is both together."""
    ways = [name, *name.split(" / ")] if " / " in name else [name]
    return list(dict.fromkeys(place_key(way) for way in ways))


def one_slip_apart(one, other):
    """Whether one letter left out, doubled, mistaken or swapped makes the one into the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), None)
    if start is None:
        return True  # the last letter is one too many
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long[start:]
