"""How wide words are in the chart, and where a name breaks: a picture cannot ask the browser."""

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


@lru_cache(maxsize=1024)
def width_of(text):
    """How wide a text is, in thousandths of the size of its letters."""
    return sum(WIDTHS.get(letter, UNKNOWN_WIDTH) for letter in text)


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
            cut = max(1, next(n for n in range(len(word), 0, -1) if width_of(word[:n]) <= room))
            rows.append(word[:cut])
            word = word[cut:]
        rows.append(word)
    rows = [row for row in rows if row] or ["—"]
    if len(rows) > most:
        last = rows[most - 1]
        while last and width_of(last + "…") > room:
            last = last[:-1]
        rows = [*rows[: most - 1], last.rstrip() + "…"]
    return tuple(rows)
