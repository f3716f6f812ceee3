"""What the record holds for a day: the rows as they are now, or as they were known at a moment.

Two readers give the same `Rows`, so that everything built on them can be asked for either clock.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
)
from localities.dated import in_force


@dataclass(frozen=True)
class Rows:
    """The rows in force on one day. Partners and held seats are given by primary key."""

    kinds: dict
    bodies: list
    names: list
    lines: list
    organisations: list
    partners: frozenset
    seats: list
    held_seats: frozenset


def current():
    """The version and first day of the record, or None before anything is recorded."""
    return StructureRecord.objects.filter(pk=StructureRecord.ONLY).first()


def version():
    """The version of the structure, which every structural edit changes."""
    return StructureRecord.objects.values_list("version", flat=True).first()


def rows_on(day):
    """What is in force on `day` as we know it now, in five queries."""
    bodies = list(Body.objects.on(day).select_related("kind"))
    partnership = Partner.objects.filter(in_force(day), organisation=OuterRef("pk"))
    organisations = list(Organisation.objects.on(day).annotate(partner=Exists(partnership)))
    holding = Membership.objects.filter(in_force(day), seat=OuterRef("pk"))
    seats = list(Seat.objects.on(day).annotate(held=Exists(holding)).order_by("pk"))
    return Rows(
        kinds={body.kind_id: body.kind for body in bodies},
        bodies=bodies,
        names=list(BodyName.objects.on(day)),
        lines=list(ReportingLine.objects.on(day).order_by("pk")),
        organisations=organisations,
        partners=frozenset(each.pk for each in organisations if each.partner),
        seats=seats,
        held_seats=frozenset(seat.pk for seat in seats if seat.held),
    )


def rows_known_on(day, moment):
    """What was in force on `day` as the portal had recorded it at `moment`, from the history."""

    def known(model):
        """The last version of each row up to the moment, without those deleted by then."""
        versions = model.history.as_of(moment).order_by("history_id")
        return {version.pk: version for version in versions}.values()

    def known_in_force(model):
        return [row for row in known(model) if row.is_in_force_on(day)]

    return Rows(
        kinds={kind.pk: kind for kind in known(BodyKind)},
        bodies=known_in_force(Body),
        names=known_in_force(BodyName),
        lines=sorted(known_in_force(ReportingLine), key=lambda line: line.pk),
        organisations=sorted(known_in_force(Organisation), key=lambda each: each.name),
        partners=frozenset(each.organisation_id for each in known_in_force(Partner)),
        seats=sorted(known_in_force(Seat), key=lambda seat: seat.pk),
        held_seats=frozenset(each.seat_id for each in known_in_force(Membership)),
    )
