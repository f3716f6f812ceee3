"""Which organisation sits on which body: a table of bodies by organisations. Never who."""

from collections import defaultdict
from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from governance.as_on import on_the_day_asked
from governance.kept import all_alike, keep_page
from governance.models import Organisation, Seat
from governance.record import as_known
from governance.structure import structure_on
from governance.views.pages import not_found
from governance.views.paging import page_by_number

BODIES_SHOWN = 100
ROLES = list(Seat.Role)


@dataclass(frozen=True)
class Column:
    """An organisation that seats are held for."""

    pk: int
    slug: str
    short_name: str
    note: str = ""


@dataclass(frozen=True)
class Kind:
    """Seats of one body and one organisation that say the same of themselves."""

    post: str
    role: str
    evidence: str
    number: int
    vacant: int

    @property
    def counted(self):
        return in_words(self.number, self.vacant)


@require_safe
@keep_page("as_on", "known_on", "page", seen_as=all_alike)
@on_the_day_asked
def seat_matrix(request, as_on):
    """The seats of a day: bodies by organisations, and below those held for no organisation."""
    structure = structure_on(as_on.day, as_on.known_on)
    cells = defaultdict(list)
    for seat in structure.seats:
        cells[seat.body.pk, seat.on_behalf_of].append(seat)
    seats_for = defaultdict(list)
    for (__, organisation), seats in cells.items():
        seats_for[organisation] += seats
    with_seats = {body for body, __ in cells}
    page = page_by_number(structure.bodies, BODIES_SHOWN, request.GET.get("page"))
    if page is None:
        return not_found(request, _("This table of seats has no such page."))
    columns = organisations_of(structure, as_on)
    rows = [
        (body, [(column, kinds_of(cells.get((body.pk, column.pk)))) for column in columns])
        for body in page.object_list
    ]
    context = {
        "as_on": as_on,
        "structure": structure,
        "columns": columns,
        "page": page,
        "rows": [(body, row) for body, row in rows if any(kinds for __, kinds in row)],
        "totals": [(column, in_words(*counted(seats_for[column.pk]))) for column in columns],
        "of_none": [
            (body, kinds_of(cells[body.pk, None]))
            for body in page.object_list
            if (body.pk, None) in cells
        ],
        "counted": counted(structure.seats),
        "without": [body for body in page.object_list if body.pk not in with_seats],
        "query": f"{as_on.query[1:]}&" if as_on.query else "",
    }
    return render(request, "governance/seat_matrix.html", context)


def organisations_of(structure, as_on):
    """The partners, then whoever else has a seat, and last those that are gone."""
    asked_for = {seat.on_behalf_of for seat in structure.seats} - {None}
    partners = {each.pk for each in structure.partners}
    there = [each for each in structure.organisations if each.pk in partners | asked_for]
    there.sort(key=lambda each: (each.pk not in partners, each.short_name, each.pk))
    gone = asked_for - {each.pk for each in there}
    gone = as_known(Organisation, as_on.known_on).filter(id__in=gone) if gone else ()
    return [
        *(
            Column(each.pk, each.slug, each.short_name, "" if each.pk in partners else "no partner")
            for each in there
        ),
        *(
            Column(each.pk, each.slug, each.short_name or each.name, "gone")
            for each in sorted(gone, key=lambda each: each.name)
        ),
    ]


def kinds_of(seats):
    """The seats of one cell, those that say the same counted together."""
    alike = defaultdict(list)
    for seat in sorted(seats or (), key=lambda seat: (ROLES.index(seat.role), seat.pk)):
        alike[(*words(seat), seat.proof.evidence)].append(seat)
    return [Kind(*said, *counted(some)) for said, some in alike.items()]


def counted(seats):
    return len(seats), sum(seat.is_vacant for seat in seats)


def in_words(number, vacant):
    """“3 seats, 2 vacant”"""
    seats = ngettext("%(number)s seat", "%(number)s seats", number) % {"number": number}
    if not vacant:
        return seats
    if vacant == number:
        return ngettext("%(seats)s, vacant", "%(seats)s, all vacant", number) % {"seats": seats}
    return _("%(seats)s, %(vacant)s vacant") % {"seats": seats, "vacant": vacant}


def words(seat):
    """The post that holds it, and its role unless the post says it."""
    role = str(seat.role_label)
    if not seat.title:
        return "", role
    is_said = seat.role not in Seat.OFFICER_ROLES or role.lower() in seat.title.lower()
    return seat.title, "" if is_said else role.lower()
