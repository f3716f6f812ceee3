"""Every way on which a matter may travel up from one body, in sentences and as marks."""

from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from governance.lines import in_respect_of
from governance.marks import WAY_UP, Marks
from governance.models import Evidence
from governance.on_day import BodyOnDay
from governance.structure import ESCALATES_TO

AT_MOST = 20  # ways that are told: a structure may have more than anyone can count


@dataclass(frozen=True)
class WayUp:
    """The ways from a body to a top, and what of the structure lies on them."""

    body: BodyOnDay
    sentences: tuple[str, ...]
    marks: Marks
    is_all: bool  # whether every way is told


def way_up(structure, body):
    ways = list(islice(structure.each_way_up(body), AT_MOST + 1))
    is_all = len(ways) <= AT_MOST
    lines = {line for way in ways for line in way} if is_all else reached(structure, body)
    bodies = {body.pk} | {end.pk for line in lines for end in (line.from_body, line.to_body)}
    return WayUp(
        body=body,
        sentences=tuple(sentence(body, way) for way in ways[:AT_MOST]),
        marks=Marks(
            dict.fromkeys(bodies, (WAY_UP,)),
            {line.pk: (WAY_UP,) for line in lines},
            quiet=True,
        ),
        is_all=is_all,
    )


def reached(structure, body):
    """Every line on which a matter from this body may come to travel."""
    lines, seen, waiting = set(), {body.pk}, [body.pk]
    while waiting:
        for line in structure.lines_up(waiting.pop(), ESCALATES_TO):
            lines.add(line)
            if line.to_body.pk not in seen:
                seen.add(line.to_body.pk)
                waiting.append(line.to_body.pk)
    return lines


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
