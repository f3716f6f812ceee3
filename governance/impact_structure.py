"""What becomes of the matters, lines, seats and meetings of a body that closes.

`governance.apps` registers these parts with `governance.impact` at the start.
"""

from collections import Counter
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from governance.actions import meetings
from governance.actions.structure import draw_line, save
from governance.actions.structure_checks import BOTH_WAYS, check_seat
from governance.impact import (
    EACH,
    ENDS,
    GOES,
    LEFT,
    Item,
    Part,
    before_nobody,
    counted,
    earliest,
    receiving_on,
)
from governance.models import (
    Cadence,
    Escalation,
    EscalationStep,
    Evidence,
    Meeting,
    Membership,
    ReportingLine,
    Seat,
    TermsOfReference,
)
from governance.names import names_of
from governance.structure import structure_on
from governance.telling import capital, with_article
from governance.way import TRAVELS, go_on
from governance.workflow import EscalationStatus
from localities.dated import overlapping
from localities.day_field import in_words

NOTE_LENGTH = Meeting._meta.get_field("note").max_length


class Escalations(Part):
    key = "escalations"
    order = 10
    title = "Escalated matters"
    explanation = (
        "What lies before a body lies before the one that follows it from its first day on. The "
        "next step taken with it records that."
    )

    def rest_on(self, closing):
        """Open matters, and how many drafts there are: what they say is nobody’s business yet."""
        bodies = closing.bodies
        theirs = Q(current_body__in=bodies) | Q(raising_body__in=bodies)
        found = list(Escalation.objects.open().filter(theirs).order_by("pk"))
        named = {pk for each in found for pk in (each.raising_body_id, each.current_body_id)}
        names, ways = names_of(named), {} if closing.successor else ways_of(found)
        items = [self._item(closing, each, bodies, names, ways) for each in found]
        return items + self._drafts(closing)

    def _item(self, closing, escalation, bodies, names, ways):
        raising = with_article(names[escalation.raising_body_id])
        holder = with_article(names[escalation.current_body_id])
        what = f"{escalation.reference}, raised by {raising} and before {holder}"
        lies_there = escalation.current_body_id in bodies
        if closing.successor:
            goes = "{} answers questions about it, and may withdraw it."
            goes = "It lies before {}." if lies_there else goes
            becomes = {GOES: capital(goes.format(closing.follower))}
        elif lies_there:
            becomes = {LEFT: left_before_nobody(closing, escalation, ways[escalation.pk])}
        else:
            becomes = {LEFT: "Nobody can answer a question about it, or withdraw it."}
        return Item(f"escalation-{escalation.pk}", what, becomes)

    def _drafts(self, closing):
        drafts = Escalation.objects.filter(
            status=EscalationStatus.DRAFT, raising_body__in=closing.bodies
        )
        number = drafts.count()
        if not number:
            return []
        becomes = {LEFT: "No body follows: who wrote them can write them anew for another body."}
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} may raise them.")}
        what = counted(number, "draft of a matter", "drafts of matters")
        return [Item("drafts", what, becomes, needs_reason=frozenset())]

    def without_holder(self, day):
        """Open matters, and for bodies without officers here those of the bodies that act."""
        structure, receiving = structure_on(day), receiving_on(day)
        matters = Escalation.objects.open()
        held = Counter(matters.values_list("current_body", flat=True))
        without_officers = structure.without_officers_here()
        acting = EscalationStep.objects.filter(
            escalation__in=matters.filter(current_body__in=without_officers),
            kind__in=TRAVELS,
            to_body__in=without_officers,
        ).exclude(from_body__kind__outside_partnership=True)
        held.update(acting.values_list("from_body", flat=True))
        return before_nobody(held, "open matter", structure, receiving)


def ways_of(matters):
    """The bodies of the way of each, by their keys."""
    ways = {each.pk: [each.raising_body_id] for each in matters}
    steps = EscalationStep.objects.filter(escalation__in=ways).order_by("pk")
    columns = ("escalation", "kind", "from_body", "to_body")
    for step in steps.values_list(*columns, named=True):
        go_on(ways[step.escalation], step)
    return ways


def left_before_nobody(closing, escalation, way):
    """What is said of a matter before a body that nobody follows: who acts on it (`way.py`)."""
    structure = structure_on(closing.from_day)

    def acts(pk):
        body = structure.holder_of(pk)
        return body and body.pk != closing.body.pk and not body.outside_partnership

    is_question = escalation.status == EscalationStatus.SENT_BACK
    below = way[:-2] if is_question else way[:-1]
    if any(acts(pk) for pk in below):
        return "No body follows: the officers of the body below record what comes of it."
    if is_question and acts(way[-1]):
        then = "the officers of the body that asked record the answer."
    else:
        then = "nobody can record what comes of it."
    return f"No body follows, and there is none below: {then}"


