"""The whole structure of a day: the chart, the same as a list, and every line with its source."""

from collections import Counter
from dataclasses import dataclass

from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance import chart
from governance.as_on import on_the_day_asked
from governance.kept import keep_page
from governance.models import Evidence
from governance.structure import BodyOnDay, LineOnDay, structure_on


@dataclass(frozen=True)
class Entry:
    """A body in the list, with the lines that leave it and the bodies below it."""

    body: BodyOnDay
    lines: tuple[LineOnDay, ...]
    below: tuple["Entry", ...]


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def structure_page(request, as_on):
    structure = structure_on(as_on.day, as_on.known_on)
    context = {"as_on": as_on, "structure": structure}
    if structure.is_recorded and structure.bodies:
        counted = Counter(line.evidence for line in structure.lines)
        # Each proof once, however many lines it stands for.
        numbered = {}
        lines = [
            (line, numbered.setdefault(line.proof, len(numbered) + 1))
            for body in structure.bodies
            for line in lines_of(structure, body)
        ]
        context |= {
            "chart": chart.draw(
                structure, query=as_on.query, title="The bodies of the structure and their lines"
            ),
            "key_of_kinds": chart.key_of_kinds(),
            "key_of_evidence": chart.key_of_evidence(),
            "lines": lines,
            "proofs": list(numbered),
            "entries": tuple(entry(structure, branch) for branch in structure.tree()),
            "counted": [(evidence, counted[evidence]) for evidence in Evidence],
        }
    return render(request, "governance/structure.html", context)


def entry(structure, branch):
    return Entry(
        branch.body,
        lines_of(structure, branch.body),
        tuple(entry(structure, each) for each in branch.branches),
    )


def lines_of(structure, body):
    """The lines that leave a body, in the order of their kinds."""
    return tuple(sorted(structure.lines_up(body), key=lambda line: chart.KINDS.index(line.kind)))
