"""The chart: what it says, and that no line crosses a body whatever the structure."""

import re
import unicodedata
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import chart, chart_layout
from governance.chart_text import width_of, wrapped
from governance.marks import Marks
from governance.models import Evidence, ReportingLine
from governance.on_day import BodyOnDay, LineOnDay, Proof
from governance.structure import Structure

Kind = ReportingLine.Kind
SVG = "{http://www.w3.org/2000/svg}"
STRANDS = f"{SVG}g/{SVG}g"
LINES = f"{STRANDS}/{SVG}g/{SVG}path"


def make_proof(evidence=Evidence.STATED):
    return Proof(str(evidence), "words", "source", "", "")


def make_body(pk, name=None, **fields):
    fields = {
        "kind": "working-group",
        "kind_name": "Working group",
        "kind_order": 1,
        "outside_partnership": False,
        "locality": None,
        "stage": "",
        "start_date": None,
        "end_date": None,
        "successor": None,
    } | fields
    name = name or f"Body {pk}"
    slug = f"body-{pk}"
    return BodyOnDay(pk=pk, slug=slug, name=name, short_name=name, proof=make_proof(), **fields)


def make_structure(bodies, lines=()):
    """A structure of these bodies; lines are (from, kind, to, evidence)."""
    of = {body.pk: body for body in bodies}
    return Structure(
        day=date(2026, 11, 22),
        known_on=None,
        first_day=None,
        bodies=bodies,
        lines=[
            LineOnDay(
                pk=number,
                kind=str(kind),
                from_body=of[below],
                to_body=of[above],
                respect="",
                start_date=None,
                end_date=None,
                proof=make_proof(evidence),
            )
            for number, (below, kind, above, evidence) in enumerate(lines)
        ],
        organisations=[],
        seats=[],
    )


def drawn(structure, **options):
    return ElementTree.fromstring(chart.draw(structure, **options))


def boxes_of(svg):
    return [
        tuple(float(box.get(name)) for name in ("x", "y", "width", "height"))
        for box in svg.iter(f"{SVG}rect")
        if "tht-chart__box" in box.get("class")
    ]


def stretches_of(svg):
    """Every straight stretch of every line, and the chords of its turns."""
    for path in svg.iterfind(LINES):
        points = points_of(path.get("d"))
        yield from zip(points, points[1:], strict=False)


def points_of(path):
    """Where the stretches of a path end: straight ones (M, L, H, V) and turns (q)."""
    x = y = 0
    points = []
    for command, written in re.findall(r"([MLHVq])([^MLHVq]*)", path):
        numbers = [float(n) for n in written.split()]
        if command == "H":
            x = numbers[0]
        elif command == "V":
            y = numbers[0]
        elif command == "q":
            points.append((x + numbers[0], y + numbers[1]))  # the corner
            x, y = x + numbers[2], y + numbers[3]
        else:
            x, y = numbers
        points.append((x, y))
    return points


def titles_of(svg):
    return sorted(title.text for title in svg.iterfind(f"{STRANDS}/{SVG}g/{SVG}title"))


# --- Whatever the structure -----------------------------------------------------------------------


@st.composite
def structures(draw):
    count = draw(st.integers(1, 14))
    bodies = [
        make_body(
            pk,
            draw(st.sampled_from(["Board", "A committee with a name of two lines", "X" * 90])),
            outside_partnership=draw(st.booleans()),
            kind=draw(st.sampled_from(["board", "group"])),
        )
        for pk in range(count)
    ]
    ends = st.integers(0, count - 1)
    lines = draw(
        st.lists(
            st.tuples(ends, st.sampled_from(Kind), ends, st.sampled_from(Evidence)).filter(
                lambda line: line[0] != line[2]
            ),
            max_size=30,
            unique_by=lambda line: line[:3],
        )
    )
    return make_structure(bodies, lines)


@given(structures())
def test_no_line_crosses_a_body(structure):
    svg = drawn(structure)
    boxes = boxes_of(svg)

    for (x1, y1), (x2, y2) in stretches_of(svg):
        for x, y, width, height in boxes:
            passes_beside = max(x1, x2) <= x + 0.2 or min(x1, x2) >= x + width - 0.2
            passes_above_or_below = max(y1, y2) <= y + 0.2 or min(y1, y2) >= y + height - 0.2
            assert passes_beside or passes_above_or_below


