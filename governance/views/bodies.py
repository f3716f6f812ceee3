"""A body as it was on a day: what it is for, where it sits, who sits on it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.as_on import on_the_day_asked
from governance.catalogued import in_language_of_page
from governance.chart import KINDS
from governance.kept import keep_page
from governance.lines import arrives
from governance.measures import measures_of
from governance.models import (
    Body,
    BodyName,
    Membership,
    ReportingLine,
    Seat,
    User,
)
from governance.on_behalf import organisations_of
from governance.on_day import BodyOnDay, LineOnDay, Proof, SeatOnDay, proof_of
from governance.permissions import can_raise_for
from governance.record import as_known
from governance.structure import ESCALATES_TO, structure_on
from governance.views.pages import gone, not_found, on_which_day
from governance.views.work import work_of
from localities.dated import in_force
from localities.kept_query import KeptQuery, either
from localities.models import Locality

ROLES = {role: position for position, role in enumerate(Seat.Role)}


@dataclass(frozen=True)
class Purpose:
    """What a body is for: its texts, each with what marks its language, and where they stand."""

    texts: tuple[tuple[str, str], ...]
    outside_partnership: bool
    source_title: str
    source_url: str


@dataclass(frozen=True)
class WayUp:
    """The rungs above a body, each of lines; what goes on links of pages with days."""

    body: BodyOnDay
    rungs: tuple[tuple[LineOnDay, ...], ...]
    query: str
    and_query: str


@dataclass(frozen=True)
class LinesTogether:
    """Lines that say the same of several bodies for one reason."""

    words: str
    respect: str
    proof: Proof
    bodies: tuple[BodyOnDay, ...]
    query: str


@dataclass(frozen=True)
class SeatShown:
    """A seat with who holds it, where that is public, and on whose behalf."""

    seat: SeatOnDay
    holder: str
    organisation: str
    organisation_slug: str
    query: str


@dataclass(frozen=True)
class Relative:
    """A body before or after another one, as it is called on the day."""

    slug: str
    name: str


@dataclass(frozen=True)
class Glance:
    """The facts about a body beside its page; the names are each with its last or first day."""

    slug: str
    kind: str
    locality: tuple  # its code and name, or nothing
    start_date: date | None
    end_date: date | None
    former_names: tuple
    planned_names: tuple
    predecessors: tuple[Relative, ...]
    successor: Relative | None
    proof: Proof
    query: str
    and_query: str


def standing_here(request):
    """All that the page of a body shows more to one reader than to another depends on this."""
    standing = request.standing
    return standing.is_signed_in, standing.is_governance_administrator, standing.sits_on


@require_safe
@keep_page("as_on", "known_on", seen_as=standing_here)
@on_the_day_asked
def body_page(request, as_on, slug):
    body, family, names = family_known(slug, as_on)
    if body is None and as_on.known_on is not None:
        sentence = _("On %(known)s the record had no body at this address.")
        return not_found(request, sentence % {"known": as_on.known_words})
    if body is None and Body.history.filter(slug=slug).exists():
        return gone(request, _("A body of this address was taken out of the record."))
    if body is None:
        return not_found(
            request, _("There is no body at this address. Its name may be spelled otherwise.")
        )
    structure = structure_on(as_on.day, as_on.known_on)
    here = structure.body(body) if structure.is_recorded else None
    context = {
        "as_on": as_on,
        "structure": structure,
        "body": body,
        "here": here,
        "name": called(names[body.pk], as_on.day) or body.slug,
        "successor": relative(family.get(body.successor_id), names, as_on),
        "predecessors": tuple(
            relative(each, names, as_on) for each in family.values() if each.successor_id == body.pk
        ),
        "when": on_which_day(body, as_on.day),
    }
    if here is not None:
        measures = measures_of(body, as_on.day)
        context |= {
            "purpose": purpose(body, here),
            "glance": glance(body, here, names[body.pk], as_on, context),
            "lines_up": together(structure.lines_up(here), "to_body", as_on),
            "lines_down": together(structure.lines_down(here), "from_body", as_on),
            "way_up": WayUp(here, rungs(structure, here), as_on.query, as_on.and_query),
            "seats": seats_of(structure, here, as_on),
            "measures": measures,
            "is_measured": bool(measures),
            "work": work_of(body, as_on, request.standing, structure.followed_by(here)),
            "may_raise": as_on.is_now and can_raise_for(request.standing, here),
        }
    return TemplateResponse(request, "governance/body_detail.html", context)


class Named(NamedTuple):
    """A name of a body and the days on which it is called so."""

    name: str
    start_date: date | None
    end_date: date | None


def family_known(slug, as_on):
    """A body, or None; by primary key itself, its successor and those that it succeeds; and every
    name that each of them ever had, the oldest first.
    """
    if as_on.known_on is None:
        each_with_a_name = list(family_with_slug(slug=slug))
        body = next((each for each in each_with_a_name if each.slug == slug), None)
        family = {each.pk: each for each in each_with_a_name}
        named = [
            (each.pk, Named(each.called, each.called_from, each.called_until))
            for each in each_with_a_name
            if each.called is not None
        ]
    else:
        body, family, named = family_as_known(slug, as_on)
    names = defaultdict(list)
    for pk, name in sorted(named, key=lambda each: each[1].start_date or date.min):
        names[pk].append(name)
    return body, family, names


def family_as_known(slug, as_on):
    body = as_known(Body, as_on.known_on).filter(slug=slug).first()
    if body is None:
        return None, {}, []
    # By `id`: to a history, `pk` is a key of its own.
    relatives = Q(successor=body.pk) | Q(id__in=[body.pk, body.successor_id or body.pk])
    family = {each.pk: each for each in as_known(Body, as_on.known_on).filter(relatives)}
    names = as_known(BodyName, as_on.known_on).filter(body__in=list(family))
    return (
        body,
        family,
        [(each.body_id, Named(each.name, each.start_date, each.end_date)) for each in names],
    )


@KeptQuery
def family_with_slug(slug):
    """The bodies of the family, each once for each of its names."""
    itself = Body.objects.filter(slug=slug).order_by()
    later = Body.objects.filter(pk__in=itself.values("successor"))
    earlier = Body.objects.filter(successor__slug=slug)
    return (
        Body.objects.filter(pk__in=either((itself, later, earlier)))
        .annotate(
            called=F("names__name"),
            called_from=F("names__start_date"),
            called_until=F("names__end_date"),
        )
        .order_by("slug")
    )


def called(names, day):
    """The name on a day; before the first and after the last, the nearest one."""
    for name in names:
        if on_which_day(name, day) == "during":
            return name.name
    later = [name for name in names if name.start_date and name.start_date > day]
    nearest = later[:1] if len(later) == len(names) else names[-1:]
    return nearest[0].name if nearest else ""


def purpose(body, here):
    texts = tuple(body.said.blocks)
    return Purpose(texts, here.outside_partnership, body.source_title, body.source_url)


def glance(body, here, names, as_on, relatives):
    day = as_on.day
    return Glance(
        slug=body.slug,
        kind=here.kind_label,
        locality=(here.locality, locality_called(here.locality, as_on)) if here.locality else (),
        start_date=body.start_date,
        end_date=body.end_date,
        former_names=tuple(
            (each.name, each.end_date) for each in names if each.end_date and each.end_date < day
        ),
        planned_names=tuple(
            (each.name, each.start_date)
            for each in names
            if each.start_date and each.start_date > day
        ),
        predecessors=relatives["predecessors"],
        successor=relatives["successor"],
        proof=proof_of(body),
        query=as_on.query,
        and_query=as_on.and_query,
    )


def locality_called(code, as_on):
    names = as_known(Locality, as_on.known_on).filter(code=code).values_list("name", flat=True)
    return names.first() or code


def relative(body, names, as_on):
    if body is None:
        return None
    return Relative(body.slug, called(names[body.pk], as_on.day) or body.slug)


def together(lines, other_end, as_on):
    """Lines that say the same of several bodies for one reason, in the order of their kinds."""
    groups = defaultdict(list)
    for line in sorted(lines, key=lambda line: KINDS.index(line.kind)):
        groups[line.kind, line.respect, line.proof].append(getattr(line, other_end))
    return [
        LinesTogether(
            str(arrives(kind) if other_end == "from_body" else ReportingLine.Kind(kind).label),
            in_language_of_page(respect),
            proof,
            tuple(bodies),
            as_on.query,
        )
        for (kind, respect, proof), bodies in groups.items()
    ]


def rungs(structure, body):
    """The way up: the lines from this body to the next rung, from there to the one above, …"""
    found, seen, level = [], {body.pk}, [body]
    while level:
        lines = [line for each in level for line in structure.lines_up(each, ESCALATES_TO)]
        lines = [line for line in lines if line.to_body.pk not in seen]
        level = list({line.to_body.pk: line.to_body for line in lines}.values())
        seen.update(each.pk for each in level)
        if lines:
            found.append(tuple(lines))
    return tuple(found)


def seats_of(structure, body, as_on):
    """The seats in the order of their roles; who holds them only where that is public."""
    seats = sorted(structure.seats_on(body), key=lambda seat: (ROLES[seat.role], seat.pk))
    holder_of = holders_of(body, seats, as_on)
    organisation_of = organisations_of(structure, seats)
    shown = []
    for seat in seats:
        organisation = organisation_of.get(seat.on_behalf_of)
        name, slug = (organisation.name, organisation.slug) if organisation else ("", "")
        shown.append(SeatShown(seat, holder_of.get(seat.pk, ""), name, slug, as_on.query))
    return shown


def holders_of(body, seats, as_on):
    """The names of who holds seats, by seat; only those that are public."""
    if not any(seat.is_named for seat in seats):
        return {}
    if as_on.known_on is None:
        return {
            each.seat_id: str(each.person) for each in named_holders(body=body.pk, day=as_on.day)
        }
    # A name that was public once and is no longer is not shown as it was known then: neither is
    # that of someone in whose place another was written.
    still_public = Membership.objects.filter(
        id=OuterRef("id"), person=OuterRef("person"), name_is_public=True
    )
    holders = as_known(Membership, as_on.known_on).filter(
        Exists(still_public),
        in_force(as_on.day),
        seat__in=[seat.pk for seat in seats],
        name_is_public=True,
    )
    people = User.objects.in_bulk({each.person_id for each in holders})
    return {each.seat_id: str(people.get(each.person_id, "")) for each in holders}


@KeptQuery
def named_holders(body, day):
    held = Membership.objects.filter(in_force(day), seat__body=body, name_is_public=True)
    return held.order_by().select_related("person")
