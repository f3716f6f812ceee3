"""What rests on a body that closes, what becomes of it, and what would be without a holder.

Each part of the portal says so for its own rows, and hands them over: those of this app below, and
those that the apps above `register` when they start. `governance.actions.lifecycle` asks them.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.actions import meetings
from governance.actions.structure import BOTH_WAYS, check_seat, draw_line, save
from governance.matter import TRAVELS
from governance.models import (
    Body,
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
from governance.outbox import officers_of
from governance.structure import structure_on
from governance.telling import capital, with_article
from localities.dated import overlapping
from localities.day_field import in_words

ONE_DAY = timedelta(days=1)

# What may become of something. Each part offers some of these, each with a sentence.
GOES, EACH, ENDS, LEFT = "goes", "each", "ends", "left"


@dataclass(frozen=True)
class Closing:
    """A body closes at the end of a day. `together` close others by the same deed."""

    body: Body
    last_day: date
    successor: Body | None = None
    together: frozenset[int] = frozenset()
    opened: tuple[Body, ...] = ()  # by the same deed

    @property
    def from_day(self):
        return self.last_day + ONE_DAY

    @property
    def name(self):
        return with_article(self.body.name)

    @property
    def follower(self):
        return self.successor and with_article(self.successor.name)

    @property
    def bodies(self):
        """The body, and the closed ones that it follows, by primary key."""
        return {self.body.pk} | structure_on(self.last_day).followed_by(self.body)


@dataclass(frozen=True)
class Item:
    """Something that rests on what ends: what may become of it, and what is chosen."""

    key: str
    what: str
    becomes: dict[str, str]  # choice → sentence; the first one is taken unless another is chosen
    chosen: str = ""
    needs_reason: frozenset[str] = frozenset({LEFT})
    row: object = field(default=None, compare=False, repr=False)

    @property
    def choice(self):
        return self.chosen or next(iter(self.becomes))

    @property
    def sentence(self):
        return self.becomes[self.choice]

    @property
    def is_left(self):
        return self.choice in self.needs_reason

    def decided(self, choices):
        """The item with what was chosen for it, if anything was."""
        chosen = choices.get(self.key, "")
        if chosen and chosen not in self.becomes:
            raise ValidationError(f"Choose one of the ways that are listed for “{self.what}”.")
        return replace(self, chosen=chosen)


@dataclass(frozen=True)
class Section:
    """The items of one part, and what would be without a holder for want of another choice."""

    part: "Part"
    items: tuple[Item, ...]
    without_holder: tuple[str, ...] = ()

    @property
    def needs_reason(self):
        return bool(self.without_holder) or any(item.is_left for item in self.items)


@dataclass(frozen=True)
class Impact:
    """Everything that a deed touches, part by part."""

    sections: tuple[Section, ...]

    @property
    def seen(self):
        """What a page carries, to know whether it is stale: the items and the ways they can go."""
        told = [
            (section.part.key, item.key, item.what, sorted(item.becomes.items()))
            for section in self.sections
            for item in section.items
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def check_reasons(self, left_because):
        """Refuse to leave something without saying why."""
        for section in self.sections:
            if section.needs_reason and not left_because.get(section.part.key, "").strip():
                left = [f"{item.what}: {item.sentence}" for item in section.items if item.is_left]
                sentences = " ".join([*left, *section.without_holder])
                raise ValidationError(
                    {section.part.key: f"{sentences} Choose who takes it over, or say why not."}
                )


class Part:
    """One kind of thing that rests on a body. Parts override what concerns them."""

    key = title = explanation = ""
    order = 0  # on the page
    dated = ()  # models of which a first or last day may change who is without a holder

    def rest_on(self, closing):
        """What rests on the body, each with what may become of it."""
        return []

    def hand_over(self, closing, item, *, by, reason):
        """Do what was chosen for an item, once the body has its last day."""

    def without_holder(self, day):
        """What is without a holder on a day, in sentences by key."""
        return {}


PARTS = []


def register(*parts):
    """Add parts to what is asked; the apps above call this once, when they start."""
    PARTS.extend(part for part in parts if part.key not in {each.key for each in PARTS})
    PARTS.sort(key=lambda part: part.order)


# --- Asking them all ------------------------------------------------------------------------------


def items_of(closing, choices):
    """What rests on a body, part by part, with what was chosen."""
    return [(part, item.decided(choices)) for part in PARTS for item in part.rest_on(closing)]


def sections_of(items, newly_without):
    """Sections in the order of the parts. `items` are pairs, `newly_without` is by part."""
    parts = dict.fromkeys([*(part for part, _ in items), *PARTS])
    return tuple(
        Section(part, tuple(its), tuple(without))
        for part in parts
        for its in [[item for its_part, item in items if its_part is part]]
        for without in [newly_without.get(part.key, [])]
        if its or without
    )


def days_to_come(from_day):
    """The day a deed takes effect, and every later one that is planned to change something."""
    days = {from_day}
    for model in {Body, *(model for part in PARTS for model in part.dated)}:
        starts = model.objects.filter(start_date__gt=from_day)
        days.update(starts.values_list("start_date", flat=True).distinct())
        ends = model.objects.filter(end_date__gte=from_day)
        days.update(end + ONE_DAY for end in ends.values_list("end_date", flat=True).distinct())
    return sorted(days)


def without_holder(days):
    """What is without a holder on any of these days: (part, key, day) → sentence."""
    return {
        (part.key, key, day): sentence
        for day in days
        for part in PARTS
        for key, sentence in part.without_holder(day).items()
    }


def newly_without(before, after):
    """The sentences that are there after a deed and were not before, by part; each thing once."""
    told = {}
    for (part, key, day), sentence in sorted(after.items(), key=lambda entry: entry[0][2]):
        if (part, key, day) not in before and (part, key) not in told:
            told[part, key] = f"From {in_words(day)}: {sentence}"
    parts = {}
    for (part, _), sentence in told.items():
        parts.setdefault(part, []).append(sentence)
    return parts


def receiving_on(day):
    """The bodies, by primary key, that have an officer or a mailbox on a day."""
    officers = officers_of(OuterRef("pk"), day=day)
    able = Q(Exists(officers)) | ~Q(mailbox="")
    return set(Body.objects.on(day).filter(able).values_list("pk", flat=True))


def why_without(body, name, structure, receiving):
    """Why nobody has what lies before a body on a day, or None where somebody does."""
    holder = structure.holder_of(body)
    if holder is None:
        return f"{name} has closed and no body follows it"
    if holder.outside_partnership or holder.pk in receiving:
        return None
    of = name if holder.pk == body else f"{holder.name}, which follows {name},"
    return f"{of} has neither an officer nor a mailbox"


# --- The parts of this app ------------------------------------------------------------------------


class Escalations(Part):
    key = "escalations"
    order = 10
    title = "Escalated matters"
    explanation = (
        "What lies before a body lies before the one that follows it from its first day on. The "
        "next step taken with it records that."
    )

    def rest_on(self, closing):
        """Open matters. Drafts are nobody's business yet; they follow without being shown."""
        bodies = closing.bodies
        theirs = Q(current_body__in=bodies) | Q(raising_body__in=bodies)
        found = list(Escalation.objects.open().filter(theirs).order_by("pk"))
        named = {pk for each in found for pk in (each.raising_body_id, each.current_body_id)}
        names = names_of(named)
        return [self._item(closing, each, bodies, names) for each in found]

    def _item(self, closing, escalation, bodies, names):
        raising = with_article(names[escalation.raising_body_id])
        holder = with_article(names[escalation.current_body_id])
        what = f"{escalation.reference}, raised by {raising} and before {holder}"
        goes = "{} answers questions about it, and may withdraw it."
        left = "Nobody can answer a question about it, or withdraw it."
        if escalation.current_body_id in bodies:
            goes = "It lies before {}."
            left = "No body follows: the officers of the body below record what comes of it."
        becomes = {LEFT: left}
        if closing.successor:
            becomes = {GOES: capital(goes.format(closing.follower))}
        return Item(f"escalation-{escalation.pk}", what, becomes)

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
        names = names_of(held)
        return {
            str(pk): f"{counted(number, 'open matter')} before {names[pk]}: {why}."
            for pk, number in held.items()
            if (why := why_without(pk, names[pk], structure, receiving))
        }


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
        structure = structure_on(day)
        inside = [body for body in structure.bodies if not body.outside_partnership]
        top = min((body.kind_order for body in inside), default=0)
        return {
            body.slug: f"no “escalates to” line leads up from {with_article(body.name)}."
            for body in inside
            if body.kind_order > top and not structure.bodies_above(body)
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
        seats = list(Seat.objects.filter(overlap, body=closing.body).order_by("pk"))
        held = Membership.objects.filter(overlap, seat__in=seats).select_related("person")
        by_seat = {membership.seat_id: membership for membership in held}
        has_seats = closing.successor and seats_of(closing).exists()
        return [self._item(closing, seat, by_seat.get(seat.pk), has_seats) for seat in seats]

    def _item(self, closing, seat, held, has_seats):
        becomes = {ENDS: "It ends."}
        if closing.successor:
            role = role_on_successor(closing, seat)
            changed = "" if role == seat.role else ", as a member’s, for that role has a seat there"
            goes = {GOES: f"It goes over to {closing.follower}{changed}."}
            # A body that is new, or has no seats, needs those who sat here.
            needs_seats = closing.successor in closing.opened or not has_seats
            becomes = goes | becomes if needs_seats else becomes | goes
        what = f"{seat}, held by {held.person}" if held else f"{seat}, vacant"
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


register(Escalations(), Lines(), Seats(), Meetings(), Terms())


# --- What the parts are made of -------------------------------------------------------------------

NOTE_LENGTH = Meeting._meta.get_field("note").max_length


def counted(number, noun):
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def earliest(*days):
    """The first of some last days, of which any may be open."""
    return min(filter(None, days), default=None)


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
