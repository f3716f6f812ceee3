"""The whole structure of a day: the chart, the same as a list, and every line with its source.

`?compared_with=2026-11-01` marks what has changed since an earlier day, `?way=<slug>` the way up
from one body; the words of the marks stand in the chart, the list and the table alike.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django import forms
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from governance import chart
from governance.as_on import (
    COMPARED,
    NOT_A_DAY,
    as_iso_day,
    boxes_of,
    on_the_day_asked,
    others,
    shortened,
    with_query,
)
from governance.changes import ONE_DAY
from governance.difference import compare
from governance.folding import fold
from governance.kept import all_alike, keep_page
from governance.lines import kind_in_words, leads
from governance.marks import Marks, said
from governance.models import Evidence
from governance.structure import BodyOnDay, LineOnDay, structure_on
from governance.way_up import way_up
from localities.day_field import DayField, in_words

WAY = "way"


@dataclass(frozen=True)
class EntryLine:
    """What is said of a line below the body that it leaves."""

    line: LineOnDay
    marks: tuple[str, ...]

    @property
    def in_words(self):
        return leads(self.line)


@dataclass(frozen=True)
class Entry:
    """A body in the list, with the lines that leave it; `query` goes on its link."""

    body: BodyOnDay
    marks: tuple[str, ...]
    lines: tuple[EntryLine, ...]
    query: str


@dataclass(frozen=True)
class Row:
    """A line in the table, with the number of its source."""

    line: LineOnDay
    marks: tuple[str, ...]
    marks_of_body: tuple[str, ...]
    marks_of_other: tuple[str, ...]
    source: int

    @property
    def kind(self):
        return kind_in_words(self.line.kind)


@dataclass(frozen=True)
class Comparison:
    """What asks for an earlier day to compare with, filled in with the one that is."""

    shown_day: date
    day: date | None
    others: tuple  # what else the address asks for, as pairs

    @property
    def form(self):
        return CompareForm(initial={COMPARED: self.day}, shown_day=self.shown_day)


class CompareForm(forms.Form):
    """Choose the earlier day with which the structure is compared."""

    compared_with = DayField(
        label=gettext_lazy("Compare with an earlier day"),
        help_text=gettext_lazy(
            "What is new, ended or moved since then is marked. For example 1 11 2026."
        ),
    )

    def __init__(self, data=None, *, shown_day, **kwargs):
        super().__init__(data, **kwargs)
        self.shown_day = shown_day

    @property
    def asked(self):
        return [self[COMPARED]]

    def clean_compared_with(self):
        day = self.cleaned_data[COMPARED]
        if sentence := not_before(day, self.shown_day):
            raise forms.ValidationError(sentence)
        return day


@require_safe
@keep_page("as_on", "known_on", WAY, COMPARED, seen_as=all_alike)
@on_the_day_asked
def structure_page(request, as_on):
    if any(box in request.GET for box in boxes_of(COMPARED)):
        form = CompareForm(request.GET, shown_day=as_on.day)
        if not form.is_valid():
            return refusal(request, as_on, form)
        return redirect(address_compared(request, form))
    compared_with, refused = asked_to_compare(request, as_on)
    if refused:
        return refusal(request, as_on, refused)

    structure = structure_on(as_on.day, as_on.known_on)
    context = {
        "as_on": as_on,
        "structure": structure,
        "comparison": Comparison(as_on.day, compared_with, others(request, but=[COMPARED])),
        "compared_with": compared_with,
        "without_comparing": address_without(request, COMPARED),
    }
    shown, marks = structure, Marks()
    if compared_with is not None and structure.is_recorded:
        earlier = structure_on(compared_with, as_on.known_on)
        context["earlier"] = earlier
        if earlier.is_recorded:
            difference = compare(earlier, structure)
            shown, marks = difference.structure, difference.marks
            context["difference"], context["said"] = difference, str(difference)
            context["day_after"] = compared_with + ONE_DAY
    slug = request.GET.get(WAY, "").replace("\x00", "\ufffd").strip()
    body = structure.body_with_slug(slug) if slug and structure.is_recorded else None
    if body is not None:
        way = way_up(structure, body)
        marks = marks.with_others(way.marks)
        context["way"] = way
    if slug:
        context["whole_chart"] = address_without(request, WAY)
    if structure.is_recorded and shown.bodies:
        context["no_such_body"] = shortened(slug) if body is None else ""
        context |= in_three_ways(shown, marks, as_on, here=body)
        counted = Counter(line.evidence for line in structure.lines)
        context["counted"] = [(evidence, counted[evidence]) for evidence in Evidence]
    status = 404 if context.get("no_such_body") else 200
    return render(request, "governance/structure.html", context | {"shown": shown}, status=status)


def in_three_ways(structure, marks, as_on, here):
    """The structure as chart, list and table."""
    # Each proof once, however many lines it stands for.
    numbered = {}
    lines = [
        Row(
            line,
            said(marks.of_line(line)),
            said(marks.of_body(line.from_body)),
            said(marks.of_body(line.to_body)),
            numbered.setdefault(line.proof, len(numbered) + 1),
        )
        for body in structure.bodies
        for line in lines_of(structure, body)
    ]
    drawn, marks_drawn = fold(structure, marks)
    return {
        "drawn": drawn,
        "chart": chart.draw(
            drawn,
            query=as_on.query,
            here=here,
            title=_("The bodies of the structure and their lines"),
            marks=marks_drawn,
        ),
        "key_of_kinds": chart.key_of_kinds(),
        "key_of_evidence": chart.key_of_evidence(),
        "lines": lines,
        "proofs": [(number, proof) for proof, number in numbered.items()],
        "entries": [entry(structure, marks, branch, as_on.query) for branch in structure.tree()],
    }


def entry(structure, marks, branch, query):
    """A body's entry in the list, and those below it."""
    lines = tuple(
        EntryLine(line, said(marks.of_line(line))) for line in lines_of(structure, branch.body)
    )
    return (
        Entry(branch.body, said(marks.of_body(branch.body)), lines, query),
        [entry(structure, marks, each, query) for each in branch.branches],
    )


