"""What differs between the structures of two days: bodies and lines that are new, ended or moved.

Partners and seats are counted only: the chart has no place for them. How one day led to the other,
and who decided it, is told by `changes.py`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from django.utils.translation import ngettext_lazy

from governance.marks import ENDED, MOVED_AWAY, MOVED_HERE, NEW, RENAMED, Marks
from governance.structure import Structure


@dataclass(frozen=True)
class Difference:
    """The later structure with what ended before it, and the marks that tell them apart."""

    structure: Structure
    marks: Marks
    renamed: tuple  # of (the name before, the name after)
    partners: dict  # primary key → the words for it, as in the marks
    seats: dict

    def __str__(self):
        """“1 body new, 2 lines ended, 1 seat new”; nothing when the days do not differ."""
        counted = [
            *counts(self.marks.bodies, BODIES),
            *counts(self.marks.lines, LINES),
            *counts(self.partners, PARTNERS),
            *counts(self.seats, SEATS),
        ]
        return ", ".join(counted)


# What is said of how many: the mark, and one and many of it.
BODIES = {
    NEW: ngettext_lazy("%(number)d body new", "%(number)d bodies new", "number"),
    ENDED: ngettext_lazy("%(number)d body ended", "%(number)d bodies ended", "number"),
    RENAMED: ngettext_lazy("%(number)d body renamed", "%(number)d bodies renamed", "number"),
}
LINES = {
    NEW: ngettext_lazy("%(number)d line new", "%(number)d lines new", "number"),
    ENDED: ngettext_lazy("%(number)d line ended", "%(number)d lines ended", "number"),
    MOVED_HERE: ngettext_lazy("%(number)d line moved", "%(number)d lines moved", "number"),
}
PARTNERS = {
    NEW: ngettext_lazy("%(number)d partner new", "%(number)d partners new", "number"),
    ENDED: ngettext_lazy("%(number)d partner ended", "%(number)d partners ended", "number"),
}
SEATS = {
    NEW: ngettext_lazy("%(number)d seat new", "%(number)d seats new", "number"),
    ENDED: ngettext_lazy("%(number)d seat ended", "%(number)d seats ended", "number"),
}


def counts(marks, sentences):
    counted = Counter(word for its_words in marks.values() for word in its_words)
    for word, sentence in sentences.items():
        if number := counted[word]:
            yield sentence % {"number": number}


def compare(earlier, later):
    """What is different in the later of two structures."""
    before = {body.pk: body for body in earlier.bodies}
    after = {body.pk: body for body in later.bodies}
    bodies = begun_and_ended(before, after)
    renamed = [pk for pk in after if pk in before and after[pk].name != before[pk].name]
    bodies |= dict.fromkeys(renamed, (RENAMED,))

    shown = {**before, **after}
    lines, gone = compare_lines(earlier.lines, later.lines)
    structure = Structure(
        day=later.day,
        known_on=later.known_on,
        first_day=later.first_day,
        bodies=sorted(shown.values(), key=lambda body: (body.kind_order, body.slug)),
        # What ended comes last, so that a body that moved stands in its new place.
        lines=[
            *later.lines,
            *(
                replace(line, from_body=shown[line.from_body.pk], to_body=shown[line.to_body.pk])
                for line in gone
            ),
        ],
        organisations=later.organisations,
        seats=later.seats,
    )
    names = tuple((before[pk].name, after[pk].name) for pk in renamed)
    return Difference(
        structure,
        Marks(bodies, lines),
        names,
        partners=begun_and_ended(partners_of(earlier), partners_of(later)),
        seats=begun_and_ended(*({seat.pk for seat in each.seats} for each in (earlier, later))),
    )


def begun_and_ended(before, after):
    """The words for what only one of the two days has, by primary key."""
    return {pk: (NEW,) for pk in after if pk not in before} | {
        pk: (ENDED,) for pk in before if pk not in after
    }


def partners_of(structure):
    return {each.pk for each in structure.organisations if each.is_partner}


def compare_lines(earlier, later):
    """The words for the lines that differ, and those that are gone.

    A line has moved when its body answers in the same way, in the same respect, to another one.
    """
    known, still = {line.pk for line in earlier}, {line.pk for line in later}
    begun = [line for line in later if line.pk not in known]
    gone = [line for line in earlier if line.pk not in still]
    # What only goes on under another row has not changed.
    same = pairs(gone, begun, lambda line: (*way(line), line.to_body.pk))
    begun = [line for line in begun if line.pk not in same.values()]
    gone = [line for line in gone if line.pk not in same]
    moved = pairs(gone, begun, way)
    words = {line.pk: (NEW,) for line in begun} | {line.pk: (ENDED,) for line in gone}
    words |= dict.fromkeys(moved, (MOVED_AWAY,)) | dict.fromkeys(moved.values(), (MOVED_HERE,))
    return words, gone


def way(line):
    """What stays when a line moves."""
    return line.from_body.pk, line.kind, line.respect


def pairs(gone, begun, same):
    """Each line that is gone with the one that has its place, by primary key."""
    waiting = defaultdict(list)
    for line in begun:
        waiting[same(line)].append(line.pk)
    found = {}
    for line in gone:
        if its_own := waiting[same(line)]:
            found[line.pk] = its_own.pop(0)
    return found
