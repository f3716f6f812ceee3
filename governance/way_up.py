"""Every way on which a matter may travel up from one body, in sentences and as marks."""

from collections import defaultdict, deque
from dataclasses import dataclass
from itertools import islice, zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from governance.lines import in_respect_of
from governance.marks import WAY_UP, Marks
from governance.models import Evidence
from governance.on_day import BodyOnDay, LineOnDay
from governance.structure import ESCALATES_TO

AT_MOST = 20  # ways that are told: a structure may have more than anyone can count


@dataclass(frozen=True)
class WayUp:
    """The ways from a body to a top, and what of the structure lies on them."""

    body: BodyOnDay
    sentences: tuple[str, ...]
    marks: Marks
    bodies: tuple[int, ...]  # all on one of them, the nearest first
    is_all: bool  # whether every way is told


@dataclass(frozen=True)
class Rungs:
    """The lines on which a matter may travel from a body, by how far up they lead."""

    levels: tuple[tuple[LineOnDay, ...], ...]
    is_every: bool  # whether a line stands on each rung to which it may lead, or on the lowest


def way_up(structure, body):
    ways, is_all = ways_told(structure, body)
    lines = {line for way in ways for line in way} if is_all else reached(structure, body)
    bodies = nearest_first(body, lines)
    return WayUp(
        body=body,
        sentences=tuple(sentence(body, way) for way in ways),
        marks=Marks(
            dict.fromkeys(bodies, (WAY_UP,)),
            {line.pk: (WAY_UP,) for line in lines},
            quiet=True,
        ),
        bodies=bodies,
        is_all=is_all,
    )


def ways_told(structure, body):
    """The first ways from a body to a top, each a tuple of lines, and whether these are all."""
    ways = list(islice(structure.each_way_up(body), AT_MOST + 1))
    return ways[:AT_MOST], len(ways) <= AT_MOST


def rungs(structure, body):
    """The lines of all ways; one that several share stands once on a rung.

    Lines of a rung that lead to one body stand together. Where there are too many ways to follow,
    each line stands once, on the first rung it leads to.
    """
    ways, is_all = ways_told(structure, body)
    if is_all:
        levels = (dict.fromkeys(filter(None, level)) for level in zip_longest(*ways))
    else:
        levels = reached_by_rung(structure, body)
    return Rungs(tuple(map(by_body_led_to, levels)), is_all)


def by_body_led_to(lines):
    """The same lines, those to the body that is named first before those to the next."""
    found = defaultdict(list)
    for line in lines:
        found[line.to_body.pk].append(line)
    return tuple(line for those in found.values() for line in those)


def reached_by_rung(structure, body):
    """Every line on which a matter from this body may come to travel, the nearest first."""
    level = [getattr(body, "pk", body)]
    seen = set(level)
    while level:
        lines = [line for pk in level for line in structure.lines_up(pk, ESCALATES_TO)]
        if lines:
            yield lines
        level = dict.fromkeys(line.to_body.pk for line in lines if line.to_body.pk not in seen)
        seen.update(level)


def reached(structure, body):
    """The same, whichever rung they are on."""
    return {line for lines in reached_by_rung(structure, body) for line in lines}


def nearest_first(body, lines):
    """The bodies on these lines, by the number of steps to each from one of them."""
    above = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.pk):
        above[line.from_body.pk].append(line.to_body.pk)
    found, waiting = {body.pk: None}, deque([body.pk])
    while waiting:
        for pk in above[waiting.popleft()]:
            if pk not in found:
                found[pk] = None
                waiting.append(pk)
    return tuple(found)


def sentence(body, way):
    """“From the committee: to the board (stated), then to the council (assumed).”"""
    then = pgettext("between the steps of a way up", ", then ")
    steps = then.join(step(line) for line in way)
    return _("From %(body)s: %(steps)s.") % {"body": body, "steps": steps}


def step(line):
    said = {
        "body": in_respect_of(line.to_body, line.respect),
        "evidence": str(Evidence(line.evidence).label).lower(),
    }
    return _("to %(body)s (%(evidence)s)") % said
