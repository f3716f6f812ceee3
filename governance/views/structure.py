"""The whole structure of a day: the chart, the same as a list, and every line with its source.

`?compared_with=2026-11-01` marks what has changed since an earlier day, `?way=<slug>` the way up
from one body; the words of the marks stand in the chart, the list and the table alike. A structure
too large for one page is shown in parts: `?branch=<slug>` asks for a body and those below it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django import forms
from django.core.paginator import InvalidPage
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
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
from governance.folding import part_of
from governance.kept import all_alike, keep_page
from governance.lines import kind_in_words, leads, other_end
from governance.marks import Marks, said
from governance.models import Evidence
from governance.on_day import BodyOnDay
from governance.structure import structure_on
from governance.views.pages import not_found
from governance.way_up import way_up
from localities.day_field import DayField, in_words

WAY, BRANCH = "way", "branch"


class EntryLine(NamedTuple):
    """What is said of a line below the body that it leaves."""

    words: str
    evidence: str
    marks: tuple[str, ...]


class Entry(NamedTuple):
    """A body in the list, with the lines that leave it; `query` goes on its link.

    `below` is how many bodies below it are left out, and `branch` the address that shows them.
    """

    body: BodyOnDay
    marks: tuple[str, ...]
    lines: tuple[EntryLine, ...]
    query: str
    below: int
    branch: str


class RowHead(NamedTuple):
    """The body that the lines of some rows of the table leave."""

    name: str
    marks: tuple[str, ...]
    rows: int


class Row(NamedTuple):
    """A line in the table, with the number of its source; the first of a body has its `head`."""

    head: RowHead | None
    kind: str
    marks: tuple[str, ...]
    other: str
    marks_of_other: tuple[str, ...]
    evidence: str
    source: int


class Counted(NamedTuple):
    """How many bodies and lines there are, and how well the lines are known."""

    bodies: int
    lines: int
    by_evidence: tuple


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
@keep_page("as_on", "known_on", WAY, COMPARED, BRANCH, "page", seen_as=all_alike)
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
        context |= since(compared_with, structure, as_on)
        if difference := context.get("difference"):
            shown, marks = difference.structure, difference.marks
    context["shown"] = shown
    here, nearest = None, ()
    if typed(request, WAY):
        context["whole_chart"] = address_without(request, WAY)
        here = body_asked_for(request, WAY, structure) if structure.is_recorded else None
    if here is not None:
        context["way"] = way = way_up(structure, here)
        marks = marks.with_others(way.marks)
        nearest = way.bodies
    if structure.is_recorded and shown.bodies:
        top = body_asked_for(request, BRANCH, shown)
        try:
            page = request.GET.get("page") or 1
            part = part_of(shown, marks, top=top, page=page, first_of_all=nearest)
        except InvalidPage:
            return not_found(request, _("The structure has no such page."))
        parts = PartsOfStructure(request, part)
        context |= {
            "no_such_body": "" if here else shortened(typed(request, WAY)),
            "no_such_branch": "" if top else shortened(typed(request, BRANCH)),
            "part": part,
            "parts": parts,
            "counted": counted(structure),
            **in_three_ways(part, as_on, parts, here=here),
        }
    is_missing = context.get("no_such_body") or context.get("no_such_branch")
    return TemplateResponse(
        request, "governance/structure.html", context, status=404 if is_missing else 200
    )


def since(day, structure, as_on):
    """What the page says of an earlier day, and of what differs if that is recorded too."""
    earlier = structure_on(day, as_on.known_on)
    if not earlier.is_recorded:
        return {"earlier": earlier}
    difference = compare(earlier, structure)
    return {
        "earlier": earlier,
        "difference": difference,
        "said": str(difference),
        "day_after": day + ONE_DAY,
    }


def body_asked_for(request, name, structure):
    """The body of the structure that the address names so; None if it names none of them."""
    slug = typed(request, name)
    return structure.body_with_slug(slug) if slug else None


def typed(request, name):
    return request.GET.get(name, "").replace("\x00", "\ufffd").strip()


class PartsOfStructure:
    """The addresses of the parts of a structure, as on the same days."""

    def __init__(self, request, part):
        rest = request.GET.copy()
        for name in (BRANCH, WAY, "page"):
            rest.pop(name, None)
        self.whole = with_query(request, rest)
        self._branch = f"{self.whole}{'&' if rest else '?'}{BRANCH}="
        self.above = self.of(part.above) if part.above else ""
        rest = request.GET.copy()
        rest.pop("page", None)
        self.query_for_page = f"{rest.urlencode()}&" if rest else ""

    def of(self, body):
        return f"{self._branch}{body.slug}"


def counted(structure):
    number = Counter(line.evidence for line in structure.lines)
    by_evidence = tuple((evidence, number[evidence]) for evidence in Evidence)
    return Counted(len(structure.bodies), len(structure.lines), by_evidence)


def in_three_ways(part, as_on, parts, here):
    """A part of the structure as chart, list and table."""
    # Each proof once, however many lines it stands for.
    structure, language, numbered = part.structure, get_language(), {}
    lines = {body.pk: lines_of(structure, body) for body in structure.bodies}
    return {
        "chart": chart.draw(
            structure,
            query=as_on.query,
            here=here,
            title=_("The bodies of the structure and their lines"),
            marks=part.marks_in_chart,
        ),
        "chart_key": chart.key(language),
        "rows": [
            row
            for body in structure.bodies
            for row in rows(part, body, lines[body.pk], numbered, language)
        ],
        "proofs": [(number, proof) for proof, number in numbered.items()],
        "entries": entries(part, lines, as_on.query, parts, language),
    }


def rows(part, body, lines, numbered, language):
    """The lines that leave a body, each with the number of its source."""
    head = RowHead(body.name, said(part.marks.of_body(body)), len(lines))
    for line in lines:
        yield Row(
            head,
            kind_in_words(line.kind, language),
            said(part.marks.of_line(line)),
            other_end(line, language),
            said(part.marks.of_body(line.to_body)),
            line.evidence,
            numbered.setdefault(line.proof, len(numbered) + 1),
        )
        head = None


def entries(part, lines, query, parts, language):
    """The bodies in the list, each with its entry and with those below it."""
    forest, drawn = part.structure.forest, {}
    for pk, branch in reversed(forest.branches.items()):  # each before the one above it
        below = [drawn[each.body.pk] for each in branch.branches]
        drawn[pk] = entry(part, branch.body, lines[pk], query, parts, language), below
    return [drawn[root.body.pk] for root in forest.roots]


def entry(part, body, lines, query, parts, language):
    """A body in the list, and the lines that leave it."""
    below = part.below.get(body.pk, 0)
    its_lines = tuple(
        EntryLine(leads(line, language), line.evidence, said(part.marks.of_line(line)))
        for line in lines
    )
    leads_on = below or body.pk in part.elsewhere
    return Entry(
        body,
        said(part.marks.of_body(body)),
        its_lines,
        query,
        below,
        parts.of(body) if leads_on else "",
    )


def lines_of(structure, body):
    """The lines that leave a body, in the order of their kinds."""
    return sorted(structure.lines_up(body), key=lambda line: chart.KINDS.index(line.kind))


# --- The day to compare with ----------------------------------------------------------------------


def asked_to_compare(request, as_on):
    """The day the address names, if any; or the form with the sentence that refuses it."""
    asked = typed(request, COMPARED)
    if not asked:
        return None, None
    day = as_iso_day(asked)
    sentence = not_before(day, as_on.day) if day else NOT_A_DAY.format(typed=shortened(asked))
    if sentence is None:
        return day, None
    boxes = boxes_of(COMPARED)
    parts = (day.day, day.month, day.year) if day else (shortened(asked),)
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
