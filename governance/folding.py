"""A structure too large for one page, in parts: upper bodies, and how many stand below each.

A part is the same in chart, list and table. Each body of the structure is in one that can be
reached from the top, with every line that leaves it.
"""

from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.utils.translation import ngettext, pgettext

from governance.marks import Marks
from governance.on_day import BodyOnDay
from governance.structure import Structure, under

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


def part_of(structure, marks, *, top=None, page=1, most=None, first_of_all=()):
    """The whole structure, or the branch of one body; of what is too large the upper levels.

    Whole levels are shown for as long as they fit. The first may fill several pages; raises
    `InvalidPage` where it has no such one. Marked bodies are shown however low they stand, as many
    as fit: `first_of_all` those that are given, in that order, then the others from the top.
    """
    most = most or MOST_SHOWN
    if top is None and len(structure.bodies) <= most:
        return Part(structure, marks, size=len(structure.bodies))
    forest = structure.forest
    roots = forest.roots if top is None else (forest.branches[top.pk],)
    size = sum(forest.sizes[root.body.pk] for root in roots)
    kept, first = upper(roots, page, most)
    if size > len(kept):
        marked = marked_bodies(structure, marks, forest, top)
        marked = [*(pk for pk in first_of_all if pk in marked), *marked]
        kept |= {pk: forest.branches[pk].body for pk in list(dict.fromkeys(marked))[:most]}
    shown, elsewhere, left_out = with_their_lines(structure, kept, most)
    said = (pgettext("mark of a body or line", "elsewhere"),)
    return Part(
        structure=shown,
        marks=marks.with_others(Marks(dict.fromkeys(elsewhere, said))),
        top=top,
        above=forest.above.get(top.pk) if top else None,
        size=size,
        below=hidden_below(forest, kept),
        elsewhere=elsewhere,
        lines_left_out=left_out,
        page=first,
    )


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


def marked_bodies(structure, marks, forest, top):
    """The bodies, from the top down, that are marked or that a marked line leaves."""
    marked = {pk for pk, words in marks.bodies.items() if words}
    if any(marks.lines.values()):
        marked |= {line.from_body.pk for line in structure.lines if marks.of_line(line)}
    if top is not None:
        marked &= {branch.body.pk for branch in under(forest.branches[top.pk])}
    return {pk: None for pk in forest.branches if pk in marked} if marked else {}


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


def hidden_below(forest, kept):
    """How many bodies left out stand below each that is shown, down to the next that is."""
    hidden = {pk: forest.sizes[pk] - 1 for pk in kept}
    for pk in kept:
        above = forest.above.get(pk)
        while above is not None and above.pk not in kept:
            above = forest.above.get(above.pk)
        if above is not None:
            hidden[above.pk] -= forest.sizes[pk]
    return {pk: number for pk, number in hidden.items() if number}
