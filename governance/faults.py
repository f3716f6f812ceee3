"""What is wrong with the structure on a day, by rules said in plain words.

The rules read a `Structure` and what stands `Beside` it, both in memory, so that any fault can be
planted in a test and a planned day be judged like a past one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.timezone import localdate

from governance.models import (
    Body,
    BodyName,
    Cadence,
    Meeting,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    TermsOfReference,
)
from governance.structure import BodyOnDay, Structure
from localities.dated import in_force

CHAIR = Seat.Role.CHAIR
ESCALATES_TO = ReportingLine.Kind.ESCALATES_TO
REPORTS_TO = ReportingLine.Kind.REPORTS_TO

NUMBER_WORDS = dict(
    zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
)
PARTNERS_COUNTED = re.compile(
    r"\b(?P<number>\d{1,2}|" + "|".join(NUMBER_WORDS) + r")\s+partner(?:s|\s+organisations?)\b",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"\b[A-Z]{3,}\b")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: with which body, by which rule, what was found, where to mend it.

    `mend` is the kind of row and its primary key; a key of None means that a row is missing.
    """

    rule: "Rule"
    body: BodyOnDay | None
    found: str
    mend: tuple[str, int | None]
    quotation: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule of the structure. `code` is stable, for exports and links."""

    code: str
    says: str
    find: Callable = field(repr=False, compare=False)


@dataclass(frozen=True)
class LooseLine:
    """A line in force although a body at one of its ends is not."""

    pk: int
    kind_label: str
    from_name: str
    to_name: str
    open_end: int | None


@dataclass(frozen=True)
class ClosedOrganisation:
    pk: int
    name: str
    short_name: str
    end_date: date | None
    successor: str


@dataclass(frozen=True)
class Beside:
    """What stands beside the structure on a day, as far as the rules ask for it."""

    texts: dict = field(default_factory=dict)  # body → its own words
    mailboxes: frozenset = frozenset()  # bodies that have one
    names: dict = field(default_factory=dict)  # body → names in force
    loose_lines: tuple = ()
    closed_organisations: dict = field(default_factory=dict)
    partner_rows: dict = field(default_factory=dict)  # organisation → rows in force
    holders: dict = field(default_factory=dict)  # seat → people who hold it
    terms: dict = field(default_factory=dict)  # body → (row, review date) in force
    cadences: dict = field(default_factory=dict)  # body → cadences in force
    last_meetings: dict = field(default_factory=dict)  # body → day of the last one held


def faults_on(structure, beside):
    """Every fault of the day, rule by rule, in the order of the bodies."""
    return tuple(fault for rule in RULES for fault in rule.find(rule, structure, beside))


# --- Rules ----------------------------------------------------------------------------------------


def find_rings(rule, structure, beside):
    for kind in (ESCALATES_TO, REPORTS_TO):
        for ring in structure.rings(kind):
            names = " → ".join(body.name for body in (*ring, ring[0]))
            following = ring[1 % len(ring)].pk
            (line, *_) = (
                line for line in structure.lines_up(ring[0], kind) if line.to_body.pk == following
            )
            yield Fault(rule, ring[0], f"{kind.label}: {names}.", ("reportingline", line.pk))


def find_orphans(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not structure.lines_up(body) and not structure.lines_down(body):
            yield Fault(rule, body, f"No line leads from {body} or to it.", ("reportingline", None))


def find_no_way_up(rule, structure, beside):
    bodies = partnership_bodies(structure)
    top = min((body.kind_order for body in bodies), default=0)
    for body in bodies:
        if body.kind_order > top and not structure.bodies_above(body):
            yield Fault(
                rule,
                body,
                f"No “escalates to” line leads up from {body}.",
                ("reportingline", None),
            )


def find_loose_lines(rule, structure, beside):
    for line in beside.loose_lines:
        yield Fault(
            rule,
            structure.body(line.open_end),
            f"The line “{line.from_name} {line.kind_label.lower()} {line.to_name}” goes on, "
            "but a body at one of its ends is not there on this day.",
            ("reportingline", line.pk),
        )


def find_chairs_missing(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not any(seat.role == CHAIR for seat in structure.seats_on(body)):
            yield Fault(rule, body, f"No seat of a chair is recorded for {body}.", ("seat", None))


def find_two_chairs(rule, structure, beside):
    for body in structure.bodies:
        chairs = [seat for seat in structure.seats_on(body) if seat.role == CHAIR]
        if len(chairs) > 1:
            yield Fault(
                rule,
                body,
                f"{body} has {len(chairs)} seats of a chair at once.",
                ("seat", chairs[1].pk),
            )


def find_vacant_seats(rule, structure, beside):
    for body in partnership_bodies(structure):
        for seat in structure.seats_on(body):
            if seat.is_vacant:
                yield Fault(
                    rule,
                    body,
                    f"{_seat_words(seat, structure, beside)} is vacant.",
                    ("seat", seat.pk),
                )


def find_seats_of_closed_organisations(rule, structure, beside):
    for seat in structure.seats:
        closed = beside.closed_organisations.get(seat.on_behalf_of)
        if closed is not None:
            yield Fault(
                rule,
                seat.body,
                f"{_seat_words(seat, structure, beside)} is on behalf of {_closed_words(closed)}.",
                ("seat", seat.pk),
                seat.proof.quotation,
            )


def find_no_one_to_receive(rule, structure, beside):
    for body in partnership_bodies(structure):
        has_officer = any(
            seat.role in Seat.OFFICER_ROLES and not seat.is_vacant
            for seat in structure.seats_on(body)
        )
        if not has_officer and body.pk not in beside.mailboxes:
            yield Fault(
                rule,
                body,
                f"{body} has no chair, deputy chair or secretary in office, and no mailbox.",
                ("body", body.pk),
            )


def find_terms_missing(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not beside.terms.get(body.pk):
            yield Fault(
                rule, body, f"No terms of reference are recorded for {body}.", ("body", body.pk)
            )


def find_terms_past_review(rule, structure, beside):
    for body in structure.bodies:
        for pk, review_date in beside.terms.get(body.pk, ()):
            if review_date is not None and review_date < structure.day:
                yield Fault(
                    rule,
                    body,
                    f"The terms of reference of {body} were due for review by "
                    f"{date_format(review_date)}.",
                    ("termsofreference", pk),
                )


def find_overlaps(rule, structure, beside):
    for body in structure.bodies:
        names = beside.names.get(body.pk, ())
        if len(names) > 1:
            listed = " and ".join(f"“{name}”" for name in names)
            yield Fault(rule, body, f"It is called {listed} at once.", ("body", body.pk))
        if len(beside.cadences.get(body.pk, ())) > 1:
            yield Fault(rule, body, "It has two cadences at once.", ("body", body.pk))
        seen = Counter()
        for line in structure.lines_up(body):
            twin = (line.kind, line.to_body.pk, line.respect)
            seen[twin] += 1
            if seen[twin] == 2:
                yield Fault(
                    rule,
                    body,
                    f"The line “{line.kind_label.lower()} {line.to_body}” is recorded twice.",
                    ("reportingline", line.pk),
                )
        for seat in structure.seats_on(body):
            if beside.holders.get(seat.pk, 0) > 1:
                yield Fault(
                    rule,
                    body,
                    f"{_seat_words(seat, structure, beside)} is held by "
                    f"{beside.holders[seat.pk]} people at once.",
                    ("seat", seat.pk),
                )
    for organisation in structure.organisations:
        if beside.partner_rows.get(organisation.pk, 0) > 1:
            yield Fault(
                rule,
                None,
                f"{organisation} is recorded as a partner twice at once.",
                ("organisation", organisation.pk),
            )


def find_meetings_overdue(rule, structure, beside):
    for body in structure.bodies:
        for cadence in beside.cadences.get(body.pk, ())[:1]:
            last = beside.last_meetings.get(body.pk)
            rhythm = cadence.get_rhythm_display().lower()
            if last is None:
                found = f"{body} meets {rhythm}, but no meeting of it is recorded."
            elif (structure.day - last).days > cadence.longest_gap:
                found = f"{body} meets {rhythm}, but last met on {date_format(last)}."
            else:
                continue
            yield Fault(rule, body, found, ("body", body.pk))


def find_contradictory_counts(rule, structure, beside):
    """Each body whose text counts other than the record does, or than the text of the top one."""
    claims = {}
    for body in structure.bodies:
        for said in PARTNERS_COUNTED.finditer(beside.texts.get(body.pk, "")):
            words = said["number"].lower()
            claims.setdefault((body, NUMBER_WORDS.get(words) or int(words)), said)
    if structure.partners:
        right, by_whom = len(structure.partners), "the record has"
    elif claims:
        top, right = next(iter(claims))
        by_whom = f"that of {top} counts"
    for (body, number), said in claims.items():
        if number != right:
            yield Fault(
                rule,
                body,
                f"Its text counts {said['number']} partners; {by_whom} {right}.",
                ("body", body.pk),
                _sentence_around(said.string, said),
            )


def find_superseded_facts(rule, structure, beside):
    closed_words = defaultdict(list)
    for closed in beside.closed_organisations.values():
        for word in set(ACRONYM.findall(f"{closed.name} {closed.short_name}")):
            closed_words[word].append(closed)
    for organisation in structure.organisations:
        for word in ACRONYM.findall(f"{organisation.name} {organisation.short_name}"):
            closed_words.pop(word, None)
    for body in structure.bodies:
        text = beside.texts.get(body.pk, "")
        for word in sorted(set(ACRONYM.findall(text)) & set(closed_words)):
            listed = "; ".join(_closed_words(closed) for closed in closed_words[word])
            yield Fault(
                rule,
                body,
                f"Its text speaks of the {word} as of a member. {listed}.",
                ("body", body.pk),
                _sentence_around(text, re.search(rf"\b{word}\b", text)),
            )


RULES = (
    Rule("ring", "Lines of one kind do not lead back to where they began.", find_rings),
    Rule("orphan", "Every body of the partnership has a line to another.", find_orphans),
    Rule(
        "no-way-up",
        "Every body of the partnership below its top may escalate to another.",
        find_no_way_up,
    ),
    Rule("loose-line", "A line ends with the bodies it joins.", find_loose_lines),
    Rule("no-chair", "Every body of the partnership has a seat of a chair.", find_chairs_missing),
    Rule("two-chairs", "A body has one chair at a time.", find_two_chairs),
    Rule("vacant-seat", "Every seat is held by someone.", find_vacant_seats),
    Rule(
        "closed-organisation",
        "A seat is on behalf of an organisation that exists.",
        find_seats_of_closed_organisations,
    ),
    Rule(
        "no-receiver",
        "Someone receives what is put before a body: an officer or a mailbox.",
        find_no_one_to_receive,
    ),
    Rule(
        "terms-missing", "Every body of the partnership has terms of reference.", find_terms_missing
    ),
    Rule("terms-past-review", "Terms of reference are reviewed in time.", find_terms_past_review),
    Rule("overlap", "One name, one line, one holder, one partnership at a time.", find_overlaps),
    Rule("no-meeting", "A body meets as often as its cadence says.", find_meetings_overdue),
    Rule(
        "contradiction",
        "Texts and record agree on how many partners there are.",
        find_contradictory_counts,
    ),
    Rule(
        "superseded",
        "What a text states has not been overtaken by the record.",
        find_superseded_facts,
    ),
)


# --- Reading what stands beside -------------------------------------------------------------------


def beside_on(structure):
    """What stands beside a structure on its day, in a fixed number of queries."""
    day = structure.day
    texts, mailboxes = {}, set()
    for pk, mailbox, *words in Body.objects.on(day).values_list(
        "pk", "mailbox", "purpose", "remit", "cohort", "quotation"
    ):
        texts[pk] = "\n".join(filter(None, words))
        if mailbox:
            mailboxes.add(pk)
    names = defaultdict(list)
    for body, name in BodyName.objects.on(day).values_list("body", "name"):
        names[body].append(name)
    terms = defaultdict(list)
    for body, pk, review_date in TermsOfReference.objects.on(day).values_list(
        "body", "pk", "review_date"
    ):
        terms[body].append((pk, review_date))
    cadences = defaultdict(list)
    for cadence in Cadence.objects.on(day):
        cadences[cadence.body_id].append(cadence)
    met = Meeting.objects.filter(starts_at__date__lte=day).exclude(status=Meeting.Status.CANCELLED)
    return Beside(
        texts=texts,
        mailboxes=frozenset(mailboxes),
        names=names,
        loose_lines=tuple(_loose_lines(structure)),
        closed_organisations={
            each.pk: ClosedOrganisation(
                pk=each.pk,
                name=each.name,
                short_name=each.short_name,
                end_date=each.end_date,
                successor=each.successor.name if each.successor else "",
            )
            for each in Organisation.objects.filter(end_date__lt=day).select_related("successor")
        },
        partner_rows=Counter(Partner.objects.on(day).values_list("organisation", flat=True)),
        holders=Counter(Membership.objects.on(day).values_list("seat", flat=True)),
        terms=terms,
        cadences=cadences,
        last_meetings={
            body: localdate(last)
            for body, last in met.values_list("body").annotate(last=Max("starts_at")).order_by()
        },
    )


def _loose_lines(structure):
    day = structure.day
    ends_on_day = in_force(day, "from_body") & in_force(day, "to_body")
    lines = ReportingLine.objects.on(day).filter(~Q(ends_on_day))
    names = (
        dict(BodyName.objects.order_by("start_date").values_list("body", "name")) if lines else {}
    )
    for line in lines:
        there = [pk for pk in (line.from_body_id, line.to_body_id) if structure.body(pk)]
        yield LooseLine(
            line.pk,
            line.get_kind_display(),
            names.get(line.from_body_id, "a body"),
            names.get(line.to_body_id, "a body"),
            there[0] if there else None,
        )


# --- Words ----------------------------------------------------------------------------------------


def partnership_bodies(structure: Structure):
    return tuple(body for body in structure.bodies if not body.outside_partnership)


def _seat_words(seat, structure, beside):
    organisation = structure.organisation(seat.on_behalf_of) or beside.closed_organisations.get(
        seat.on_behalf_of
    )
    words = f"The seat “{seat.title or seat.role_label}”"
    return f"{words} of {organisation.name}" if organisation else words


def _closed_words(closed):
    ended = f", which ended on {date_format(closed.end_date)}"
    followed = f" and was followed by {closed.successor}" if closed.successor else ""
    return f"{closed.name}{ended}{followed}"


def _sentence_around(text, match):
    """The sentence in which a match stands."""
    start = max(text.rfind(mark, 0, match.start()) for mark in (". ", "\n")) + 1
    ends = [end for end in (text.find(mark, match.end()) for mark in (". ", "\n")) if end >= 0]
    return text[start : min(ends, default=len(text))].strip()
