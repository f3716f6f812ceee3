"""How wide words are in the chart, and where a name breaks: a picture cannot ask the browser."""

import unicodedata
from functools import lru_cache

# Widths of Arial Bold in thousandths of its size.
WIDTHS = {
    letter: width
    for width, letters in {
        278: " ',-./Iijl",
        333: "!():ft",
        389: "r",
        500: "z",
        556: "0123456789Jacekvsxy",
        611: "FLTZbdghnopqu",
        667: "EPSVXY",
        722: "&ABCDHKNRU",
        778: "GOQw",
        833: "M",
        889: "m",
        944: "W",
    }.items()
    for letter in letters
}
UNKNOWN_WIDTH = 700
CUT = "…"
# Signs that stand over, under or beside a letter, by the category of Unicode.
SIGNS = {"Mn": 0, "Me": 0, "Mc": 350}
JOINS_THE_NEXT = 9  # the combining class of what makes one letter of two, as Bengali hasanta


@lru_cache(maxsize=1024)
def width_of(text):
    """How wide a text is, in thousandths of the size of its letters."""
    return sum(WIDTHS.get(letter) or width_of_unknown(letter) for letter in text)


def width_of_unknown(letter):
    return SIGNS.get(unicodedata.category(letter), UNKNOWN_WIDTH)


def may_be_cut(word, at):
    """Whether what stands before and behind a place in a word can be read by itself."""
    return (
        unicodedata.category(word[at]) not in SIGNS
        and unicodedata.combining(word[at - 1]) != JOINS_THE_NEXT
    )


@lru_cache(maxsize=1024)
def wrapped(text, room, most):
    """A text in lines of so much room, as `width_of` measures; an ellipsis ends the last of `most`.

    A word that is wider than the room is cut. There is always a line.
    """
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if width_of(longer) <= room:
            rows[-1] = longer
            continue
        while width_of(word) > room:
            fits = max(1, next(n for n in range(len(word), 0, -1) if width_of(word[:n]) <= room))
            cut = next((n for n in range(fits, 0, -1) if may_be_cut(word, n)), fits)
            rows.append(word[:cut])
            word = word[cut:]
        rows.append(word)
    rows = [row for row in rows if row] or ["—"]
    if len(rows) > most:
        last = rows[most - 1]
        rest = rows[most]
        while last and (width_of(last + CUT) > room or not may_be_cut(last + rest, len(last))):
            last, rest = last[:-1], last[-1]
        rows = [*rows[: most - 1], last.rstrip() + CUT]
    return tuple(rows)


def as_read(rows, text):
    """The lines of a text, each with what stands behind it: no blank where a word is cut."""
    rest = " ".join(text.split())
    for number, row in enumerate(rows, start=1):
        rest = rest.removeprefix(row)
        is_within_a_word = rest[:1].strip() and number < len(rows)
        yield row, "" if is_within_a_word else " "
        rest = rest.lstrip()
