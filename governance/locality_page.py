"""What the page of a locality is made of: parts, each with its facts and a template of its own.

Those of this app stand below; the apps above `register` theirs when they start, so that the page
shows what residents said without this app knowing that there are any.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from governance.as_on import AsOn
from governance.models import Body, Meeting, TermsOfReference
from governance.on_behalf import organisations_of
from governance.on_day import BodyOnDay
from governance.permissions import ANYONE, Standing
from governance.registered import Registered
from governance.structure import Structure
from governance.work_known import (
    dated_facts,
    decisions_known,
    meetings_known,
    papers_known,
    with_documents,
)
from localities.map import Drawing
from localities.models import Locality, Practice
from localities.needs import needs_of

MEETINGS, DECISIONS = 3, 5


@dataclass(frozen=True)
class Asked:
    """The page that is asked for: of which locality, on which day, by whom."""

    locality: Locality
    as_on: AsOn
    standing: Standing
    structure: Structure
    committees: tuple[BodyOnDay, ...]
    drawing: Drawing

    @property
    def day(self):
        return self.as_on.day

    @property
    def wards(self):
        return [shape.ward for shape in self.drawing.shown.wards] if self.drawing.shown else []


class Part:
    """A section of the page. `about` gives what its template shows, or None to leave it out."""

    key = template = ""
    title = ""
    order = 0  # on the page

    def about(self, asked):
        return {}


PARTS = Registered()
register = PARTS.register


def parts_of(asked):
    """Every part that has something to show, each with its facts."""
    found = [(part, part.about(asked)) for part in PARTS]
    return [(part, about) for part, about in found if about is not None]


# --- The parts of this app ------------------------------------------------------------------------


class Committee(Part):
    """Who works for the people of the locality, when they meet next, and by which terms."""

    key = "committee"
    title = _("Its committee")
    order = 10
    template = "governance/_locality_committee.html"

    def about(self, asked):
        bodies = [body.pk for body in asked.committees]
        known_on, standing = asked.as_on.known_on, asked.standing
        terms = dated_facts(TermsOfReference, asked.day, known_on, bodies)
        terms = {each.body_id: each for each in reversed(with_documents(terms, standing))}
        meetings = meetings_known(standing, known_on).filter(
            body__in=bodies, starts_at__date__gte=asked.day
        )
        meetings = meetings.exclude(status=Meeting.Status.CANCELLED).order_by("starts_at", "id")
        meetings = of_committees(asked, meetings[:MEETINGS])
        papers = papers_known(standing, known_on, meetings)
        return {
            "committees": [
                {
                    "body": body,
                    "seats": seats_on(asked.structure, body),
                    "terms": terms.get(body.pk),
                }
                for body in asked.committees
            ],
            "meetings": [(each, papers[each.pk]) for each in meetings],
        }


class Decided(Part):
    """What its committees decided, as far as that is public."""

    key = "decided"
    title = _("What was decided")
    order = 40
    template = "governance/_locality_decided.html"

    def about(self, asked):
        decisions = decisions_known(ANYONE, asked.as_on.known_on).filter(
            body__in=[body.pk for body in asked.committees], decided_on__lte=asked.day
        )
        return {"decisions": of_committees(asked, decisions[:DECISIONS])}


def of_committees(asked, rows):
    """Rows of its committees, each with its body as it is called on the day."""
    bodies = {each.pk: Body(pk=each.pk, slug=each.slug) for each in asked.committees}
    for each in asked.committees:
        bodies[each.pk].name = each.name
    rows = list(rows)
    for row in rows:
        row.body = bodies[row.body_id]
    return rows


class NeedsOfPeople(Part):
    key = "needs"
    title = _("What people here need")
    order = 50
    template = "localities/_needs.html"

    def about(self, asked):
        return {"needs": needs_of(asked.locality, asked.wards, asked.day)}


class Practices(Part):
    key = "practices"
    title = _("GP practices")
    order = 60
    template = "localities/_practices.html"

    def about(self, asked):
        practices = (
            Practice.objects.on(asked.day)
            .filter(network__locality=asked.locality)
            .select_related("network", "ward")
            .order_by("network__name", "name")
        )
        practices = list(practices)
        here = {ward.gss for ward in asked.wards}
        return {
            "practices": practices,
            "elsewhere": [each for each in practices if each.ward_id and each.ward_id not in here],
            "listed_on": max((each.listed_on for each in practices), default=None),
        }


class Wards(Part):
    """How sure it is that the wards belong to the locality, and why."""

    key = "wards"
    title = _("How we know its wards")
    order = 90
    template = "localities/_wards_known.html"

    def about(self, asked):
        return {"quarter": asked.drawing.shown} if asked.drawing.shown else None


register(Committee(), Decided(), NeedsOfPeople(), Practices(), Wards())


def seats_on(structure, body):
    """The seats of a body with the organisation each speaks for; holders are on the body's page."""
    seats = structure.seats_on(body)
    organisations = organisations_of(structure, seats)
    return [(seat, organisations.get(seat.on_behalf_of)) for seat in seats]
