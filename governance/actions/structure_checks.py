"""What the structure may not be: refused in a sentence that says what to do.

Each check judges what this transaction has written, and reads what that belongs to anew: who asks
may have read it before the lock, and somebody have closed it since. The deeds of `structure.py` end
with one, and so does the admin, which writes rows of its own.
"""

from collections import defaultdict
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from governance.models import Body, Organisation, Partner, ReportingLine, Seat
from localities.actions.wards import period
from localities.dated import overlapping
from localities.day_field import in_words

ONE_DAY = timedelta(days=1)
UPWARDS = (ReportingLine.Kind.REPORTS_TO, ReportingLine.Kind.ESCALATES_TO)
BOTH_WAYS = (ReportingLine.Kind.ALIGNED_WITH,)


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
        _check_line(line)
    for seat in Seat.objects.filter(body=body).select_related("body"):
        _check_seat(seat)


def check_line(line):
    """Refuse a line that cannot hold for its whole period, is there twice, or closes a ring."""
    _check_line(ReportingLine.objects.select_related("from_body", "to_body").get(pk=line.pk))


def _check_line(line):
    check_ends(line)
    for body in (line.from_body, line.to_body):
        _check_within(line, body, "a line from or to it")
    _check_drawn_once(line)
    if line.kind in UPWARDS:
        _check_no_ring(line)


def check_seat(seat):
    """Refuse a seat that outlasts its body, or is held by two people at once."""
    _check_seat(Seat.objects.select_related("body").get(pk=seat.pk))


def _check_seat(seat):
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
    organisation = Organisation.objects.get(pk=organisation.pk)
    partnerships = list(Partner.objects.filter(organisation=organisation))
    for partnership in partnerships:
        _check_within(partnership, organisation, "its partnership")
    _check_one_at_a_time(
        partnerships,
        lambda earlier, later: (
            f"{organisation} would be a partner twice: {period(earlier)}, and {period(later)}."
        ),
    )


def check_ends(line):
    """Refuse a line from a body to itself."""
    if line.from_body_id == line.to_body_id:
        raise ValidationError({"to_body": "A line joins two different bodies."})


def _check_within(part, whole, what, name=None):
    """An empty first day means as long as the whole; an empty last day means still."""
    if whole.start_date and part.start_date and part.start_date < whole.start_date:
        raise ValidationError(
            {
                "start_date": f"{name or whole} begins on {in_words(whole.start_date)}: {what} "
                "cannot begin before."
            }
        )
    if whole.end_date and (part.end_date is None or part.end_date > whole.end_date):
        raise ValidationError(
            {
                "end_date": f"{name or whole} closes on {in_words(whole.end_date)}: {what} cannot "
                "last longer. Give it that last day or an earlier one."
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
