"""What the record holds for a day: the rows as they are now, or as they were known at a moment.

Two readers give the same `Rows`, so that everything built on them can be asked for either clock.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, wraps
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.dateparse import parse_date

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
from localities.kept_query import KeptQuery
from localities.models import AtlasVersion
from localities.preparable import Preparable

MOST_WORK = 256  # answers about what bodies work with, each of one body on one day


@dataclass(frozen=True)
class Rows:
    """The rows in force on one day, and the bodies that had closed by then.

    They are read alone, and so may be rows of models or tuples with the same names. Partners, held
    seats and those of which it may be said who holds them are given by primary key.
    """

    kinds: dict
    bodies: list
    closed: list
    names: list
    lines: list
    organisations: list
    partners: frozenset
    seats: list
    held_seats: frozenset
    named_seats: frozenset


class Kept(NamedTuple):
    """Marks of the versions of the structure, of the work of bodies and of pages; the first day.

    Pages name localities too, so theirs is another after each edit of the atlas.
    """

    version: str
    work_version: str
    pages_version: str
    first_day: date


_answers = ContextVar("what was answered to who asked for the record, once", default=None)


@contextmanager
def asked_once():
    """Within it the record is asked for its version once, so that all parts of a page agree.

    An edit in between makes the page as old as its beginning. For reading alone. What is within
    another one asks with it.
    """
    if _answers.get() is not None:
        yield
        return
    outside = _answers.set([])
    try:
        yield
    finally:
        _answers.reset(outside)


def at_hand():
    """The same as `current`, where it is asked for once; None where it is not."""
    return None if _answers.get() is None else current()


def current():
    """The version and first day of the record, or None before anything is recorded."""
    answers = _answers.get()
    if answers is None:
        return _current()
    if not answers:
        answers.append(_current())
    return answers[0]


def _current():
    with connection.cursor() as cursor:
        cursor.execute(*_query_of_record(connection.alias))
        row = cursor.fetchone()
    if row is None:
        return None
    version, work_version, pages_version, first_day, atlas_version = row
    return Kept(
        str(version), str(work_version), f"{pages_version} {atlas_version}", as_day(first_day)
    )


def as_day(given):
    """What a database gives for a date, as one."""
    return given if isinstance(given, date) else parse_date(given)


def version():
    """A mark of the structure's version, which every structural edit changes."""
    kept = current()
    return kept and kept.version


def work_version():
    """The same of what bodies work with, which an edit of the structure alone leaves as it is."""
    kept = current()
    return kept and kept.work_version


def pages_version():
    """The same of what pages show, which every edit of something that they show changes."""
    kept = current()
    return kept and kept.pages_version


def kept_with_work(ask):
    """Keep what a question about what a body works with was answered, until some of it is edited.

    It is asked with plain values, and nothing that it answers may come from elsewhere: a name of a
    body, say, is another after an edit that leaves this as it is.
    """
    kept = lru_cache(maxsize=MOST_WORK)(lambda version, *asked: ask(*asked))

    @wraps(ask)
    def answer(*asked):
        version = work_version()
        return ask(*asked) if version is None else kept(version, *asked)

    return answer


def changed_at():
    """The moment of the last structural edit, or None before anything is recorded."""
    return StructureRecord.objects.values_list("changed_at", flat=True).first()


@cache
def _query_of_record(alias):
    """The query as the ORM writes it, kept, because it is asked at every request."""
    atlas = Subquery(AtlasVersion.objects.values("version"))
    rows = StructureRecord.objects.using(alias).order_by().values(*Kept._fields, atlas=atlas)
    sql, parameters = rows.query.get_compiler(alias).as_sql()
    return Preparable(sql), parameters


def rows_on(day):
    """What is in force on `day` as we know it now, in five queries."""
    begun = bodies_begun(day=day)
    organisations = sorted(organisations_and_whether_partners(day=day), key=by_name)
    seats = seats_and_whether_held(day=day)
    return Rows(
        kinds={body.kind_id: kind_of(body) for body in begun},
        bodies=[body for body in begun if body.end_date is None or body.end_date >= day],
        closed=[body for body in begun if body.end_date is not None and body.end_date < day],
        names=sorted(names_on(day=day), key=by_first_day),
        lines=lines_on(day=day),
        organisations=organisations,
        partners=frozenset(each.pk for each in organisations if each.partner),
        seats=seats,
        held_seats=frozenset(seat.pk for seat in seats if seat.held),
        named_seats=frozenset(seat.pk for seat in seats if seat.named),
    )