@given(structures())
def test_no_two_bodies_overlap_and_all_are_within_the_chart(structure):
    svg = drawn(structure)
    boxes = boxes_of(svg)

    for number, (x, y, width, height) in enumerate(boxes):
        assert 0 <= x and x + width <= float(svg.get("width"))
        assert 0 <= y and y + height <= float(svg.get("height"))
        for x2, y2, width2, height2 in boxes[:number]:
            assert x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y


@given(structures())
def test_all_that_is_drawn_is_within_the_chart(structure):
    svg = drawn(structure)

    for points in stretches_of(svg):
        for x, y in points:
            assert 0 <= x <= float(svg.get("width"))
            assert 0 <= y <= float(svg.get("height"))


@given(structures())
def test_every_line_is_drawn_once_from_its_body_to_the_other(structure):
    svg = drawn(structure)

    assert titles_of(svg) == sorted(chart.sentence(line) for line in structure.lines)


@given(structures())
def test_every_body_is_a_link_in_the_order_of_the_tree(structure):
    def slugs(branches):
        for branch in branches:
            yield branch.body.slug
            yield from slugs(branch.branches)

    links = [link.get("href") for link in drawn(structure).iter(f"{SVG}a")]

    assert links == [f"/bodies/{slug}/" for slug in slugs(structure.tree())]


@given(structures())
def test_each_line_shows_where_it_begins_and_how_it_is_known(structure):
    svg = drawn(structure)

    # A strand that spreads from one body has one mark for all of its lines.
    marked = [strand for strand in svg.iterfind(STRANDS) if strand.find(f"{SVG}circle") is not None]
    shown = [re.findall(r"__strand--(\w+)", strand.get("class")) for strand in marked]
    assert {(kind, evidence) for kind, evidence in shown} == {
        (line.kind, line.evidence) for line in structure.lines
    }


# --- How it looks ---------------------------------------------------------------------------------


def test_a_body_that_reports_stands_right_of_the_one_it_reports_to_and_level_with_the_first():
    bodies = [make_body(pk) for pk in range(3)]
    lines = [(1, Kind.REPORTS_TO, 0, "stated"), (2, Kind.REPORTS_TO, 0, "stated")]

    board, first, second = boxes_of(drawn(make_structure(bodies, lines)))

    assert board[0] < first[0] == second[0]
    assert board[1] == first[1] < second[1]


def test_a_body_that_only_escalates_stands_right_of_where_it_escalates_to():
    bodies = [make_body(pk) for pk in range(2)]
    lines = [(1, Kind.ESCALATES_TO, 0, "assumed")]

    board, group = boxes_of(drawn(make_structure(bodies, lines)))

    assert board[0] < group[0]


def test_what_is_assumed_is_dashed_and_what_is_stated_is_not():
    lines = [(0, Kind.REPORTS_TO, 1, "assumed"), (0, Kind.SUPPORTS, 1, "stated")]
    svg = drawn(make_structure([make_body(0), make_body(1)], lines))

    classes = {strand.get("class") for strand in svg.iterfind(STRANDS)}

    assert classes == {
        "tht-chart__strand tht-chart__strand--reports_to tht-chart__strand--assumed",
        "tht-chart__strand tht-chart__strand--supports tht-chart__strand--stated",
    }


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_line_is_named_on_the_chart(kind):
    lines = [(0, kind, 1, "stated")]
    svg = drawn(make_structure([make_body(0), make_body(1)], lines))

    names = [text.text for text in svg.iterfind(f"{STRANDS}/{SVG}text")]

    assert names == [kind.label.lower()]


def test_each_kind_of_line_ends_in_a_shape_of_its_own():
    assert len(set(chart.HEADS.values())) == len(Kind)


def test_a_body_outside_the_partnership_has_a_second_frame_and_says_so():
    svg = drawn(make_structure([make_body(0, outside_partnership=True)]))

    [link] = svg.iter(f"{SVG}a")
    assert [rect.get("class") for rect in link.iter(f"{SVG}rect")] == [
        "tht-chart__box tht-chart__box--outside",
        "tht-chart__frame",
    ]
    assert "outside the partnership" in "".join(link.itertext())


