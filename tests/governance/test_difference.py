"""What differs between two days, and the way up from one body: as rules, and on the page."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import marks
from governance.actions import structure as deeds
from governance.difference import compare
from governance.models import Body, BodyName, Evidence, Partner, ReportingLine
from governance.structure import structure_on
from governance.way_up import AT_MOST, way_up
from tests.factories import (
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_line,
    make_organisation,
    make_seat,
    today,
)
from tests.governance.structure_read import chart_of, lines_of_chart, lines_of_tree, rows_of_table
from tests.governance.test_chart import boxes_of, drawn, make_structure, stretches_of
from tests.governance.test_chart import make_body as make_body_on_day
from tests.loaded import STRUCTURE, load
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import text_of

Kind = ReportingLine.Kind
SVG = "{http://www.w3.org/2000/svg}"
BEFORE, AFTER = date(2026, 11, 1), date(2026, 12, 1)
LAST_DAY = date(2026, 11, 15)
DAY_AFTER = LAST_DAY + timedelta(days=1)
COMPARED = f"/structure/?as_on={AFTER}&compared_with={BEFORE}"


def difference():
    return compare(structure_on(BEFORE), structure_on(AFTER))


def words_of(found, kind):
    """The marks by the words of what bears them."""
    rows = found.structure.bodies if kind == "bodies" else found.structure.lines
    its_marks = getattr(found.marks, kind)
    return {
        str(row) if kind == "bodies" else f"{row.from_body} → {row.to_body}": its_marks[row.pk]
        for row in rows
        if row.pk in its_marks
    }


# --- Two days -------------------------------------------------------------------------------------


def test_two_days_alike_have_no_difference(record):
    make_line(make_body(), make_body())

    found = difference()

    assert (found.marks.bodies, found.marks.lines, str(found)) == ({}, {}, "")


def test_a_body_that_began_is_new_and_one_that_closed_has_ended_and_is_still_shown(record):
    board = make_body("Board")
    old = make_body("Old", end_date=LAST_DAY)
    new = make_body("New", start_date=DAY_AFTER)
    make_line(old, board, end_date=LAST_DAY)
    make_line(new, board, start_date=DAY_AFTER)

    found = difference()

    assert words_of(found, "bodies") == {"Old": ("ended",), "New": ("new",)}
    assert words_of(found, "lines") == {"Old → Board": ("ended",), "New → Board": ("new",)}
    assert str(found) == "1 body new, 1 body ended, 1 line new, 1 line ended"


def test_a_renamed_body_tells_both_names(record):
    body = make_body("Born Well")
    BodyName.objects.filter(body=body).update(end_date=LAST_DAY)
    BodyName.objects.create(body=body, name="Start Well", start_date=DAY_AFTER)

    found = difference()

    assert words_of(found, "bodies") == {"Start Well": ("renamed",)}
    assert found.renamed == (("Born Well", "Start Well"),)
    assert str(found) == "1 body renamed"


def test_partners_and_seats_that_came_or_went_are_counted(record):
    left, came = make_organisation(partner=False), make_organisation(partner=False)
    Partner.objects.create(organisation=left, end_date=LAST_DAY)
    Partner.objects.create(organisation=came, start_date=DAY_AFTER)
    body = make_body()
    make_seat(body)
    make_seat(body, start_date=DAY_AFTER)
    make_seat(body, start_date=DAY_AFTER)
    make_seat(body, end_date=LAST_DAY)

    found = difference()

    assert str(found) == "1 partner new, 1 partner ended, 2 seats new, 1 seat ended"


def test_a_line_that_moved_is_shown_in_both_places(record):
    group, old, new = make_body("Group"), make_body("Old"), make_body("New")
    make_line(group, old, end_date=LAST_DAY)
    make_line(group, new, start_date=DAY_AFTER)

    found = difference()

    assert words_of(found, "lines") == {
        "Group → Old": ("moved away",),
        "Group → New": ("moved here",),
    }
    assert str(found) == "1 line moved"
    # The body stands in its new place.
    [new_root] = [branch for branch in found.structure.tree() if branch.body.name == "New"]
    assert [below.body.name for below in new_root.branches] == ["Group"]


def test_a_line_of_another_kind_or_in_another_respect_has_not_moved(record):
    group, old, new = make_body("Group"), make_body("Old"), make_body("New")
    make_line(group, old, end_date=LAST_DAY)
    make_line(group, new, Kind.SUPPORTS, start_date=DAY_AFTER)
    make_line(group, old, Kind.ALIGNED_WITH, respect="money", end_date=LAST_DAY)
    make_line(group, new, Kind.ALIGNED_WITH, respect="people", start_date=DAY_AFTER)

    assert str(difference()) == "2 lines new, 2 lines ended"


def test_a_line_that_goes_on_under_another_row_has_not_changed(record):
    group, board = make_body("Group"), make_body("Board")
    make_line(group, board, end_date=LAST_DAY)
    make_line(
        group,
        board,
        start_date=DAY_AFTER,
        evidence=Evidence.STATED,
        quotation="so",
        source_title="Text",
    )

    found = difference()

    assert str(found) == ""
    assert len(found.structure.lines) == 1


@st.composite
def two_days(draw):
    count = draw(st.integers(1, 8))
    bodies = [make_body_on_day(pk) for pk in range(count)]
    ends = st.integers(0, count - 1)
    lines = st.tuples(ends, st.sampled_from(Kind), ends, st.just(Evidence.STATED))
    lines = st.lists(lines.filter(lambda line: line[0] != line[2]), max_size=12, unique=True)
    whole = make_structure(bodies, draw(lines))
    return tuple(part_of(whole, draw(st.sets(ends)), draw(st.sets(ends))) for _ in range(2))


def part_of(whole, without_bodies, without_lines):
    """A day on which some of the bodies and lines of a structure are missing."""
    there = [body for body in whole.bodies if body.pk not in without_bodies]
    part = make_structure(there)
    lines = [
        line
        for line in whole.lines
        if line.pk not in without_lines and {line.from_body, line.to_body} <= set(there)
    ]
    return type(whole)(
        day=part.day,
        first_day=None,
        bodies=there,
        lines=lines,
        organisations=[],
        seats=[],
    )


@given(two_days())
def test_without_what_ended_the_difference_is_the_later_day_and_without_the_new_the_earlier(days):
    earlier, later = days
    found = compare(earlier, later)

    def keys(rows, its_marks, *but):
        return {row.pk for row in rows if not {*but} & set(its_marks.get(row.pk, ()))}

    shown, its_marks = found.structure, found.marks
    gone, come = (marks.ENDED, marks.MOVED_AWAY), (marks.NEW, marks.MOVED_HERE)
    assert keys(shown.bodies, its_marks.bodies, *gone) == keys(later.bodies, {})
    assert keys(shown.bodies, its_marks.bodies, *come) == keys(earlier.bodies, {})
    assert keys(shown.lines, its_marks.lines, *gone) == keys(later.lines, {})
    assert keys(shown.lines, its_marks.lines, *come) == keys(earlier.lines, {})
    away, here = (
        sum(word in each for each in its_marks.lines.values())
        for word in (marks.MOVED_AWAY, marks.MOVED_HERE)
    )
    assert away == here


@given(two_days())
def test_no_line_crosses_a_body_of_a_chart_with_marks(days):
    found = compare(*days)
    svg = drawn(found.structure, marks=found.marks)

    for (x1, y1), (x2, y2) in stretches_of(svg):
        for x, y, width, height in boxes_of(svg):
            passes_beside = max(x1, x2) <= x + 0.2 or min(x1, x2) >= x + width - 0.2
            passes_above_or_below = max(y1, y2) <= y + 0.2 or min(y1, y2) >= y + height - 0.2
            assert passes_beside or passes_above_or_below


def test_a_marked_line_runs_on_a_track_of_its_own_under_its_word():
    bodies = [make_body_on_day(pk) for pk in range(4)]
    lines = [(pk, Kind.REPORTS_TO, 0, "stated") for pk in (1, 2, 3)]
    svg = drawn(make_structure(bodies, lines), marks=marks.Marks(lines={1: (marks.NEW,)}))

    [marked] = [
        each for each in svg.iter(f"{SVG}g") if "tht-chart__strand--new" in each.get("class", "")
    ]
    assert len(list(marked.iter(f"{SVG}path"))) == 1
    assert [text.text for text in marked.iter(f"{SVG}text")] == ["reports to, new"]
    assert len([text for text in svg.iter(f"{SVG}text") if text.text == "reports to"]) == 1


# --- The way up -----------------------------------------------------------------------------------


def test_every_way_up_is_told_step_by_step():
    bodies = [make_body_on_day(pk, name) for pk, name in enumerate("ABCDE")]
    lines = [
        (0, Kind.ESCALATES_TO, 1, "stated"),
        (0, Kind.ESCALATES_TO, 2, "assumed"),
        (1, Kind.ESCALATES_TO, 3, "sourced"),
        (0, Kind.REPORTS_TO, 4, "stated"),
    ]

    way = way_up(make_structure(bodies, lines), bodies[0])

    assert way.sentences == (
        "From A: to B (stated), then to D (sourced).",
        "From A: to C (assumed).",
    )
    assert set(way.marks.lines) == {0, 1, 2}
    assert set(way.marks.bodies) == {0, 1, 2, 3}
    assert way.is_all


@given(st.data())
def test_the_ways_are_those_of_the_structure(data):
    count = data.draw(st.integers(1, 5))
    ends = st.integers(0, count - 1)
    pairs = st.lists(st.tuples(ends, ends).filter(lambda line: line[0] != line[1]), unique=True)
    bodies = [make_body_on_day(pk) for pk in range(count)]
    lines = [(low, Kind.ESCALATES_TO, high, "stated") for low, high in data.draw(pairs)]
    structure = make_structure(bodies, lines)
    way = way_up(structure, bodies[0])

    ways = list(structure.each_way_up(bodies[0]))
    if way.is_all:
        assert len(way.sentences) == len(ways)
        assert set(way.marks.lines) == {line.pk for each in ways for line in each}
    else:
        assert len(way.sentences) == AT_MOST < len(ways)


def test_more_ways_than_anyone_can_count_take_no_longer():
    bodies = [make_body_on_day(pk) for pk in range(80)]
    lines = [
        (below, Kind.ESCALATES_TO, above, "stated")
        for rung in range(0, 78, 2)
        for below in (rung, rung + 1)
        for above in (rung + 2, rung + 3)
    ]

    way = way_up(make_structure(bodies, lines), bodies[0])

    assert len(way.sentences) == AT_MOST and not way.is_all
    assert len(way.marks.lines) == len(lines) - 2  # all but those from the body beside it


# --- The page -------------------------------------------------------------------------------------


def marks_of_chart(page):
    """The names of the bodies with the words in their boxes."""
    found = {}
    for link in chart_of(page).iter(f"{SVG}a"):
        rows = list(link.iter(f"{SVG}tspan"))
        name = " ".join(row.text for row in rows if row.get("class") is None)
        found[name] = [row.text for row in rows if row.get("class") == "tht-chart__word"]
    return {name: word[0].split(", ") for name, word in found.items() if word}


def marks_of_list(page):
    tree = page[page.index('<ul class="tht-tree">') :]
    tree = tree[: tree.index("</section>")]
    entries = re.findall(r'<li><a href="[^"]+">(.*?)</a>(.*)', tree)
    found = {name: re.findall(r'class="tht-mark">(.*?)<', rest) for name, rest in entries}
    return {name: its_words for name, its_words in found.items() if its_words}


def lines_as_in_chart(lines):
    """Lines of list and table, whose marks stand where the chart has them: at the end."""
    return sorted(line.replace("&amp;", "&") for line in lines)


def lines_of_marked_list(page):
    """As in the chart: the evidence in brackets, then the words of the marks."""
    return lines_as_in_chart(f"{body} {as_in_chart(line)}" for body, line in lines_of_tree(page))


def as_in_chart(line):
    its_words = re.findall(r'class="tht-mark">(.*?)<', line)
    *said, evidence = text_of(re.sub(r"<strong.*?</strong>", "", line)).split()
    return ", ".join([f"{' '.join(said)} ({evidence.lower()})", *its_words])


def lines_of_marked_table(page):
    found = []
    for cells in rows_of_table(page):
        plain = [text_of(re.sub(r"<strong.*?</strong>", "", cell)) for cell in cells]
        body, kind, to_body, known = plain
        its_words = re.findall(r'class="tht-mark">(.*?)<', cells[1])
        line = f"{body} {kind} {to_body} ({known.split()[0].lower()})"
        found.append(", ".join([line, *its_words]))
    return lines_as_in_chart(found)


def make_changes():
    """The founding structure, with a workstream renamed, another moved, and a group closed."""
    load(STRUCTURE)
    told = {"by": make_governance_administrator(), "reason": "The board decided so"}
    of = {body.slug: body for body in Body.objects.all()}
    moved, closed = of["living-well"], of["estates-and-it"]
    deeds.rename(
        body=of["children-and-families-executive"], name="Start Well", from_day=DAY_AFTER, **told
    )
    deeds.close(body=closed, last_day=LAST_DAY, **told)
    line = ReportingLine.objects.get(from_body=moved, kind=Kind.REPORTS_TO)
    deeds.end_line(line=line, last_day=LAST_DAY, **told)
    deeds.draw_line(
        from_body=moved,
        kind=Kind.REPORTS_TO,
        to_body=of["operational-management-group"],
        start_date=DAY_AFTER,
        evidence=Evidence.ASSUMED,
        reasoning="As decided",
        **told,
    )
    return moved, closed


def test_chart_list_and_table_mark_the_same_with_the_same_words(client, db):
    _, closed = make_changes()
    page = client.get(COMPARED).text

    in_chart = sorted(lines_of_chart(page))
    marked = [line.rsplit(", ", 1)[1] for line in in_chart if not line.endswith(")")]

    assert lines_of_marked_list(page) == lines_of_marked_table(page) == in_chart
    assert set(marked) == {"ended", "moved away", "moved here"}
    in_list = {name.replace("&amp;", "&"): found for name, found in marks_of_list(page).items()}
    assert marks_of_chart(page) == in_list
    assert sorted(word for found in in_list.values() for word in found) == ["ended", "renamed"]
    assert f'href="/bodies/{closed.slug}/?as_on={AFTER}"' in page


def test_the_page_says_what_is_different_and_leads_to_the_changes(client, record):
    old, new, group = make_body("Old"), make_body("New"), make_body("Group")
    make_line(group, old, end_date=LAST_DAY)
    make_line(group, new, start_date=DAY_AFTER)
    BodyName.objects.filter(body=new).update(end_date=LAST_DAY)
    BodyName.objects.create(body=new, name="Newer", start_date=DAY_AFTER)

    page = client.get(COMPARED).text

    assert "Compared with 1 November 2026: 1 body renamed, 1 line moved ." in text_of(page)
    assert "“New” is now called “Newer”." in text_of(page)
    assert "/structure/changes/?from=2026-11-02&amp;to=2026-12-01" in page
    assert "3 bodies and 1 line between them" in text_of(page)


def test_without_any_difference_the_page_says_so(client, record):
    make_body()

    page = text_of(client.get(COMPARED).text)

    assert "Compared with 1 November 2026: no body, line, partner or seat is different ." in page


def test_a_day_before_the_record_is_nothing_to_compare_with(client, record):
    make_body()

    page = text_of(client.get("/structure/?compared_with=2020-01-01").text)

    assert "Our record begins on 1 January 2021: there is nothing to compare with" in page
    assert "new" not in page.split("nothing to compare")[1].split("Compare with")[0].split()


@pytest.mark.parametrize(
    "typed", ["2026-02-30", "yesterday", "<b>bold</b>", "1" * 5000, "٢٠٢٦-١١-٢٢"]
)
def test_what_is_no_day_to_compare_with_is_refused_and_kept(client, record, typed):
    response = client.get("/structure/", {"compared_with": typed, "as_on": "2026-12-01"})

    assert response.status_code == 400
    assert "is not a day. Enter one such as 22 11 2026" in response.text
    assert '<input type="hidden" name="as_on" value="2026-12-01">' in response.text
    assert "<b>bold" not in response.text
    if typed == "yesterday":
        assert 'value="yesterday"' in response.text


@pytest.mark.parametrize("typed", ["2026-12-01", "2026-12-02", "9999-12-31"])
def test_a_day_that_is_not_earlier_is_refused_with_a_sentence(client, record, typed):
    year, month, day = typed.split("-")
    boxes = f"compared_with_day={day}&compared_with_month={month}&compared_with_year={year}"
    for asked in (f"compared_with={typed}", boxes):
        response = client.get(f"/structure/?as_on=2026-12-01&{asked}")

        if year == "9999" and asked == boxes:
            assert response.status_code == 400
            continue
        assert response.status_code == 400
        assert "Enter a day before 1 December 2026, the day that is shown" in response.text
        assert f'value="{year}"' in response.text


def test_a_day_to_compare_with_may_be_typed_into_boxes(client, record):
    response = client.get(
        "/structure/?as_on=2026-12-01&way=omg"
        "&compared_with_day=1&compared_with_month=nov&compared_with_year=2026"
    )

    assert response.status_code == 302
    assert response["Location"] == "/structure/?as_on=2026-12-01&way=omg&compared_with=2026-11-01"


def test_nothing_typed_into_the_boxes_is_refused(client, record):
    response = client.get("/structure/?compared_with_day=&compared_with_month=&compared_with_year=")

    assert response.status_code == 400
    assert "Enter a day, such as 22 11 2026" in response.text


def test_the_way_back_to_today_does_not_compare(client, record):
    make_body()

    page = client.get(f"/structure/?as_on=2096-12-01&compared_with={today()}").text

    assert '<a href="/structure/">Back to today</a>' in page


def test_the_way_up_stands_out_and_is_told_in_a_sentence(client, record):
    group, board, other = make_body("Group", slug="group"), make_body("Board"), make_body("Other")
    make_escalation_line(
        group, board, evidence=Evidence.STATED, quotation="so", source_title="Text"
    )
    make_line(group, board)
    make_line(other, board)

    page = client.get("/structure/?way=group").text

    assert "From Group: to Board (stated)." in text_of(page)
    assert [line for line in lines_of_chart(page) if line.endswith(", way up")] == [
        "Group escalates to Board (stated), way up"
    ]
    assert lines_of_marked_list(page) == lines_of_marked_table(page)
    assert lines_of_marked_list(page) == sorted(lines_of_chart(page))
    assert marks_of_chart(page) == marks_of_list(page)
    assert marks_of_chart(page) == {"Group": ["way up"], "Board": ["way up"]}
    quiet = [box.get("class") for box in chart_of(page).iter(f"{SVG}rect")]
    assert [("quiet" in each, "way-up" in each) for each in quiet].count((True, False)) == 1


def test_a_body_without_a_way_up_says_so(client, record):
    make_body("Board", slug="board")

    page = text_of(client.get("/structure/?way=board").text)

    assert "No line is recorded on which Board could escalate a matter." in page


@pytest.mark.parametrize("slug", ["no-such-body", "<b>bold</b>", "closed", "x" * 5000])
def test_a_way_up_from_no_body_of_the_day_says_so_and_keeps_the_days(client, record, slug):
    make_body("Board", slug="board")
    make_body("Closed", slug="closed", end_date=date(2026, 1, 1))

    days = {"as_on": "2026-11-01", "known_on": today().isoformat()}
    response = client.get("/structure/", {"way": slug, **days})

    assert response.status_code == 404
    assert "on 1 November 2026, so no way up is shown." in text_of(response.text)
    assert "<b>bold" not in response.text
    assert f"/bodies/board/?as_on=2026-11-01&amp;known_on={today()}" in response.text


def test_a_body_leads_to_its_way_up_on_the_chart_of_the_day(client, record):
    group = make_body(slug="group")
    make_escalation_line(group, make_body())

    page = client.get("/bodies/group/?as_on=2026-11-01").text

    [address] = re.findall(r'href="([^"]*way=[^"]*)"', page)
    assert address in {
        "/structure/?way=group&amp;as_on=2026-11-01",
        "/structure/?way=group&as_on=2026-11-01",
    }
    assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_the_changes_lead_to_the_difference_on_the_chart(client, record):
    make_body()

    page = client.get("/structure/changes/?from=2026-11-02&to=2026-12-01").text

    assert "/structure/?as_on=2026-12-01&amp;compared_with=2026-11-01" in page


def test_way_up_and_difference_may_be_asked_for_at_once(client, record):
    group, board, new = make_body("Group", slug="group"), make_body("Board"), make_body("New")
    make_escalation_line(group, board, end_date=LAST_DAY)
    make_escalation_line(group, new, start_date=DAY_AFTER)

    page = client.get(f"{COMPARED}&way=group").text

    assert sorted(lines_of_chart(page)) == [
        "Group escalates to Board (assumed), moved away",
        "Group escalates to New (assumed), moved here, way up",
    ]
    assert lines_of_marked_list(page) == lines_of_marked_table(page)
    assert lines_of_marked_list(page) == sorted(lines_of_chart(page))


@pytest.mark.parametrize("count", [3, 60])
def test_a_comparison_takes_as_many_queries_for_many_bodies(
    client, record, count, django_assert_num_queries
):
    board = make_body(slug="board")
    for number in range(count):
        body = make_body(end_date=LAST_DAY if number % 2 else None)
        make_escalation_line(body, board)

    with django_assert_num_queries(QUERIES_OF_TWO_DAYS):
        assert client.get(f"{COMPARED}&way=board").status_code == 200


QUERIES_OF_TWO_DAYS = 11


def test_pages_that_mark_something_are_kept(client, record):
    make_body(slug="board")

    for address in (COMPARED, "/structure/?way=board"):
        assert "ETag" in client.get(address).headers


@pytest.mark.parametrize("address", [COMPARED, "/structure/?way=living-well", "/structure/?way=x"])
def test_a_page_that_marks_something_is_valid_html(client, db, html_faults, address):
    make_changes()

    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_pages_that_mark_something_are_accessible_and_fit(new_page, axe_faults, width):
    moved, _ = make_changes()
    page = new_page(width=width)

    for address in (COMPARED, f"/structure/?way={moved.slug}", f"{COMPARED}&way={moved.slug}"):
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        # What a label says must end before the tracks begin.
        assert page.evaluate(LABELS_BEYOND_THEIR_ROOM) == [], address


LABELS_BEYOND_THEIR_ROOM = """
() => {
  const labels = [...document.querySelectorAll('.tht-chart__strand text')].map(one => one.getBBox())
  const boxes = [...document.querySelectorAll('.tht-chart__box')].map(one => one.getBBox())
  return labels.filter(one => boxes.some(box =>
    one.x < box.x + box.width && box.x < one.x + one.width &&
    one.y < box.y + box.height && box.y < one.y + one.height)).map(one => one.x)
}
"""
