"""The partner organisations of a day, and each with those before and after it."""

from dataclasses import dataclass
from datetime import date

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.as_on import on_the_day_asked
from governance.kept import all_alike, keep_page
from governance.models import Organisation, Partner
from governance.on_day import Proof, SeatOnDay, proof_of
from governance.record import as_known
from governance.structure import structure_on
from governance.views.pages import not_found, on_which_day
from localities.kept_query import KeptQuery


@dataclass(frozen=True)
class Step:
    """One of a chain of organisations, so many steps away; `query` goes on its link."""

    steps: int
    slug: str
    name: str
    start_date: date | None
    end_date: date | None
    query: str


@dataclass(frozen=True)
class SeatOfOrganisation:
    """A seat on behalf of an organisation; `query` goes on the link of its body."""

    seat: SeatOnDay
    query: str


@dataclass(frozen=True)
class Partnership:
    start_date: date | None
    end_date: date | None
    proof: Proof


@dataclass(frozen=True)
class Glance:
    """The facts about an organisation beside its page."""

    kind: str
    ods_code: str
    start_date: date | None
    end_date: date | None
    partnerships: tuple[Partnership, ...]
    website: str
    proof: Proof


@require_safe
@keep_page("as_on", "known_on", seen_as=all_alike)
@on_the_day_asked
def organisation_list(request, as_on):
    structure = structure_on(as_on.day, as_on.known_on)
    known = sorted(organisations_known(as_on), key=lambda each: each.name)
    on_the_day = {each.pk for each in structure.organisations}
    partners = {each.pk for each in structure.partners}
    context = {
        "as_on": as_on,
        "structure": structure,
        "partners": [each for each in known if each.pk in partners],
        "others": [each for each in known if each.pk in on_the_day - partners],
        "not_on_the_day": [each for each in known if each.pk not in on_the_day],
    }
    return TemplateResponse(request, "governance/organisation_list.html", context)


@require_safe
@keep_page("as_on", "known_on", seen_as=all_alike)
@on_the_day_asked
def organisation_page(request, as_on, slug):
    known = {each.pk: each for each in organisations_known(as_on)}
    organisation = next((each for each in known.values() if each.slug == slug), None)
    if organisation is None and as_on.known_on is not None:
        sentence = _("On %(known)s the record had no organisation at this address.")
        return not_found(request, sentence % {"known": as_on.known_words})
    if organisation is None:
        return not_found(
            request,
            _("There is no organisation at this address. Its name may be spelled otherwise."),
        )
    structure = structure_on(as_on.day, as_on.known_on)
    partnerships = sorted(
        partnerships_of(organisation, as_on), key=lambda each: str(each.start_date or "")
    )
    seats = structure.seats_of(organisation.pk) if structure.is_recorded else ()
    context = {
        "as_on": as_on,
        "structure": structure,
        "organisation": organisation,
        "glance": glance(organisation, partnerships),
        "is_partner": any(each.is_in_force_on(as_on.day) for each in partnerships),
        "chain": [
            Step(steps, each.slug, each.name, each.start_date, each.end_date, as_on.query)
            for steps, each in chain(organisation, known)
        ],
        "seats": [SeatOfOrganisation(seat, as_on.query) for seat in seats],
        "when": on_which_day(organisation, as_on.day),
    }
    return TemplateResponse(request, "governance/organisation_detail.html", context)


def glance(organisation, partnerships):
    return Glance(
        kind=str(organisation.get_kind_display()),
        ods_code=organisation.ods_code,
        start_date=organisation.start_date,
        end_date=organisation.end_date,
        partnerships=tuple(
            Partnership(each.start_date, each.end_date, proof_of(each)) for each in partnerships
        ),
        website=organisation.website,
        proof=proof_of(organisation),
    )


def organisations_known(as_on):
    return as_known(Organisation, as_on.known_on) if as_on.known_on else all_organisations()


@KeptQuery
def all_organisations():
    return Organisation.objects.all()


def partnerships_of(organisation, as_on):
    if as_on.known_on:
        return as_known(Partner, as_on.known_on).filter(organisation=organisation.pk)
    return partnerships_recorded(organisation=organisation.pk)


@KeptQuery
def partnerships_recorded(organisation):
    return Partner.objects.filter(organisation=organisation).order_by()


def chain(organisation, known):
    """Those before it, itself and those after it, each as (steps away, organisation)."""
    predecessors = {}
    for each in known.values():
        predecessors.setdefault(each.successor_id, []).append(each)
    before, seen, level, steps = [], {organisation.pk}, [organisation], 0
    while level:
        level = [
            each
            for later in level
            for each in predecessors.get(later.pk, ())
            if each.pk not in seen
        ]
        seen.update(each.pk for each in level)
        steps -= 1
        before = [*((steps, each) for each in level), *before]
    after, latest, steps = [], organisation, 0
    while (latest := known.get(latest.successor_id)) and latest.pk not in seen:
        seen.add(latest.pk)
        steps += 1
        after.append((steps, latest))
    return [*before, (0, organisation), *after] if before or after else []
