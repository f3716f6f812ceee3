"""A structure too large for one page, in parts: upper bodies, and how many stand below each.

A part is the same in chart, list and table. Each body of the structure is in one that can be
reached from the top, with every line that leaves it.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.utils.translation import ngettext, pgettext

from governance.marks import Marks
from governance.structure import BodyOnDay, Structure, under

MOST_SHOWN = 120  # bodies in one part, and as many at the other end of their lines


@dataclass(frozen=True)
class Part:
    """What one page shows of a structure: all of it, or some bodies with the lines that leave them.

    `elsewhere` are bodies of other parts to which these lines lead, and `below` says how many
    bodies stand below one that are left out. Both are told by marks too, `below` in the chart.
    """

    structure: Structure
    marks: Marks
    top: BodyOnDay | None = None
    above: BodyOnDay | None = None  # the one to which the top answers
    size: int = 0  # bodies from the top down
    below: dict = field(default_factory=dict)
    elsewhere: frozenset = frozenset()
    lines_left_out: int = 0
    page: Page | None = None

    @property
    def shown(self):
        """How many bodies of it are on the page."""
        return len(self.structure.bodies) - len(self.elsewhere)

    @property
    def is_folded(self):
        return self.shown < self.size

    @property
    def marks_in_chart(self):
        said = {pk: (more_below(number),) for pk, number in self.below.items()}
        return self.marks.with_others(Marks(said))


def more_below(number):
    return ngettext("%(number)s more below", "%(number)s more below", number) % {"number": number}


def part_of(structure, marks, *, top=None, page=1, most=None):
    """The whole structure, or the branch of one body; of what is too large the upper levels.

    Whole levels are shown for as long as they fit. The first may fill several pages; raises
    `InvalidPage` where it has no such one. Marked bodies are shown however low they stand.
    """
    most = most or MOST_SHOWN
    if top is None and len(structure.bodies) <= most:
        return Part(structure, marks, size=len(structure.bodies))
    roots, above = structure.tree(), None
    if top is not None:
        roots, above = branch_of(roots, top)
    branches = {each.body.pk: each for root in roots for each in under(root)}
    kept, first = upper(roots, page, most)
    if len(branches) > len(kept):
        marked = [pk for pk in branches if is_marked(structure, marks, pk)]
        kept |= {pk: branches[pk].body for pk in marked[:most]}
    shown, elsewhere, left_out = with_their_lines(structure, kept, most)
    said = (pgettext("mark of a body or line", "elsewhere"),)
    return Part(
        structure=shown,
        marks=marks.with_others(Marks(dict.fromkeys(elsewhere, said))),
        top=top,
        above=above,
        size=len(branches),
        below=hidden_below(branches, kept),
        elsewhere=elsewhere,
        lines_left_out=left_out,
        page=first,
    )


def branch_of(forest, top):
    """The branch of a body, alone, and the body under which it hangs."""
    waiting = [(root, None) for root in forest]
    while waiting:
        branch, above = waiting.pop()
        if branch.body.pk == top.pk:
            return (branch,), above
        waiting += [(each, branch.body) for each in branch.branches]
    return (), None


def upper(roots, page, most):
    """The bodies of the levels that fit, and the page of the first one that has several bodies."""
    kept = {}
    if len(roots) == 1:
        kept = {roots[0].body.pk: roots[0].body}
        roots = roots[0].branches
    first = Paginator(roots, most).page(page)
    level = first.object_list
    is_first = True
    while level and (is_first or len(kept) + len(level) <= most):
        kept |= {branch.body.pk: branch.body for branch in level}
        level = [each for branch in level for each in branch.branches]
        is_first = False
    return kept, first


def is_marked(structure, marks, pk):
    lines = structure.lines_up(pk)
    return bool(marks.bodies.get(pk) or any(marks.of_line(line) for line in lines))


def with_their_lines(structure, kept, most):
    """Bodies with every line that leaves them, and the bodies to which these lead elsewhere.

    As much as one page can hold, and how many lines it cannot.
    """
    lines = [line for body in kept for line in structure.lines_up(body)]
    ends = [line.to_body.pk for line in lines if line.to_body.pk not in kept]
    elsewhere = frozenset(list(dict.fromkeys(ends))[:most])
    shown = [line for line in lines if line.to_body.pk in kept or line.to_body.pk in elsewhere]
    part = Structure(
        day=structure.day,
        known_on=structure.known_on,
        first_day=structure.first_day,
        bodies=[body for body in structure.bodies if body.pk in kept or body.pk in elsewhere],
        lines=shown,
        organisations=structure.organisations,
        seats=[seat for body in kept for seat in structure.seats_on(body)],
    )
    return part, elsewhere, len(lines) - len(shown)


def hidden_below(branches, kept):
    """How many bodies left out stand below each that is shown, down to the next that is."""
    nearest, hidden = {}, Counter()
    for pk, branch in branches.items():  # each after the one above it
        if pk in kept:
            nearest[pk] = pk
        elif pk in nearest:
            hidden[nearest[pk]] += 1
        if pk in nearest:
            nearest |= {each.body.pk: nearest[pk] for each in branch.branches}
    return dict(hidden)
