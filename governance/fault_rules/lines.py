"""What is wrong with lines: where they lead, and where one is missing."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.fault import Fault, Mend, Rule
from governance.models import ReportingLine

ESCALATES_TO = ReportingLine.Kind.ESCALATES_TO
REPORTS_TO = ReportingLine.Kind.REPORTS_TO


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
    for body in structure.partnership_bodies:
        if not structure.lines_up(body) and not structure.lines_down(body):
            mend = Mend("reportingline", given=(("from_body", body.pk), ("kind", REPORTS_TO)))
            yield Fault(rule, body, _("No line leads from it or to it."), mend)


def find_no_way_up(rule, structure, beside):
    for body in structure.without_way_up:
        mend = Mend("reportingline", given=(("from_body", body.pk), ("kind", ESCALATES_TO)))
        yield Fault(rule, body, _("No “escalates to” line leads up from it."), mend)


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
)
