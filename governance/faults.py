"""What is wrong with the structure on a day, by rules said in plain words.

The rules read a `Structure` and what stands `Beside` it, both in memory, so that any fault can be
planted in a test and a planned day be judged like a past one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance import record
from governance.lines import kind_in_words
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
from governance.structure import BodyOnDay, Proof, Structure, proof_of

CHAIR = Seat.Role.CHAIR
ESCALATES_TO = ReportingLine.Kind.ESCALATES_TO
REPORTS_TO = ReportingLine.Kind.REPORTS_TO
ALIGNED_WITH = ReportingLine.Kind.ALIGNED_WITH

NUMBER_WORDS = dict(
    zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
)
PARTNERS_COUNTED = re.compile(
    r"\b(?P<number>\d{1,2}|" + "|".join(NUMBER_WORDS) + r")\s+partner(?:s|\s+organisations?)\b",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
FORMER_NAME = re.compile(r"\b(?:previously|formerly)\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Mend(NamedTuple):
    """The row that mends a fault; without a key one is missing, and `given` is known of it.

    A model of an app above is written with its app: “engagement.signpost”.
    """

    model: str
    pk: int | None = None
    given: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: with which body, by which rule, what was found, where to mend it.

    `proof` is how the fact is known that it rests on, where it rests on one.
    """

    rule: "Rule"
    body: BodyOnDay | None
    found: str
    mend: Mend
    proof: Proof | None = None

    @property
    def quotation(self):
        return self.proof.quotation if self.proof else ""


@dataclass(frozen=True)
class Rule:
    """One rule of the structure. `code` is stable, for exports; `title` names what breaks it.

    A rule of an app above says with `read` what it needs to know of a structure's day beside it.
    """

    code: str
    title: str
    says: str
    find: Callable = field(repr=False, compare=False)
    read: Callable | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class LooseLine:
    """A line in force although a body at one of its ends is not."""

    pk: int
    words: str
    gone: str  # which end is not there, and since when or until when
    open_end: int | None
    proof: Proof = field(repr=False)


@dataclass(frozen=True)
class NameOnDay:
    """A name in force, with the days the record gives it."""

    pk: int
    name: str
    start_date: date | None
    end_date: date | None
    proof: Proof = field(repr=False)


@dataclass(frozen=True)
class ClosedOrganisation:
    pk: int
    name: str
    short_name: str
    end_date: date | None
    successor: str

    def __str__(self):
        return self.name


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
    read: dict = field(default_factory=dict)  # rule of an app above → what it has read


def faults_on(structure, beside):
    """Every fault of the day, rule by rule, in the order of the bodies."""
    return tuple(fault for rule in rules() for fault in rule.find(rule, structure, beside))


def rules():
    """The rules of the structure, and after them those that the apps above have registered."""
    return (*RULES, *_registered)


_registered = []


def register(*more):
    _registered.extend(more)


# --- Rules ----------------------------------------------------------------------------------------


def find_rings(rule, structure, beside):
    for kind in (ESCALATES_TO, REPORTS_TO):
        for ring in structure.rings(kind):
            names = " → ".join(body.name for body in (*ring, ring[0]))
            following = ring[1 % len(ring)].pk
            (line, *__) = (
                line for line in structure.lines_up(ring[0], kind) if line.to_body.pk == following
            )
            mend = Mend("reportingline", line.pk)
            yield Fault(rule, ring[0], f"{kind.label}: {names}.", mend, line.proof)