class Lines(Part):
    key = "lines"
    order = 40
    title = "Lines"
    explanation = (
        "A line ends with a body at one of its ends. What the body that follows takes over is a "
        "new line, recorded as assumed until a source says so."
    )
    dated = (ReportingLine,)

    def rest_on(self, closing):
        ends = Q(from_body=closing.body) | Q(to_body=closing.body)
        lines = ReportingLine.objects.filter(ends, overlapping(closing.from_day, None))
        lines = lines.select_related("from_body", "to_body").order_by("pk")
        return [self._item(closing, line) for line in lines]

    def _item(self, closing, line):
        becomes = {ENDS: "It ends."}
        if closing.successor and is_within(closing, line):
            becomes = {ENDS: f"It ends: it would join {closing.follower} to itself."}
        elif closing.successor:
            taken = self._as_of(closing, line, closing.successor)
            if has_already(closing.successor, taken, closing.from_day):
                becomes = {ENDS: f"It ends: {closing.follower} has this line of its own."}
            else:
                becomes = {GOES: f"{taken}, from {in_words(closing.from_day)}."} | becomes
            if len(closing.opened) > 1:
                becomes = {EACH: "Each of the new bodies takes it over."} | becomes
        return Item(f"line-{line.pk}", str(line), becomes, row=line)

    def _as_of(self, closing, line, body):
        """The same line as one of another body."""
        is_up = line.from_body_id == closing.body.pk
        below, above = (body, line.to_body) if is_up else (line.from_body, body)
        return ReportingLine(
            from_body=below,
            to_body=above,
            kind=line.kind,
            respect=line.respect,
            end_date=earliest(line.end_date, below.end_date, above.end_date),
        )

    def hand_over(self, closing, item, *, by, reason):
        takers = {GOES: {closing.successor}, EACH: {*closing.opened, closing.successor}}
        for body in sorted(takers.get(item.choice, ()), key=lambda body: body.pk):
            line = self._as_of(closing, item.row, body)
            if has_already(body, line, closing.from_day):
                continue
            draw_line(
                from_body=line.from_body,
                to_body=line.to_body,
                kind=line.kind,
                respect=line.respect,
                start_date=closing.from_day,
                end_date=line.end_date,
                evidence=Evidence.ASSUMED,
                reasoning=f"Taken over from the line “{item.what}”. {reason}",
                by=by,
                reason=reason,
            )

    def without_holder(self, day):
        """Bodies of the partnership, below its highest, from which no line leads up."""
        return {
            body.slug: f"no “escalates to” line leads up from {with_article(body.name)}."
            for body in structure_on(day).without_way_up
        }


class Seats(Part):
    key = "seats"
    order = 50
    title = "Seats and who holds them"
    explanation = (
        "Seats end with their body, and whoever holds one leaves it. One that goes over is held by "
        "the same person as before."
    )
    dated = (Seat, Membership)

    def rest_on(self, closing):
        overlap = overlapping(closing.from_day, None)
        theirs = Seat.objects.filter(overlap, body=closing.body).order_by("pk")
        seats = list(theirs.select_related("on_behalf_of"))
        held = Membership.objects.filter(overlap, seat__in=seats).select_related("person")
        by_seat = {membership.seat_id: membership for membership in held}
        has_seats = closing.successor and seats_of(closing).exists()
        return [self._item(closing, seat, by_seat.get(seat.pk), has_seats) for seat in seats]

    def _item(self, closing, seat, held, has_seats):
        becomes = {ENDS: "It ends."}
        if closing.successor:
            role = role_on_successor(closing, seat)
            goes = {GOES: f"It goes over to {closing.follower}{as_a_members(seat, role)}."}
            # A body that is new, or has no seats, needs those who sat here.
            needs_seats = closing.successor in closing.opened or not has_seats
            becomes = goes | becomes if needs_seats else becomes | goes
        what = f"{seat} on behalf of {seat.on_behalf_of}" if seat.on_behalf_of else str(seat)
        what += f", held by {held.person}" if held else ", vacant"
        return Item(f"seat-{seat.pk}", what, becomes, row=(seat, held))

    def hand_over(self, closing, item, *, by, reason):
        if item.choice != GOES:
            return
        seat, held = item.row
        taken = Seat(
            body=closing.successor,
            role=role_on_successor(closing, seat),
            title=seat.title,
            on_behalf_of=seat.on_behalf_of,
            start_date=closing.from_day,
            end_date=earliest(seat.end_date, closing.successor.end_date),
            evidence=Evidence.ASSUMED,
            reasoning=f"Taken over from {closing.name}. {reason}",
        )
        save(taken, by, reason)
        if held:
            carry_on(held, taken, by=by, reason=reason)


