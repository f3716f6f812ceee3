"""What anyone may take from the portal as data: each set with its columns and who holds the rights.

Those of this app stand below; the apps above `register` theirs when they start. Nothing here holds
what residents wrote, nor who someone is; numbers below five are told as pages tell them.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from governance.as_on import AsOn
from governance.models import Body, Organisation
from governance.registered import Registered
from governance.structure import Structure
from localities.gazetteer import homes_as_known

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
NATIONAL_STATISTICS = (
    "Contains National Statistics data © Crown copyright and database right 2025.",
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0.",
)


@dataclass(frozen=True)
class Asked:
    """The day of which the data is asked for, and where our pages are."""

    as_on: AsOn
    structure: Structure
    portal: str


class DataSet:
    """Rows under names that stay: `rows` gives a tuple for each, in the order of `columns`."""

    key = title = about = ""
    columns = ()
    order = 0  # on the page
    has_days = True  # whether it can be asked for on another day
    attribution = ("Tower Hamlets Together",)

    def rows(self, asked):
        raise NotImplementedError


SETS = Registered()
register = SETS.register


def of_key(key):
    return next((each for each in SETS if each.key == key), None)


# --- The sets of this app -------------------------------------------------------------------------


class Bodies(DataSet):
    key = "bodies"
    title = _("Bodies")
    about = _("Boards, committees and groups of the day, and how each is known.")
    order = 10
    columns = (
        *("slug", "name", "short_name", "kind", "outside_partnership", "locality", "stage"),
        *("start_date", "end_date", "successor", "evidence", "source_title", "source_url"),
        "address",
    )

    def rows(self, asked):
        slugs = slugs_of(Body, {body.successor for body in asked.structure.bodies})
        for body in asked.structure.bodies:
            yield (
                *(body.slug, body.name, body.short_name, body.kind, body.outside_partnership),
                *(body.locality, body.stage, body.start_date, body.end_date),
                *(slugs.get(body.successor), *known_by(body)),
                f"{asked.portal}/bodies/{body.slug}/",
            )


class Lines(DataSet):
    key = "lines"
    title = _("Reporting lines")
    about = _("Which body reports to, escalates to, is aligned with or supports which.")
    order = 20
    columns = (
        *("from_body", "kind", "to_body", "respect", "start_date", "end_date"),
        *("evidence", "source_title", "source_url", "quotation"),
    )

    def rows(self, asked):
        for line in asked.structure.lines:
            yield (
                *(line.from_body.slug, line.kind, line.to_body.slug, line.respect),
                *(line.start_date, line.end_date, *known_by(line), line.proof.quotation),
            )


class Organisations(DataSet):
    key = "organisations"
    title = _("Organisations")
    about = _("The organisations of the day, and which of them are partners.")
    order = 30
    columns = ("slug", "name", "short_name", "is_partner", "evidence", "source_title", "source_url")

    def rows(self, asked):
        for each in asked.structure.organisations:
            yield (each.slug, each.name, each.short_name, each.is_partner, *known_by(each))


class Seats(DataSet):
    key = "seats"
    title = _("Seats")
    about = _("The places on each body, on behalf of whom, and whether one is vacant. No names.")
    order = 40
    columns = (
        *("body", "role", "title", "on_behalf_of", "is_vacant"),
        *("evidence", "source_title", "source_url"),
    )

    def rows(self, asked):
        slugs = slugs_of(Organisation, {seat.on_behalf_of for seat in asked.structure.seats})
        for body in asked.structure.bodies:
            for seat in asked.structure.seats_on(body):
                yield (
                    *(body.slug, seat.role, seat.title),
                    *(slugs.get(seat.on_behalf_of), seat.is_vacant, *known_by(seat)),
                )


class Localities(DataSet):
    key = "localities"
    title = _("Localities and their wards")
    about = _("Which ward belongs to which locality on the day, and how sure that is.")
    order = 50
    columns = ("locality", "name", "ward_gss", "ward", "confidence", "source", "committee")
    attribution = (*DataSet.attribution, *NATIONAL_STATISTICS)

    def rows(self, asked):
        committees = {}
        for each in homes_as_known(asked.as_on.day, asked.as_on.known_on):
            code = each.locality_id
            if code not in committees:
                committees[code] = asked.structure.committee_of(code)
            yield (
                *(code, each.locality.name, each.ward_id, each.ward.name),
                *(each.confidence, each.source, committees[code] and committees[code].slug),
            )


def slugs_of(model, keys):
    """The slugs of rows, also of those that are not there on the day; they stay for good."""
    keys = keys - {None}
    return dict(model.objects.filter(pk__in=keys).values_list("pk", "slug")) if keys else {}


def known_by(fact):
    """How a fact is known, never shown as more than it is."""
    return fact.proof.evidence, fact.proof.source_title, fact.proof.source_url
