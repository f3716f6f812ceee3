"""The rules by which something is wrong with the structure, each with how it finds what breaks it.

They read a `Structure` and what stands `Beside` it, both in memory, so that any fault can be
planted in a test and a planned day be judged like a past one.
"""

import re
from collections import Counter, defaultdict
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.fault import Fault, Mend, Rule
from governance.lines import kind_in_words
from governance.models import ReportingLine, Seat
from governance.structure import Structure, proof_of

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
                    words,
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