def test_a_link_reads_as_the_name_and_the_kind_and_keeps_the_day():
    name = "Centre of Excellence, User & Stakeholder Engagement"
    svg = drawn(make_structure([make_body(0, name)]), query="?as_on=2026-01-01&known_on=2026-02-02")

    [link] = svg.iter(f"{SVG}a")
    assert "".join(link.itertext()) == f"{name} Working group"
    assert link.get("href") == "/bodies/body-0/?as_on=2026-01-01&known_on=2026-02-02"


def test_a_body_may_be_pointed_out():
    svg = drawn(make_structure([make_body(0), make_body(1)]), here=1)

    here = [link.get("href") for link in svg.iter(f"{SVG}a") if link.get("aria-current")]
    assert here == ["/bodies/body-1/"]


def test_a_name_cannot_break_out_of_the_chart():
    name = '</text><script>alert("1")</script>&'

    svg = chart.draw(make_structure([make_body(0, name)]), title=name)

    assert "<script" not in svg
    assert "alert" in "".join(ElementTree.fromstring(svg).itertext())


def test_a_name_longer_than_three_lines_is_cut_with_an_ellipsis():
    rows = chart_layout.rows_of(
        "A committee for everything that anyone might ever wish to discuss " * 3
    )

    assert len(rows) == 3
    assert rows[-1].endswith("…")


LONG = "Committee for everything that anyone may wish to discuss in the borough and beyond it"


def test_a_link_says_in_full_what_is_cut_in_its_box():
    cut = make_body(0, LONG, outside_partnership=True)
    svg = drawn(make_structure([cut, make_body(1)]), marks=Marks({0: ("new",)}))

    first, second = svg.iter(f"{SVG}a")
    assert first.findtext(f"{SVG}title") == (f"{LONG}, Working group, outside the partnership, new")
    assert second.find(f"{SVG}title") is None


def test_a_word_that_is_cut_is_read_as_one():
    word = "Gesundheitsversorgungsausschuss"
    svg = drawn(make_structure([make_body(0, f"{word} of the borough")]))

    [link] = svg.iter(f"{SVG}a")
    assert "".join(link.itertext()) == f"{word} of the borough Working group"


@pytest.mark.parametrize("name", ["Board", LONG, "Gesundheitsversorgungsausschuss" * 2])
def test_a_kind_of_body_stays_within_its_box_however_long_it_is(name):
    kind_name = "Kind of committee for everything that anyone may wish to discuss in the borough"
    body = make_body(0, name, kind_name=kind_name, outside_partnership=True)
    svg = drawn(
        make_structure([body]), marks=Marks({0: ("new", "renamed", "9,999 more below") * 2})
    )

    [(_, top, _, height)] = boxes_of(svg)
    rows = list(svg.iter(f"{SVG}tspan"))
    for row in rows:
        size = 12 if row.get("class") else 14
        assert width_of(row.text) * size / 1000 <= chart_layout.WIDTH - 2 * chart_layout.PADDING
    heights = [float(row.get("y")) for row in rows]
    assert heights == sorted(set(heights))
    assert top < heights[0] and heights[-1] < top + height


@pytest.mark.parametrize("word", ["স্বাস্থ্যসেবাব্যবস্থাপনাসমন্বয়কমিটিরকার্যনির্বাহীপরিষদ", "é" * 90])
def test_no_letter_is_parted_from_its_signs(word):
    word = unicodedata.normalize("NFD", word)
    rows = wrapped(word, 4_000, 30)
    cut = wrapped(word, 4_000, 2)

    assert "".join(rows) == word
    for row in (*rows[1:], word[len("".join(cut).rstrip("…")) :]):
        assert not unicodedata.category(row[0]).startswith("M"), row
    for row in (*rows[:-1], cut[-1].rstrip("…")):
        assert row[-1] != "\N{BENGALI SIGN VIRAMA}"


def test_nothing_in_the_chart_needs_a_style_that_the_policy_refuses():
    svg = chart.draw(make_structure([make_body(0)])) + chart.key_of_kinds()

    assert "style=" not in svg


def test_an_empty_structure_is_an_empty_chart():
    assert boxes_of(drawn(make_structure([]))) == []