def find_orphans(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not structure.lines_up(body) and not structure.lines_down(body):
            mend = Mend("reportingline", given=(("from_body", body.pk), ("kind", REPORTS_TO)))
            yield Fault(rule, body, _("No line leads from it or to it."), mend)


def find_no_way_up(rule, structure, beside):
    bodies = partnership_bodies(structure)
    top = min((body.kind_order for body in bodies), default=0)
    for body in bodies:
        if body.kind_order > top and not structure.bodies_above(body):
            yield Fault(
                rule,
                body,
                _("No “escalates to” line leads up from it."),
                Mend("reportingline", given=(("from_body", body.pk), ("kind", ESCALATES_TO))),
            )


def find_loose_lines(rule, structure, beside):
    for line in beside.loose_lines:
        yield Fault(
            rule,
            structure.body(line.open_end),
            _("The line “%(line)s” goes on, but %(gone)s.")
            % {"line": line.words, "gone": line.gone},
            Mend("reportingline", line.pk),
            line.proof,
        )


def find_chairs_missing(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not any(seat.role == CHAIR for seat in structure.seats_on(body)):
            mend = Mend("seat", given=(("body", body.pk), ("role", CHAIR)))
            yield Fault(rule, body, _("No seat of a chair is recorded."), mend)


def find_two_chairs(rule, structure, beside):
    for body in structure.bodies:
        chairs = [seat for seat in structure.seats_on(body) if seat.role == CHAIR]
        if len(chairs) > 1:
            yield Fault(
                rule,
                body,
                _("It has %(number)s seats of a chair at once.") % {"number": len(chairs)},
                Mend("seat", chairs[1].pk),
                chairs[1].proof,
            )


def find_vacant_seats(rule, structure, beside):
    """A seat of an organisation that is gone is a fault of its own, whoever holds it."""
    for body in partnership_bodies(structure):
        for seat in structure.seats_on(body):
            if seat.is_vacant and seat.on_behalf_of not in beside.closed_organisations:
                words = _seat_words(seat, structure, beside)
                yield Fault(
                    rule,
                    body,
                    _("Nobody is recorded as holding the seat %(seat)s.") % {"seat": words},
                    Mend("membership", given=(("seat", seat.pk),)),
                    seat.proof,
                )


def find_seats_of_closed_organisations(rule, structure, beside):
    for seat in structure.seats:
        closed = beside.closed_organisations.get(seat.on_behalf_of)
        if closed is not None:
            words = _seat_words(seat, structure, beside)
            yield Fault(
                rule,
                seat.body,
                _still_there(closed)
                % {
                    "seat": words,
                    "day": date_format(closed.end_date),
                    "successor": closed.successor,
                },
                Mend("seat", seat.pk),
                seat.proof,
            )


def has_officer(structure, body):
    return any(
        seat.role in Seat.OFFICER_ROLES and not seat.is_vacant for seat in structure.seats_on(body)
    )


def find_no_one_to_receive(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not has_officer(structure, body) and body.pk not in beside.mailboxes:
            yield Fault(
                rule,
                body,
                _("No chair, deputy chair or secretary in office is recorded, and no mailbox."),
                Mend("body", body.pk),
            )


def find_no_one_to_accept(rule, structure, beside):
    """A mailbox can be told of a matter; only an officer can accept, answer or pass it up."""
    for body in partnership_bodies(structure):
        if (
            body.pk in beside.mailboxes
            and not has_officer(structure, body)
            and (lines := structure.lines_down(body, ESCALATES_TO))
        ):
            yield Fault(
                rule,
                body,
                _escalating_to_it(len({line.from_body.pk for line in lines})),
                Mend("body", body.pk),
            )


def find_terms_missing(rule, structure, beside):
    for body in partnership_bodies(structure):
        if not beside.terms.get(body.pk):
            mend = Mend("termsofreference", given=(("body", body.pk),))
            yield Fault(rule, body, _("No terms of reference are recorded."), mend)


def find_terms_past_review(rule, structure, beside):
    for body in structure.bodies:
        for pk, review_date in beside.terms.get(body.pk, ()):
            if review_date is not None and review_date < structure.day:
                yield Fault(
                    rule,
                    body,
                    _("Its terms of reference were due for review by %(day)s.")
                    % {"day": date_format(review_date)},
                    Mend("termsofreference", pk),
                )


def find_overlaps(rule, structure, beside):
    for body in structure.bodies:
        names = beside.names.get(body.pk, ())
        if len(names) > 1:
            listed = ", ".join(f"“{name.name}”" for name in names)
            mend = Mend("bodyname", names[1].pk)
            found = _("It has several names at once: %(names)s.") % {"names": listed}
            yield Fault(rule, body, found, mend, names[1].proof)
        terms = beside.terms.get(body.pk, ())
        if len(terms) > 1:
            mend = Mend("termsofreference", terms[1][0])
            yield Fault(rule, body, _("It has two terms of reference at once."), mend)
        cadences = beside.cadences.get(body.pk, ())
        if len(cadences) > 1:
            mend = Mend("cadence", cadences[1].pk)
            yield Fault(rule, body, _("It has two cadences at once."), mend)
        for seat in structure.seats_on(body):
            if beside.holders.get(seat.pk, 0) > 1:
                yield Fault(
                    rule,
                    body,
                    _("%(number)s people hold the seat %(seat)s at once.")
                    % {
                        "number": beside.holders[seat.pk],
                        "seat": _seat_words(seat, structure, beside),
                    },
                    Mend("seat", seat.pk),
                )
    seen = Counter()
    for line in structure.lines:
        ends = (line.from_body.pk, line.to_body.pk)
        # Who is aligned with another is so from both sides: one line says it.
        twin = (line.kind, line.respect, *(sorted(ends) if line.kind == ALIGNED_WITH else ends))
        seen[twin] += 1
        if seen[twin] == 2:
            yield Fault(
                rule,
                line.from_body,
                _("The line “%(line)s” is recorded twice.")
                % {"line": f"{kind_in_words(line.kind)} {line.to_body}"},
                Mend("reportingline", line.pk),
                line.proof,
            )
    for organisation in structure.organisations:
        if beside.partner_rows.get(organisation.pk, 0) > 1:
            yield Fault(
                rule,
                None,
                _("%(organisation)s is recorded as a partner twice at once.")
                % {"organisation": organisation},
                Mend("organisation", organisation.pk),
            )


def find_meetings_overdue(rule, structure, beside):
    for body in structure.bodies:
        for cadence in beside.cadences.get(body.pk, ())[:1]:
            last = beside.last_meetings.get(body.pk)
            said = {"rhythm": cadence.sentence, "day": last and date_format(last)}
            if last is None:
                found = _("%(rhythm)s, but no meeting is recorded.") % said
            elif (structure.day - last).days > cadence.longest_gap:
                found = _("%(rhythm)s, but last met on %(day)s.") % said
            else:
                continue
            mend = Mend("meeting", given=(("body", body.pk),))
            yield Fault(rule, body, found, mend, proof_of(cadence))


def find_contradictory_counts(rule, structure, beside):
    """Each body whose text counts other than the record does, or than the text of the top one."""
    claims = {}
    for body in structure.bodies:
        for said in PARTNERS_COUNTED.finditer(beside.texts.get(body.pk, "")):
            words = said["number"].lower()
            claims.setdefault((body, NUMBER_WORDS.get(words) or int(words)), said)
    if structure.partners:
        right, top = len(structure.partners), None
        sentence = _("Its text counts %(said)s partners; the record has %(right)s.")
    elif claims:
        top, right = next(iter(claims))
        sentence = _("Its text counts %(said)s partners; that of %(top)s counts %(right)s.")
    for (body, number), said in claims.items():
        if number != right:
            yield Fault(
                rule,
                body,
                sentence % {"said": number, "right": right, "top": top},
                Mend("body", body.pk),
                _proof_by(body, said.string, said),
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
            listed = "; ".join(_ending_words(each) for each in closed_words[word])
            yield Fault(
                rule,
                body,
                _("Its text speaks of the %(name)s as of one that exists, but %(ended)s.")
                % {"name": word, "ended": listed},
                Mend("body", body.pk),
                _proof_by(body, text, re.search(rf"\b{word}\b", text)),
            )


def find_undated_names(rule, structure, beside):
    for body in structure.bodies:
        for name in beside.names.get(body.pk, ()):
            said = FORMER_NAME.search(name.proof.quotation)
            if not said or YEAR.search(name.proof.quotation):
                continue
            is_old = name.name in name.proof.quotation[said.end() :]
            day = name.end_date if is_old else name.start_date
            yield Fault(
                rule,
                body,
                _undated(is_old, day) % {"name": name.name, "day": day and date_format(day)},
                Mend("bodyname", name.pk),
                name.proof,
            )


RULES = (
    Rule(
        "ring",
        gettext_lazy("Rings"),
        gettext_lazy("Lines of one kind do not lead back to where they began."),
        find_rings,
    ),
    Rule(
        "orphan",
        gettext_lazy("Bodies without any line"),
        gettext_lazy("Every body of the partnership has a line to another."),
        find_orphans,
    ),
    Rule(
        "no-way-up",
        gettext_lazy("Bodies with no way up"),
        gettext_lazy("Every body of the partnership below its top may escalate to another."),
        find_no_way_up,
    ),
    Rule(
        "loose-line",
        gettext_lazy("Lines of bodies that are not there"),
        gettext_lazy("A line begins and ends with the bodies it joins."),
        find_loose_lines,
    ),
    Rule(
        "no-chair",
        gettext_lazy("Bodies without a chair"),
        gettext_lazy("Every body of the partnership has a seat of a chair."),
        find_chairs_missing,
    ),
    Rule(
        "two-chairs",
        gettext_lazy("Bodies with two chairs"),
        gettext_lazy("A body has one chair at a time."),
        find_two_chairs,
    ),
    Rule(
        "vacant-seat",
        gettext_lazy("Vacant seats"),
        gettext_lazy("Every seat is held by someone."),
        find_vacant_seats,
    ),
    Rule(
        "closed-organisation",
        gettext_lazy("Seats of closed organisations"),
        gettext_lazy("A seat is on behalf of an organisation that exists."),
        find_seats_of_closed_organisations,
    ),
    Rule(
        "no-receiver",
        gettext_lazy("Bodies that nobody receives for"),
        gettext_lazy(
            "Someone receives what is put before a body, feedback and escalations alike: an "
            "officer or a mailbox."
        ),
        find_no_one_to_receive,
    ),
    Rule(
        "no-acceptor",
        gettext_lazy("Bodies to which matters are escalated, and nobody can accept them"),
        gettext_lazy(
            "Someone can accept what is escalated to a body: its chair, deputy chair or secretary."
        ),
        find_no_one_to_accept,
    ),
    Rule(
        "terms-missing",
        gettext_lazy("Terms of reference missing"),
        gettext_lazy("Every body of the partnership has terms of reference."),
        find_terms_missing,
    ),
    Rule(
        "terms-past-review",
        gettext_lazy("Terms of reference past their review"),
        gettext_lazy("Terms of reference are reviewed in time."),
        find_terms_past_review,
    ),
    Rule(
        "overlap",
        gettext_lazy("Two where there can be one"),
        gettext_lazy(
            "One name, one line, one holder, one cadence, one partnership and one set of terms at "
            "a time."
        ),
        find_overlaps,
    ),
    Rule(
        "no-meeting",
        gettext_lazy("Bodies that have not met"),
        gettext_lazy("A body meets as often as its cadence says."),
        find_meetings_overdue,
    ),
    Rule(
        "contradiction",
        gettext_lazy("Contradictory facts"),
        gettext_lazy("Texts and record agree on how many partners there are."),
        find_contradictory_counts,
    ),
    Rule(
        "superseded",
        gettext_lazy("Stated facts that the record has overtaken"),
        gettext_lazy("What a text states has not been overtaken by the record."),
        find_superseded_facts,
    ),
    Rule(
        "undated-name",
        gettext_lazy("New names without a day"),
        gettext_lazy("A new name says since when it holds."),
        find_undated_names,
    ),
)


# --- Reading what stands beside -------------------------------------------------------------------


def beside_on(structure):
    """What stands beside a structure on its day, known when it was, in a fixed number of queries.

    Two more tell of lines that hold although one of their bodies does not.
    """
    day, known_on = structure.day, structure.known_on

    def recorded(model):
        return model.objects.all() if known_on is None else record.known(model, known_on)

    def held(model):
        if known_on is None:
            return model.objects.on(day)
        return record.known_in_force(model, known_on, day)

    texts, mailboxes = {}, set()
    for body in held(Body):
        words = (body.purpose, body.remit, body.cohort, body.quotation)
        texts[body.pk] = "\n".join(filter(None, words))
        if body.mailbox:
            mailboxes.add(body.pk)
    names = defaultdict(list)
    for name in sorted(held(BodyName), key=record.by_first_day):
        names[name.body_id].append(
            NameOnDay(name.pk, name.name, name.start_date, name.end_date, proof_of(name))
        )
    terms, cadences = defaultdict(list), defaultdict(list)
    for each in sorted(held(TermsOfReference), key=record.by_first_day):
        terms[each.body_id].append((each.pk, each.review_date))
    for each in sorted(held(Cadence), key=record.by_first_day):
        cadences[each.body_id].append(each)
    return Beside(
        texts=texts,
        mailboxes=frozenset(mailboxes),
        names=names,
        loose_lines=tuple(_loose_lines(structure, held(ReportingLine), recorded)),
        closed_organisations=_closed_organisations(day, recorded(Organisation)),
        partner_rows=Counter(each.organisation_id for each in held(Partner)),
        holders=Counter(each.seat_id for each in held(Membership)),
        terms=terms,
        cadences=cadences,
        last_meetings=_last_meetings(day, known_on),
        read={rule.code: rule.read(structure) for rule in _registered},
    )


def _closed_organisations(day, organisations):
    by_pk = {each.pk: each for each in organisations}
    return {
        each.pk: ClosedOrganisation(
            pk=each.pk,
            name=each.name,
            short_name=each.short_name,
            end_date=each.end_date,
            successor=by_pk[each.successor_id].name if each.successor_id in by_pk else "",
        )
        for each in sorted(by_pk.values(), key=record.by_name)
        if each.has_ended_by(day)
    }


def _last_meetings(day, known_on):
    """The day on which each body last came together, up to the day."""
    if known_on is None:
        met = Meeting.objects.filter(starts_at__date__lte=day)
        met = met.exclude(status=Meeting.Status.CANCELLED)
        found = met.values_list("body").annotate(last=Max("starts_at")).order_by()
    else:
        met = [each for each in record.known(Meeting, known_on) if localdate(each.starts_at) <= day]
        met = [each for each in met if each.status != Meeting.Status.CANCELLED]
        found = sorted((each.body_id, each.starts_at) for each in met)
    return {body: localdate(last) for body, last in found}


def _loose_lines(structure, lines, recorded):
    """The lines in force of which one end is not there on the day."""
    lines = [
        line
        for line in lines
        if not (structure.body(line.from_body_id) and structure.body(line.to_body_id))
    ]
    if not lines:
        return
    bodies = {body.pk: body for body in recorded(Body)}
    names = defaultdict(list)
    for name in sorted(recorded(BodyName), key=record.by_first_day):
        names[name.body_id].append(name)
    called = defaultdict(lambda: _("a body"))
    called |= {pk: _nearest(its_names, structure.day).name for pk, its_names in names.items()}
    for line in sorted(lines, key=lambda line: line.pk):
        both = (line.from_body_id, line.to_body_id)
        gone = [
            _absence(called[pk], bodies.get(pk), structure.day)
            for pk in both
            if not structure.body(pk)
        ]
        yield LooseLine(
            pk=line.pk,
            words=f"{called[both[0]]} {kind_in_words(line.kind)} {called[both[1]]}",
            gone=", ".join(gone),
            open_end=next((pk for pk in both if structure.body(pk)), None),
            proof=proof_of(line),
        )


def _nearest(names, day):
    """The name of the day, else the last one before it, else the first."""
    begun = [name for name in names if name.start_date is None or name.start_date <= day]
    in_force = [name for name in begun if name.is_in_force_on(day)]
    return (in_force or begun or names[:1])[-1]


def _absence(name, body, day):
    said = {"body": name}
    if body is not None and body.has_ended_by(day):
        said["day"] = date_format(body.end_date)
        return _("%(body)s closed on %(day)s") % said
    if body is not None and body.start_date and body.start_date > day:
        said["day"] = date_format(body.start_date)
        return _("%(body)s begins on %(day)s") % said
    return _("%(body)s was not on record then") % said


# --- Words ----------------------------------------------------------------------------------------


def partnership_bodies(structure: Structure):
    return tuple(body for body in structure.bodies if not body.outside_partnership)


def _seat_words(seat, structure, beside):
    role = str(seat.role_label)
    organisation = structure.organisation(seat.on_behalf_of)
    organisation = organisation or beside.closed_organisations.get(seat.on_behalf_of)
    said = {"title": seat.title or role, "role": role.lower()}
    has_role = seat.role in Seat.OFFICER_ROLES and role.lower() not in said["title"].lower()
    words = (_("“%(title)s” (%(role)s)") if has_role else _("“%(title)s”")) % said
    if not organisation:
        return words
    return _("%(seat)s of %(organisation)s") % {"seat": words, "organisation": organisation.name}


def _still_there(closed):
    if closed.successor:
        return _(
            "The seat %(seat)s is still there, but that organisation ended on %(day)s and was "
            "followed by %(successor)s."
        )
    return _("The seat %(seat)s is still there, but that organisation ended on %(day)s.")


def _ending_words(closed):
    said = {
        "organisation": closed,
        "day": date_format(closed.end_date),
        "successor": closed.successor,
    }
    if closed.successor:
        return _("%(organisation)s ended on %(day)s and was followed by %(successor)s") % said
    return _("%(organisation)s ended on %(day)s") % said


def _escalating_to_it(number):
    sentence = ngettext(
        "One body escalates to it. It has a mailbox, but no chair, deputy chair or secretary in "
        "office is recorded.",
        "%(number)s bodies escalate to it. It has a mailbox, but no chair, deputy chair or "
        "secretary in office is recorded.",
        number,
    )
    return sentence % {"number": number}


def _undated(is_old, day):
    """What is said of a text that gives a name without a day."""
    if is_old and day:
        return _(
            "The text that gives the name “%(name)s” does not say until when; the record takes "
            "%(day)s."
        )
    if is_old:
        return _(
            "The text that gives the name “%(name)s” does not say until when; nor does the record."
        )
    if day:
        return _(
            "The text that gives the name “%(name)s” does not say since when; the record takes "
            "%(day)s."
        )
    return _(
        "The text that gives the name “%(name)s” does not say since when; nor does the record."
    )


def _proof_by(body, text, match):
    """How a body is known, with the sentence of its text in which a match stands."""
    return replace(body.proof, quotation=_sentence_around(text, match))


def _sentence_around(text, match):
    """The sentence in which a match stands."""
    start = max(text.rfind(mark, 0, match.start()) for mark in (". ", "\n")) + 1
    ends = [end for end in (text.find(mark, match.end()) for mark in (". ", "\n")) if end >= 0]
    return text[start : min(ends, default=len(text))].strip()