PROOF = ("evidence", "quotation", "source_title", "source_url", "reasoning")
PERIOD = ("start_date", "end_date")


class KindOfBody(NamedTuple):
    slug: str
    name: str
    order: int
    outside_partnership: bool


def kind_of(body):
    return KindOfBody(
        body.kind_id, body.kind__name, body.kind__order, body.kind__outside_partnership
    )


@KeptQuery
def bodies_begun(day):
    kind = ("kind_id", "kind__name", "kind__order", "kind__outside_partnership")
    columns = ("pk", "slug", "locality_id", "stage", "successor_id", *kind, *PERIOD, *PROOF)
    begun = Body.objects.filter(Q(start_date__isnull=True) | Q(start_date__lte=day))
    return begun.order_by().values_list(*columns, named=True)


@KeptQuery
def names_on(day):
    columns = ("pk", "body_id", "name", "short_name", "start_date")
    return BodyName.objects.on(day).order_by().values_list(*columns, named=True)


@KeptQuery
def lines_on(day):
    columns = ("pk", "kind", "from_body_id", "to_body_id", "respect", *PERIOD, *PROOF)
    return ReportingLine.objects.on(day).order_by("pk").values_list(*columns, named=True)


@KeptQuery
def organisations_and_whether_partners(day):
    partnership = Partner.objects.filter(in_force(day), organisation=OuterRef("pk"))
    columns = ("pk", "slug", "name", "short_name", "kind", *PROOF, "partner")
    found = Organisation.objects.on(day).annotate(partner=Exists(partnership))
    return found.order_by().values_list(*columns, named=True)


@KeptQuery
def seats_and_whether_held(day):
    holding = Membership.objects.filter(in_force(day), seat=OuterRef("pk"))
    columns = ("pk", "body_id", "role", "title", "on_behalf_of_id", *PROOF, "held", "named")
    found = Seat.objects.on(day).annotate(
        held=Exists(holding), named=Exists(holding.filter(name_is_public=True))
    )
    return found.order_by("pk").values_list(*columns, named=True)


# Databases differ in how they order text, and dates that are not given.


def by_name(row):
    return row.name, row.pk


def by_first_day(row):
    return row.start_date or date.min, row.pk


def known(model, moment):
    """The rows of a model as they were recorded at a moment, without those deleted by then."""
    versions = model.history.filter(history_date__lte=moment).latest_of_each()
    rows = {}
    # Of two versions of the same instant, the one that was written last.
    for version in versions.order_by("history_id"):
        row = version.instance
        rows[row.pk] = None if version.history_type == "-" else row
    return [row for row in rows.values() if row is not None]


def as_known(model, moment):
    """The rows to ask further, as they were recorded at a moment; without one, as we know them."""
    return model.objects.all() if moment is None else model.history.as_of(moment)


def known_in_force(model, moment, day):
    """What a model held for a day, as it was recorded at a moment."""
    return [row for row in known(model, moment) if row.is_in_force_on(day)]


def rows_known_on(day, moment):
    """What was in force on `day` as the portal had recorded it at `moment`, from the history."""

    def held(model):
        return known_in_force(model, moment, day)

    bodies = known(Body, moment)
    holding = held(Membership)
    kinds = [*BodyKind.objects.all(), *known(BodyKind, moment)]
    return Rows(
        kinds={kind.pk: kind for kind in kinds},
        bodies=[body for body in bodies if body.is_in_force_on(day)],
        closed=[body for body in bodies if body.has_ended_by(day)],
        names=sorted(held(BodyName), key=by_first_day),
        lines=sorted(held(ReportingLine), key=lambda line: line.pk),
        organisations=sorted(held(Organisation), key=by_name),
        partners=frozenset(each.organisation_id for each in held(Partner)),
        seats=sorted(held(Seat), key=lambda seat: seat.pk),
        held_seats=frozenset(each.seat_id for each in holding),
        named_seats=frozenset(each.seat_id for each in holding if each.name_is_public),
    )
