"""Deeds that change the structure. Each leaves a history row with who and why, and a new version.

All take effect by date alone, so a deed for a coming day is a plan until that day. What a deed may
not leave behind is refused by `structure_checks.py`.
"""

import uuid
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from governance import readers
from governance.actions.structure_checks import (
    check_body,
    check_ends,
    check_line,
    check_seat,
    check_successor,
)
from governance.models import (
    Body,
    BodyName,
    Cadence,
    Membership,
    ReportingLine,
    Seat,
    StructureRecord,
    TermsOfReference,
)
from governance.permissions import check_can_edit_structure
from localities.actions.wards import period
from localities.day_field import in_words
from localities.history import signed

ONE_DAY = timedelta(days=1)

_many_at_once = ContextVar("whether the version is given at the end of them all", default=False)


@contextmanager
def one_edit():
    """Let many edits of one transaction give the structure a new version together.

    One before the first, so that nothing read between them is kept for what was, and one at the
    end. With one for each, whatever asks for the structure would build it anew each time.
    """
    structure_edited()
    outside = _many_at_once.set(True)
    try:
        yield
    finally:
        _many_at_once.reset(outside)
    structure_edited()


def structure_edited(*, work_stays=False):
    """Give the structure a new version; called in the transaction of every structural edit.

    `work_stays` where it wrote bodies, names, lines, seats or organisations alone: then what
    bodies work with (`governance.views.work`, their measures and projects) keeps its version.
    """
    versions = ("version",) if work_stays else ("version", "work_version")
    give_new(*versions, changed_at=timezone.now())


def work_edited():
    """The same where only what bodies work with was written: the structure stays as it is."""
    give_new("work_version")


def pages_edited():
    """The same where kept pages show what was written, and neither of these two holds it."""
    give_new()


def give_new(*versions, **fields):
    if _many_at_once.get():
        return
    fields |= {each: uuid.uuid4() for each in (*versions, "pages_version")}
    if not StructureRecord.objects.filter(pk=StructureRecord.ONLY).update(**fields):
        StructureRecord.objects.create(first_day=timezone.localdate())


def lock_structure():
    """Make whoever else edits the structure wait until this transaction is over."""
    StructureRecord.lock()


# --- Bodies ---------------------------------------------------------------------------------------


@transaction.atomic
def rename(*, body, name, from_day, by, reason, short_name="", **proof):
    """Give a body another name from a day on; its address stays, its old name still finds it.

    `proof` is how the new name is known: evidence, quotation, source_title, and so on.
    """
    lock_structure()
    check_can_edit_structure(by)
    body = Body.objects.get(pk=body.pk)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "Enter the new name."})
    if not body.is_in_force_on(from_day):
        raise ValidationError({"start_date": f"{body} does not exist on {in_words(from_day)}."})

    latest = body.names.order_by(F("start_date").desc(nulls_last=True)).first()
    end_date = None
    if latest is not None:
        if latest.start_date is not None and latest.start_date >= from_day:
            raise ValidationError(
                {
                    "start_date": f"It is called “{latest.name}” {period(latest)}. Choose a later "
                    "day for the new name, or correct that one."
                }
            )
        if latest.is_in_force_on(from_day):
            if (latest.name, latest.short_name) == (name, short_name):
                raise ValidationError({"name": f"It is called “{name}” on that day already."})
            end_date = latest.end_date
            latest.end_date = from_day - ONE_DAY
            save(latest, by, reason)

    new = BodyName(
        body=body,
        name=name,
        short_name=short_name,
        start_date=from_day,
        end_date=end_date,
        **proof,
    )
    new.full_clean()
    save(new, by, reason)
    structure_edited(work_stays=True)
    return Body.objects.get(pk=body.pk)


