"""A structure too large for one chart, folded: its upper bodies, and how many stand below each."""

from django.utils.translation import ngettext

from governance.marks import Marks
from governance.structure import Structure

MOST_DRAWN = 120  # bodies in one chart


def fold(structure, marks, *, most=MOST_DRAWN):
    """The part of a structure that is drawn, with marks that count what is left out below.

    Whole levels are kept for as long as they fit, the top always; so are marked bodies.
    """
    if len(structure.bodies) <= most:
        return structure, marks
    level = list(structure.tree())
    kept, below = {}, {}
    while level and (not kept or len(kept) + len(level) <= most):
        for branch in level[:most]:
            kept[branch.body.pk] = branch.body
            below[branch.body.pk] = branch
        level = [each for branch in level[:most] for each in branch.branches]
    marked = [body for body in structure.bodies if marks.of_body(body)]
    kept |= {body.pk: body for body in marked[:most]}
    counted = {pk: hidden(branch, kept) for pk, branch in below.items()}
    more = {
        pk: (
            ngettext("%(number)s more below", "%(number)s more below", number) % {"number": number},
        )
        for pk, number in counted.items()
        if number
    }
    return (
        Structure(
            day=structure.day,
            known_on=structure.known_on,
            first_day=structure.first_day,
            bodies=[body for body in structure.bodies if body.pk in kept],
            lines=[
                line
                for line in structure.lines
                if line.from_body.pk in kept and line.to_body.pk in kept
            ],
            organisations=structure.organisations,
            seats=[seat for seat in structure.seats if seat.body.pk in kept],
        ),
        marks.with_others(Marks(more)),
    )


def hidden(branch, kept):
    """How many bodies left out stand below this one, down to the next that is shown."""
    waiting, number = list(branch.branches), 0
    while waiting:
        each = waiting.pop()
        if each.body.pk not in kept:
            number += 1
            waiting += each.branches
    return number
