"""What is wrong with the record: terms and meetings that lack, and what is there twice."""

from collections import Counter
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.fault import Fault, Mend, Rule
from governance.fault_rules.seats import seat_words
from governance.lines import kind_in_words
from governance.models import ReportingLine
from governance.on_day import proof_of

ALIGNED_WITH = ReportingLine.Kind.ALIGNED_WITH


def find_terms_missing(rule, structure, beside):
    for body in structure.partnership_bodies:
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
        for found, mend, proof in twice_of_body(body, structure, beside):
            yield Fault(rule, body, found, mend, proof)
    for line in lines_recorded_twice(structure):
        found = _("The line “%(line)s” is recorded twice.")
        said = {"line": f"{kind_in_words(line.kind)} {line.to_body}"}
        mend = Mend("reportingline", line.pk)
        yield Fault(rule, line.from_body, found % said, mend, line.proof)
    for organisation in structure.organisations:
        if beside.partner_rows.get(organisation.pk, 0) > 1:
            found = _("%(organisation)s is recorded as a partner twice at once.")
            mend = Mend("organisation", organisation.pk)
            yield Fault(rule, None, found % {"organisation": organisation}, mend)


def twice_of_body(body, structure, beside):
    """What one body has twice at once: for each what is said of it, where to mend it, its proof."""
    names = beside.names.get(body.pk, ())
    if len(names) > 1:
        listed = ", ".join(f"“{name.name}”" for name in names)
        found = _("It has several names at once: %(names)s.") % {"names": listed}
        yield found, Mend("bodyname", names[1].pk), names[1].proof
    terms = beside.terms.get(body.pk, ())
    if len(terms) > 1:
        found = _("It has two terms of reference at once.")
        yield found, Mend("termsofreference", terms[1][0]), None
    cadences = beside.cadences.get(body.pk, ())
    if len(cadences) > 1:
        yield _("It has two cadences at once."), Mend("cadence", cadences[1].pk), None
    for seat in structure.seats_on(body):
        number = beside.holders.get(seat.pk, 0)
        if number > 1:
            found = _("%(number)s people hold the seat %(seat)s at once.")
            said = {"number": number, "seat": seat_words(seat, structure, beside)}
            yield found % said, Mend("seat", seat.pk), None


def lines_recorded_twice(structure):
    """The second of two lines that say the same."""
    seen = Counter()
    for line in structure.lines:
        ends = (line.from_body.pk, line.to_body.pk)
        # Who is aligned with another is so from both sides: one line says it.
        twin = (line.kind, line.respect, *(sorted(ends) if line.kind == ALIGNED_WITH else ends))
        seen[twin] += 1
        if seen[twin] == 2:
            yield line


def find_meetings_overdue(rule, structure, beside):
    for body in structure.bodies:
        # Of two at once the one that its page names, which began last.
        for cadence in beside.cadences.get(body.pk, ())[-1:]:
            last = beside.last_meetings.get(body.pk)
            # A new body, or a new rhythm, has its time too until it must have met.
            since = max(filter(None, (last, cadence.start_date, body.start_date)), default=date.min)
            if (structure.day - since).days <= cadence.longest_gap:
                continue
            said = {"rhythm": cadence.sentence, "day": last and date_format(last)}
            found = _("%(rhythm)s, but no meeting is recorded.") % said
            if last is not None:
                found = _("%(rhythm)s, but last met on %(day)s.") % said
            mend = Mend("meeting", given=(("body", body.pk),))
            yield Fault(rule, body, found, mend, proof_of(cadence))


RULES = (
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
)