@transaction.atomic
def close(*, body, last_day, by, reason, successor=None):
    """Close a body at the end of a day; its lines, seats, members and terms end with it.

    A closing may be moved to another day: what ended with the body moves along.
    """
    lock_structure()
    check_can_edit_structure(by)
    body = Body.objects.get(pk=body.pk)
    if body.start_date and last_day < body.start_date:
        raise ValidationError(
            {"end_date": f"{body} begins on {in_words(body.start_date)}: it cannot close before."}
        )
    if successor is not None:
        successor = Body.objects.get(pk=successor.pk)
        check_successor(body, successor, last_day)

    is_later = body.end_date is not None and last_day > body.end_date
    was_over = body.has_ended_by(timezone.localdate())
    # A name needs no end of its own, but one that is planned has no day left.
    for name in body.names.filter(start_date__gt=last_day):
        raise begins_too_late(name)
    _end(body, last_day, successor, by, reason)
    if is_later:
        check_body(body)
    structure_edited()
    if was_over or body.has_ended_by(timezone.localdate()):
        readers.follow_places(body)
    return body


@transaction.atomic
def keep_open(*, body, by, reason):
    """Take back the closing of a body, and of what was to end with it."""
    lock_structure()
    check_can_edit_structure(by)
    body = Body.objects.get(pk=body.pk)
    was_over = body.has_ended_by(timezone.localdate())
    _end(body, None, None, by, reason)
    check_body(body)
    structure_edited()
    if was_over:
        readers.follow_places(body)
    return body


def _end(body, last_day, successor, by, reason):
    """Give a body its last day, and all that is its own: unless it ends before by itself.

    What ended on its old last day ended with it, and follows it, but no further than to the last
    day that it had before any closing was planned.
    """
    lines = ReportingLine.objects.filter(Q(from_body=body) | Q(to_body=body))
    lines = list(lines.select_related("from_body", "to_body"))
    seats = list(Seat.objects.filter(body=body))
    memberships = Membership.objects.filter(seat__body=body).select_related("seat", "person")
    papers = [*TermsOfReference.objects.filter(body=body), *Cadence.objects.filter(body=body)]
    others = {
        line.pk: line.to_body if line.from_body_id == body.pk else line.from_body for line in lines
    }
    rows = [*lines, *seats, *memberships, *papers]
    with_it = [row for row in rows if row.end_date == body.end_date]
    if body.end_date is not None:
        own_last_days = _last_days_before_closing(body, with_it, others)
        for row in with_it:
            row.own_last_day = own_last_days.get((type(row), row.pk))

    # The body is first: what its history tells of the others before that was so without a closing.
    body.end_date, body.successor = last_day, successor
    save(body, by, reason)
    last_days_of_seats = {}
    for row in rows:
        last_days = [last_day, getattr(row, "own_last_day", row.end_date)]
        if isinstance(row, ReportingLine):
            last_days.append(others[row.pk].end_date)
        elif isinstance(row, Membership):
            last_days.append(last_days_of_seats[row.seat_id])
        ends_on = min(filter(None, last_days), default=None)
        if isinstance(row, Seat):
            last_days_of_seats[row.pk] = ends_on
        if row.end_date == ends_on:
            continue
        if ends_on and row.start_date and row.start_date > ends_on:
            raise begins_too_late(row)
        row.end_date = ends_on
        save(row, by, reason)


def _last_days_before_closing(body, rows, others):
    """The last days of rows of a body, by model and key, before its closing was planned.

    What was recorded later had to end with it, and has none of its own. Of a line that ended with
    the body at its other end it is the one from before that.
    """
    planned_at = None
    versions = body.history.order_by("history_date", "history_id")
    for closes_on, recorded_at in versions.values_list("end_date", "history_date"):
        planned_at = closes_on and (planned_at or recorded_at)
    if planned_at is None:
        return {}
    found = {}
    closed_then = _last_days_known({other.pk for other in others.values()})
    for model in {type(row) for row in rows}:
        theirs = [row.pk for row in rows if type(row) is model]
        versions = model.history.filter(id__in=theirs, history_date__lt=planned_at)
        for version in versions.order_by("history_date", "history_id"):
            ends_on = version.end_date
            if model is ReportingLine and ends_on:
                other = others[version.id].pk
                if ends_on == closed_then(other, version.history_date):
                    continue
            found[model, version.id] = ends_on
    return found


