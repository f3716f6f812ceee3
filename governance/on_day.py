"""What the structure of a day consists of: each body, line, organisation and seat as it was then.

Each is made of its row as it stood, and is immutable. Those made of equal rows are the same thing,
from one version of the structure to the next, so that what is drawn of them can be kept by them.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from governance.catalogued import in_language_of_page
from governance.models import ReportingLine, Seat

MOST_KEPT = 100_000  # facts of a sort: those of a structure of 16,000 bodies, and those before it


@dataclass(frozen=True, slots=True)
class Proof:
    """How a fact is known: stated, sourced or assumed, with the words and where they stand."""

    evidence: str
    quotation: str
    source_title: str
    source_url: str
    reasoning: str


@dataclass(frozen=True, slots=True)
class BodyOnDay:
    """A body as it was on one day."""

    pk: int
    slug: str
    name: str
    short_name: str
    kind: str
    kind_name: str
    kind_order: int
    outside_partnership: bool
    locality: str | None
    stage: str
    start_date: date | None
    end_date: date | None
    successor: int | None
    proof: Proof = field(repr=False)

    # What is drawn is kept by such facts: those that are equal have these in common.
    def __hash__(self):
        return hash((self.pk, self.name))

    def __str__(self):
        return self.name

    @property
    def kind_label(self):
        return in_language_of_page(self.kind_name)


@dataclass(frozen=True, slots=True)
class ClosedBody:
    """A body that had closed by a day, and who followed it."""

    pk: int
    end_date: date
    successor: int | None
    locality: str | None
    outside_partnership: bool


@dataclass(frozen=True, slots=True)
class LineOnDay:
    """A reporting line as it was on one day, between two bodies of that day."""

    pk: int
    kind: str
    from_body: BodyOnDay
    to_body: BodyOnDay
    respect: str
    start_date: date | None
    end_date: date | None
    proof: Proof = field(repr=False)

    def __hash__(self):
        return hash((self.pk, self.respect, self.from_body.name, self.to_body.name))

    @property
    def kind_label(self):
        return ReportingLine.Kind(self.kind).label

    @property
    def respect_in_words(self):
        return in_language_of_page(self.respect)

    @property
    def evidence(self):
        return self.proof.evidence


@dataclass(frozen=True, slots=True)
class OrganisationOnDay:
    """An organisation as it was on one day, and whether it was a partner then."""

    pk: int
    slug: str
    name: str
    short_name: str
    kind: str
    is_partner: bool
    proof: Proof = field(repr=False)

    def __str__(self):
        return self.name


@dataclass(frozen=True, slots=True)
class SeatOnDay:
    """A seat as it was on one day; vacant when nobody held it.

    It is named where it may be said who holds it.
    """

    pk: int
    body: BodyOnDay
    role: str
    title: str
    on_behalf_of: int | None
    is_vacant: bool
    is_named: bool
    proof: Proof = field(repr=False)

    @property
    def role_label(self):
        return Seat.Role(self.role).label


# --- Made of their rows ---------------------------------------------------------------------------


def _once_for_each_row(make):
    """Make the same thing of the same row: what nobody has edited is found alike at a glance.

    Rows of models are equal by their keys alone, whatever they say, and so are made of each time.
    """
    kept = lru_cache(maxsize=MOST_KEPT)(make)

    def made(row, *others):
        return kept(row, *others) if isinstance(row, tuple) else make(row, *others)

    made.cache_clear = kept.cache_clear
    return made


@_once_for_each_row
def body_on_day(body, kind, name):
    return BodyOnDay(
        pk=body.pk,
        slug=body.slug,
        name=name.name if name else body.slug,
        short_name=(name.short_name or name.name) if name else body.slug,
        kind=kind.slug,
        kind_name=kind.name,
        kind_order=kind.order,
        outside_partnership=kind.outside_partnership,
        locality=body.locality_id,
        stage=body.stage,
        start_date=body.start_date,
        end_date=body.end_date,
        successor=body.successor_id,
        proof=proof_of(body),
    )


@_once_for_each_row
def line_on_day(line, from_body, to_body):
    return LineOnDay(
        pk=line.pk,
        kind=line.kind,
        from_body=from_body,
        to_body=to_body,
        respect=line.respect,
        start_date=line.start_date,
        end_date=line.end_date,
        proof=proof_of(line),
    )


@_once_for_each_row
def organisation_on_day(organisation, is_partner):
    return OrganisationOnDay(
        pk=organisation.pk,
        slug=organisation.slug,
        name=organisation.name,
        short_name=organisation.short_name or organisation.name,
        kind=organisation.kind,
        is_partner=is_partner,
        proof=proof_of(organisation),
    )


@_once_for_each_row
def seat_on_day(seat, body, is_held, is_named):
    return SeatOnDay(
        pk=seat.pk,
        body=body,
        role=seat.role,
        title=seat.title,
        on_behalf_of=seat.on_behalf_of_id,
        is_vacant=not is_held,
        is_named=is_named,
        proof=proof_of(seat),
    )


def proof_of(fact):
    return Proof(
        evidence=fact.evidence,
        quotation=fact.quotation,
        source_title=fact.source_title,
        source_url=fact.source_url,
        reasoning=fact.reasoning,
    )