def lines_of(structure, body):
    """The lines that leave a body, in the order of their kinds."""
    return tuple(sorted(structure.lines_up(body), key=lambda line: chart.KINDS.index(line.kind)))


# --- The day to compare with ----------------------------------------------------------------------


def asked_to_compare(request, as_on):
    """The day the address names, if any; or the form with the sentence that refuses it."""
    typed = request.GET.get(COMPARED, "").replace("\x00", "\ufffd").strip()
    if not typed:
        return None, None
    day = as_iso_day(typed)
    sentence = not_before(day, as_on.day) if day else NOT_A_DAY.format(typed=shortened(typed))
    if sentence is None:
        return day, None
    boxes = boxes_of(COMPARED)
    parts = (day.day, day.month, day.year) if day else (shortened(typed),)
    data = {box: str(part) for box, part in zip(boxes, parts, strict=False)}
    form = CompareForm(data, shown_day=as_on.day)
    form.errors.clear()
    form.add_error(COMPARED, sentence)
    return None, form


def not_before(day, shown_day):
    """What to say of a day that does not come before the one that is shown."""
    if day < shown_day:
        return None
    sentence = _("Enter a day before %(day)s, the day that is shown")
    return sentence % {"day": in_words(shown_day)}


def refusal(request, as_on, form):
    context = {
        "form": form,
        "others": others(request, but=[COMPARED]),
        "today_url": as_on.today_url,
    }
    return render(request, "governance/bad_day.html", context, status=400)


def address_compared(request, form):
    rest = request.GET.copy()
    for box in boxes_of(COMPARED):
        rest.pop(box, None)
    rest[COMPARED] = form.cleaned_data[COMPARED].isoformat()
    return with_query(request, rest)


def address_without(request, name):
    rest = request.GET.copy()
    rest.pop(name, None)
    return with_query(request, rest)