def _last_days_known(bodies):
    """A function that tells the last day which a body had at a moment, as it was recorded."""
    recorded = defaultdict(list)
    versions = Body.history.filter(id__in=bodies).order_by("history_date", "history_id")
    for pk, moment, last_day in versions.values_list("id", "history_date", "end_date"):
        recorded[pk].append((moment, last_day))
    return lambda pk, moment: next(
        (last_day for since, last_day in reversed(recorded[pk]) if since <= moment), None
    )


def begins_too_late(row):
    """The refusal of a last day before something begins that belongs to the body."""
    return ValidationError(
        {
            "end_date": f"“{row}” begins on {in_words(row.start_date)}, after that day. "
            "Delete it first, or choose a later last day."
        }
    )


# --- Lines ----------------------------------------------------------------------------------------


@transaction.atomic
def draw_line(
    *,
    from_body,
    kind,
    to_body,
    by,
    reason,
    respect="",
    start_date=None,
    end_date=None,
    **proof,
):
    """Record that one body answers to another. `proof` is how that is known."""
    lock_structure()
    check_can_edit_structure(by)
    line = ReportingLine(
        from_body=from_body,
        kind=kind,
        to_body=to_body,
        respect=respect,
        start_date=start_date,
        end_date=end_date,
        **proof,
    )
    check_ends(line)
    line.full_clean()
    save(line, by, reason)
    check_line(line)
    structure_edited(work_stays=True)
    return line


@transaction.atomic
def end_line(*, line, last_day, by, reason):
    """End a line after a day."""
    lock_structure()
    check_can_edit_structure(by)
    line = ReportingLine.objects.get(pk=line.pk)
    if line.start_date and last_day < line.start_date:
        raise ValidationError(
            {"end_date": f"It begins on {in_words(line.start_date)}: it cannot end before."}
        )
    line.end_date = last_day
    save(line, by, reason)
    check_line(line)
    structure_edited(work_stays=True)
    return line


# --- Seats ----------------------------------------------------------------------------------------


@transaction.atomic
def appoint(*, seat, person, from_day, by, reason, last_day=None, name_is_public=False):
    """Give a vacant seat to someone from a day on."""
    lock_structure()
    check_can_edit_structure(by)
    seat = Seat.objects.select_related("body").get(pk=seat.pk)
    membership = let_hold(seat, person, from_day, last_day, by, reason, name_is_public)
    check_seat(seat)
    structure_edited(work_stays=True)
    return membership


def let_hold(seat, person, from_day, last_day, by, reason, name_is_public=False):
    """Give a seat to someone; for deeds that lock, ask who may, and check the seat in the end."""
    if not seat.is_in_force_on(from_day):
        raise ValidationError(
            {"start_date": f"The seat “{seat}” does not exist on {in_words(from_day)}."}
        )
    membership = Membership(
        seat=seat,
        person=person,
        start_date=from_day,
        # Whoever holds a seat leaves it when it ends.
        end_date=last_day or seat.end_date,
        name_is_public=name_is_public,
    )
    save_clean(membership, by, reason, known=("seat", "person"))
    return membership


def save(row, by, reason):
    signed(row, by, reason).save()


def save_clean(row, by, reason, *, known=()):
    """Save a row that is as its model asks; `known` are its relations to rows that were just read.

    The database holds the constraints in any case. They are looked through one by one, which takes
    longer than all the rest, only where it refuses: for the sentence that says why.
    """
    row.full_clean(exclude=known, validate_constraints=False)
    try:
        with transaction.atomic():
            save(row, by, reason)
    except IntegrityError:
        row.validate_constraints()
        raise