class Meetings(Part):
    key = "meetings"
    order = 60
    title = "Meetings planned after the last day"
    explanation = "A cancelled meeting stays in calendars, as cancelled."

    def rest_on(self, closing):
        later = Meeting.objects.filter(
            body=closing.body, starts_at__gte=beginning_of(closing.from_day)
        ).exclude(status=Meeting.Status.CANCELLED)
        return [self._item(closing, meeting) for meeting in later]

    def _item(self, closing, meeting):
        day = in_words(timezone.localdate(meeting.starts_at))
        if meeting.status == Meeting.Status.HELD:
            raise ValidationError(
                {"last_day": f"{closing.body} met on {day}, after that day. Choose a later one."}
            )
        becomes = {ENDS: "It is cancelled."}
        if closing.successor:
            instead = f"{closing.follower} meets instead, at the same time and place."
            becomes[GOES] = capital(instead)
        at = f"{timezone.localtime(meeting.starts_at):%H:%M}"
        what = ", ".join(filter(None, [f"Meeting on {day} at {at}", meeting.place]))
        return Item(f"meeting-{meeting.pk}", what, becomes, row=meeting)

    def hand_over(self, closing, item, *, by, reason):
        meeting = item.row
        note = f"{closing.body} closes on {in_words(closing.last_day)}."
        if item.choice == GOES:
            note += f" {closing.successor} meets instead."
            meetings.plan(
                body=closing.successor,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                place=meeting.place,
                is_public=meeting.is_public,
                by=by,
                reason=reason,
            )
        meetings.cancel(meeting=meeting, by=by, reason=note[:NOTE_LENGTH])


class Terms(Part):
    key = "terms"
    order = 70
    title = "Terms of reference and rhythm of meetings"
    explanation = "They end with their body. The one that follows has terms of its own."

    def rest_on(self, closing):
        overlap = overlapping(closing.from_day, None)
        terms = TermsOfReference.objects.filter(overlap, body=closing.body)
        rhythms = Cadence.objects.filter(overlap, body=closing.body)
        ends = {ENDS: "It ends."}
        return [
            *(Item(f"terms-{row.pk}", f"Terms of reference {since(row)}", ends) for row in terms),
            *(Item(f"cadence-{row.pk}", f"It meets {str(row).lower()}", ends) for row in rhythms),
        ]


# --- What the parts are made of -------------------------------------------------------------------


def since(row):
    return f"since {in_words(row.start_date)}" if row.start_date else "since before our record"


def beginning_of(day):
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def is_within(closing, line):
    """Whether both ends of a line become one body."""
    one = closing.together | {closing.body.pk, closing.successor.pk}
    return {line.from_body_id, line.to_body_id} <= one


def has_already(body, line, from_day):
    """Whether a body has a line of its own that says the same as this one would."""
    ends = Q(from_body=line.from_body_id, to_body=line.to_body_id)
    if line.kind in BOTH_WAYS:
        ends |= Q(from_body=line.to_body_id, to_body=line.from_body_id)
    same = ReportingLine.objects.filter(
        ends, overlapping(from_day, line.end_date), kind=line.kind, respect=line.respect
    )
    return same.exists()


def seats_of(closing):
    """The seats of the body that follows, on its first day."""
    return Seat.objects.on(closing.from_day).filter(body=closing.successor)


def role_on_successor(closing, seat):
    """The same role; a member's where an officer of that role has a seat already."""
    if seat.is_officer and seats_of(closing).filter(role=seat.role).exists():
        return Seat.Role.MEMBER
    return seat.role


def as_a_members(seat, role):
    if role == seat.role:
        return ""
    return f" as a member’s seat: it has one for the {seat.get_role_display().lower()} already"


def carry_on(held, seat, *, by, reason):
    """Let whoever held a seat hold another from its first day."""
    membership = Membership(
        seat=seat,
        person=held.person,
        start_date=max(filter(None, (held.start_date, seat.start_date))),
        end_date=earliest(held.end_date, seat.end_date),
        name_is_public=held.name_is_public,
    )
    save(membership, by, reason)
    check_seat(seat)
