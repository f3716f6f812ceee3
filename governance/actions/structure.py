"""Deeds that change the structure. Each leaves a history row with who and why, and a new version.

All take effect by date alone, so a deed for a coming day is a plan until that day. What a deed may
not leave behind is refused by the `check_…` functions, which judge what this transaction has
written: the admin, which writes rows of its own, calls the same ones.
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

from governance.models import (
    Body,
    BodyName,
    Cadence,
    Membership,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
    TermsOfReference,
)
from governance.permissions import check_can_edit_structure
from localities.actions.wards import period
from localities.dated import overlapping
from localities.day_field import in_words

ONE_DAY = timedelta(days=1)
UPWARDS = (ReportingLine.Kind.REPORTS_TO, ReportingLine.Kind.ESCALATES_TO)
BOTH_WAYS = (ReportingLine.Kind.ALIGNED_WITH,)


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


def structure_edited():
    """Give the structure a new version; called in the transaction of every structural edit."""
    if _many_at_once.get():
        return
    changed = StructureRecord.objects.filter(pk=StructureRecord.ONLY).update(
        version=uuid.uuid4(), changed_at=timezone.now()
    )
    if not changed:
        StructureRecord.objects.create(first_day=timezone.localdate())


def lock_structure():
    """Make whoever else edits the structure wait until this transaction is over."""
    StructureRecord.objects.get_or_create(
        pk=StructureRecord.ONLY, defaults={"first_day": timezone.localdate()}
    )
    StructureRecord.objects.select_for_update().get(pk=StructureRecord.ONLY)


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
    structure_edited()
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
        check_successor(body, successor, last_day)

    is_later = body.end_date is not None and last_day > body.end_date
    _end_what_belongs_to(body, last_day, by, reason)
    body.end_date, body.successor = last_day, successor
    save(body, by, reason)
    if is_later:
        check_body(body)
    structure_edited()
    return body


@transaction.atomic
def keep_open(*, body, by, reason):
    """Take back the closing of a body, and of what was to end with it."""
    lock_structure()
    check_can_edit_structure(by)
    body = Body.objects.get(pk=body.pk)
    _end_what_belongs_to(body, None, by, reason)
    body.end_date = body.successor = None
    save(body, by, reason)
    check_body(body)
    structure_edited()
    return body


def _end_what_belongs_to(body, last_day, by, reason):
    """Whatever is the body's ends on its new last day, unless it ended before.

    Those that ended on its old last day ended with it, so they follow it.
    """
    lines = ReportingLine.objects.filter(Q(from_body=body) | Q(to_body=body))
    seats = Seat.objects.filter(body=body)
    memberships = Membership.objects.filter(seat__body=body).select_related("seat", "person")
    papers = [*TermsOfReference.objects.filter(body=body), *Cadence.objects.filter(body=body)]
    for row in [*lines.select_related("from_body", "to_body"), *memberships, *seats, *papers]:
        last_day_of_row = last_day
        if isinstance(row, ReportingLine):
            other = row.to_body if row.from_body_id == body.pk else row.from_body
            last_day_of_row = min(filter(None, (last_day, other.end_date)), default=None)
        with_it = row.end_date is None or row.end_date == body.end_date
        if not with_it and (last_day is None or row.end_date <= last_day):
            continue
        if row.end_date == last_day_of_row:
            continue
        if last_day and row.start_date and row.start_date > last_day:
            raise ValidationError(
                {
                    "end_date": f"“{row}” begins on {in_words(row.start_date)}, after that day. "
                    "Delete it first, or choose a later last day."
                }
            )
        row.end_date = last_day_of_row
        save(row, by, reason)


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
    _check_ends(line)
    line.full_clean()
    save(line, by, reason)
    check_line(line)
    structure_edited()
    return line


@transaction.atomic
def end_line(*, line, last_day, by, reason):
    """End a line after a day."""
    return _end(ReportingLine, line, last_day, by, reason, check_line)


# --- Seats ----------------------------------------------------------------------------------------


@transaction.atomic
def appoint(*, seat, person, from_day, by, reason, last_day=None, name_is_public=False):
    """Give a vacant seat to someone from a day on."""
    lock_structure()
    check_can_edit_structure(by)
    seat = Seat.objects.select_related("body").get(pk=seat.pk)
    membership = let_hold(seat, person, from_day, last_day, by, reason, name_is_public)
    check_seat(seat)
    structure_edited()
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


@transaction.atomic
def end_membership(*, membership, last_day, by, reason):
    """Let someone leave a seat after a day; it is vacant from the next."""

    def check(row):
        check_seat(row.seat)

    return _end(Membership, membership, last_day, by, reason, check)


def _end(model, row, last_day, by, reason, check):
    lock_structure()
    check_can_edit_structure(by)
    row = model.objects.get(pk=row.pk)
    if row.start_date and last_day < row.start_date:
        raise ValidationError(
            {"end_date": f"It begins on {in_words(row.start_date)}: it cannot end before."}
        )
    row.end_date = last_day
    save(row, by, reason)
    check(row)
    structure_edited()
    return row


def save(row, by, reason):
    row._history_user = by
    row._change_reason = reason
    row.save()


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


# --- What may not be ------------------------------------------------------------------------------


def check_names(body):
    """Refuse a body without any name, and one with two on the same day."""
    names = list(body.names.all())
    if not names:
        raise ValidationError("A body needs a name.")
    _check_one_at_a_time(
        names,
        lambda earlier, later: (
            f"{body} would have two names at once: “{earlier.name}” {period(earlier)}, and "
            f"“{later.name}” {period(later)}. End the first before the other begins."
        ),
    )


def check_successor(body, successor, last_day):
    """Refuse a successor that is the body itself, or is not there when it closes."""
    if successor.pk == body.pk:
        raise ValidationError({"successor": "A body cannot be its own successor."})
    if not successor.is_in_force_on(last_day + ONE_DAY):
        raise ValidationError(
            {
                "successor": f"{successor} does not exist on {in_words(last_day + ONE_DAY)}, the "
                "day after. Choose a body that does."
            }
        )


def check_body(body):
    """Refuse a body whose lines, seats or names do not fit it."""
    check_names(body)
    lines = ReportingLine.objects.filter(Q(from_body=body) | Q(to_body=body))
    for line in lines.select_related("from_body", "to_body"):
        check_line(line)
    for seat in Seat.objects.filter(body=body).select_related("body"):
        check_seat(seat)


def check_line(line):
    """Refuse a line that cannot hold for its whole period, is there twice, or closes a ring."""
    _check_ends(line)
    for body in (line.from_body, line.to_body):
        _check_within(line, body, "a line from or to it")
    _check_drawn_once(line)
    if line.kind in UPWARDS:
        _check_no_ring(line)


def check_seat(seat):
    """Refuse a seat that outlasts its body, or is held by two people at once."""
    _check_within(seat, seat.body, "a seat on it")
    memberships = list(seat.memberships.select_related("person"))
    for membership in memberships:
        _check_within(membership, seat, "whoever holds it", name=f"The seat “{seat}”")
    _check_one_at_a_time(
        memberships,
        lambda earlier, later: (
            f"The seat “{seat}” would be held by two at once: by {earlier.person} "
            f"{period(earlier)}, and by {later.person} {period(later)}. End the first before the "
            "other begins, or add another seat."
        ),
    )


def check_partner(organisation):
    """Refuse a partnership that outlasts its organisation, or is recorded twice for a day."""
    partnerships = list(Partner.objects.filter(organisation=organisation))
    for partnership in partnerships:
        _check_within(partnership, organisation, "its partnership")
    _check_one_at_a_time(
        partnerships,
        lambda earlier, later: (
            f"{organisation} would be a partner twice: {period(earlier)}, and {period(later)}."
        ),
    )


def _check_ends(line):
    if line.from_body_id == line.to_body_id:
        raise ValidationError({"to_body": "A line joins two different bodies."})


def _check_within(part, whole, what, name=None):
    """An empty first day means as long as the whole; an empty last day means still."""
    name = name or str(whole)
    if whole.start_date and part.start_date and part.start_date < whole.start_date:
        raise ValidationError(
            {
                "start_date": f"{name} begins on {in_words(whole.start_date)}: {what} cannot begin "
                "before."
            }
        )
    if whole.end_date and (part.end_date is None or part.end_date > whole.end_date):
        raise ValidationError(
            {
                "end_date": f"{name} closes on {in_words(whole.end_date)}: {what} cannot last "
                "longer. Give it that last day or an earlier one."
            }
        )


def _check_one_at_a_time(rows, sentence):
    """Refuse rows of which two hold on the same day; `sentence` says it of an offending pair."""
    rows = sorted(rows, key=lambda row: (row.start_date is not None, row.start_date or 0, row.pk))
    latest = None
    for row in rows:
        if latest and (
            latest.end_date is None or not row.start_date or row.start_date <= latest.end_date
        ):
            raise ValidationError(sentence(latest, row), code="overlap")
        latest = row


def _check_drawn_once(line):
    ends = Q(from_body=line.from_body_id, to_body=line.to_body_id)
    if line.kind in BOTH_WAYS:
        ends |= Q(from_body=line.to_body_id, to_body=line.from_body_id)
    same = ReportingLine.objects.filter(
        ends,
        overlapping(line.start_date, line.end_date),
        kind=line.kind,
        respect=line.respect,
    ).exclude(pk=line.pk)
    if other := same.select_related("from_body", "to_body").first():
        raise ValidationError(
            f"“{other}” is recorded already, {period(other)}. Change that line, or end it before "
            "this one begins.",
            code="overlap",
        )


def _check_no_ring(line):
    """Refuse a line that leads back to where it begins on any day of its period."""
    ring = _ring_through(line)
    if ring:
        lines, since = ring
        names = dict(
            Body.objects.named()
            .filter(pk__in={end for pair in lines for end in pair})
            .values_list("pk", "name")
        )
        verb = ReportingLine.Kind(line.kind).label.lower()
        way = ", ".join(f"{names[below]} {verb} {names[above]}" for below, above in lines)
        on = f" on {in_words(since)}" if since else ""
        raise ValidationError(f"This would close a ring{on}: {way}.", code="ring")


def _ring_through(line):
    """The ends of the lines of a ring that this one closes, and its first day; None without one.

    Follows the lines upwards, and with them the days on which all of them hold: a place reached
    again with no further day is not followed again.
    """
    up = defaultdict(list)
    lines = ReportingLine.objects.filter(
        overlapping(line.start_date, line.end_date), kind=line.kind
    ).exclude(pk=line.pk)
    for below, above, *dates in lines.values_list(
        "from_body",
        "to_body",
        "start_date",
        "end_date",
        "from_body__start_date",
        "from_body__end_date",
        "to_body__start_date",
        "to_body__end_date",
    ):
        days = (None, None)
        for start, end in zip(dates[::2], dates[1::2], strict=True):
            days = _shared(days, (start, end))
        if days:
            up[below].append((above, days))

    start = line.to_body_id
    waiting = [(start, (line.start_date, line.end_date), ((line.from_body_id, start),))]
    followed = defaultdict(list)
    while waiting:
        body, days, way = waiting.pop()
        if body == line.from_body_id:
            return way, days[0]
        if any(_covers(wider, days) for wider in followed[body]):
            continue
        followed[body].append(days)
        for above, its_days in up[body]:
            if shared := _shared(days, its_days):
                waiting.append((above, shared, (*way, (body, above))))
    return None


def _shared(one, other):
    """The days two periods have in common, or None; an empty end is open."""
    if one is None:
        return None
    start = max(filter(None, (one[0], other[0])), default=None)
    end = min(filter(None, (one[1], other[1])), default=None)
    return None if start and end and end < start else (start, end)


def _covers(wider, days):
    starts = wider[0] is None or (days[0] is not None and wider[0] <= days[0])
    ends = wider[1] is None or (days[1] is not None and days[1] <= wider[1])
    return starts and ends
