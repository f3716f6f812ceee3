import re
from html import unescape
from itertools import pairwise

import pytest
from django.core.paginator import InvalidPage

from governance import chart
from governance.actions.structure import structure_edited
from governance.folding import part_of
from governance.marks import Marks
from governance.models import ReportingLine
from governance.structure import structure_on
from governance.way_up import way_up
from tests.factories import make_bodies, make_body, make_escalation_line, make_line, store, today
from tests.governance.structure_read import lines_of_chart, lines_of_list, lines_of_table
from tests.plugins.browser import DESKTOP, PHONE

pytestmark = pytest.mark.django_db

REPORTS_TO = ReportingLine.Kind.REPORTS_TO
ESCALATES_TO = ReportingLine.Kind.ESCALATES_TO
SUPPORTS = ReportingLine.Kind.SUPPORTS


def make_tree():
    """A board, three groups below it, and four committees below each group."""
    board = make_body("Board")
    groups = [make_body(f"Group {n}") for n in range(3)]
    committees = []
    for group in groups:
        make_line(group, board)
        for _ in range(4):
            committee = make_body(f"Committee {len(committees)}")
            make_line(committee, group)
            make_escalation_line(committee, group)
            committees.append(committee)
    return board, groups, committees


@pytest.fixture
def fifteen_at_most(monkeypatch):
    monkeypatch.setattr("governance.folding.MOST_SHOWN", 15)


def part_today(**options):
    structure = structure_on(today())
    return structure, part_of(structure, options.pop("marks", Marks()), **options)


def shown(part):
    return {body.pk for body in part.structure.bodies}


def pks(*bodies):
    return {body.pk for body in bodies}


def test_what_fits_is_shown_whole():
    make_tree()

    structure, part = part_today(most=16)

    assert (part.structure, part.marks) == (structure, Marks())
    assert not part.is_folded


def test_the_upper_levels_are_shown_and_say_how_many_stand_below():
    board, groups, _ = make_tree()

    _, part = part_today(most=15)

    assert shown(part) == pks(board, *groups)
    assert (part.shown, part.size, len(part.structure.lines)) == (4, 16, 3)
    assert part.below == {group.pk: 4 for group in groups}
    assert "4 more below" in chart.draw(part.structure, marks=part.marks_in_chart)


def test_the_branch_of_a_body_has_all_below_it_and_where_its_lines_lead():
    board, groups, committees = make_tree()
    make_line(committees[0], groups[2], SUPPORTS)

    _, part = part_today(top=groups[0], most=15)

    assert shown(part) == pks(board, groups[2], groups[0], *committees[:4])
    assert (part.shown, part.size, part.above.pk) == (5, 5, board.pk)
    assert part.elsewhere == pks(board, groups[2])
    assert part.marks.of_body(board) == ("elsewhere",)
    assert len(part.structure.lines) == 1 + 4 + 4 + 1


def test_a_marked_body_is_shown_however_low_it_stands():
    _, groups, committees = make_tree()

    _, part = part_today(marks=Marks({committees[0].pk: ("new",)}), most=15)

    assert part.structure.body(committees[0])
    assert part.structure.lines_up(committees[0])
    assert part.below[groups[0].pk] == 3


def test_the_body_of_a_marked_line_is_shown_with_it():
    _, groups, committees = make_tree()
    line = make_line(committees[5], groups[0], SUPPORTS)

    _, part = part_today(marks=Marks(lines={line.pk: ("ended",)}), most=15)

    assert line.pk in {each.pk for each in part.structure.lines}


def make_chain_below(body, length):
    chain = [body, *(make_body(f"Step {n}") for n in range(length))]
    for higher, lower in pairwise(chain):
        make_line(lower, higher)
        make_escalation_line(lower, higher)
    return chain[1:]


@pytest.mark.parametrize("length", [12, 40])
def test_a_way_up_is_shown_from_its_body_however_low_that_stands(client, fifteen_at_most, length):
    board, _, _ = make_tree()
    chain = make_chain_below(board, length)
    structure_edited()
    structure = structure_on(today())
    way = way_up(structure, structure.body(chain[-1]))

    part = part_of(structure, way.marks, first_of_all=way.bodies)

    nearest = chain[::-1][:15]
    assert pks(*nearest) <= shown(part)
    for body in nearest:
        assert part.structure.lines_up(body)
        assert part.marks.of_body(part.structure.body(body))[0] == "way up"
    page = client.get("/structure/", {"way": chain[-1].slug}).text
    assert 'aria-current="true"' in page


def test_a_level_too_wide_for_one_page_fills_several():
    bodies = [make_body(f"Body {n}") for n in range(20)]

    pages = [part_today(most=15, page=page)[1] for page in (1, 2)]

    assert [part.shown for part in pages] == [15, 5]
    assert set.union(*map(shown, pages)) == pks(*bodies)
    with pytest.raises(InvalidPage):
        part_today(most=15, page=3)


def test_more_lines_than_a_page_can_hold_are_counted():
    body = make_body()
    for n in range(20):
        make_line(body, make_body(f"Body {n}"), SUPPORTS)

    _, part = part_today(top=body, most=15)

    assert (len(part.structure.lines), part.lines_left_out) == (15, 5)


def parts_from(client, address):
    """Every page that can be reached from one by the links to parts of it."""
    pages, waiting = {}, [address]
    while waiting:
        address = waiting.pop()
        if address not in pages:
            pages[address] = client.get(address).text
            links = re.findall(r'href="((?:/structure/)?\?[^"]*)"', pages[address])
            # The pages of a level are asked for by the query alone.
            links = [unescape(link if link[0] == "/" else f"/structure/{link}") for link in links]
            waiting += [link for link in links if "branch=" in link or "page=" in link]
    return pages


@pytest.mark.parametrize("as_on", [None, today], ids=["now", "as-on"])
def test_every_line_is_in_some_part_and_each_part_says_it_three_times(
    client, fifteen_at_most, as_on
):
    day = f"?as_on={as_on()}" if as_on else ""
    board, groups, committees = make_tree()
    for n in range(20):
        make_line(make_body(f"Team {n}"), committees[0])
    make_line(committees[3], committees[9], SUPPORTS)
    make_line(board, committees[1], SUPPORTS)
    structure_edited()

    pages = parts_from(client, f"/structure/{day}")

    told = set()
    for page in pages.values():
        in_chart = sorted(lines_of_chart(page))
        assert sorted(lines_of_list(page)) == in_chart
        table = [line.replace(" elsewhere (", " (") for line in lines_of_table(page)]
        assert sorted(table) == in_chart
        told |= set(in_chart)
    assert len(told) == len(structure_on(today()).lines) == 3 + 12 + 12 + 20 + 2
    assert all(day.removeprefix("?") in address for address in pages)


def test_the_page_says_that_it_shows_a_part_and_of_what(client, fifteen_at_most):
    _, groups, _ = make_tree()

    page = client.get("/structure/").text
    branch = client.get(f"/structure/?branch={groups[0].slug}").text

    assert "these are 4 of its 16 bodies, from the top" in page
    assert f'<a href="/structure/?branch={groups[0].slug}">4 more below</a>' in page
    assert "Committee 11" not in page
    assert "This is the branch of Group 0: 5 bodies." in branch
    assert "Committee 3" in branch
    assert "One step up: the branch of Board" in branch


@pytest.mark.parametrize("more", [0, 300])
def test_a_folded_page_is_made_in_as_many_queries_and_bytes_for_many_bodies(
    client, fifteen_at_most, django_assert_num_queries, more
):
    board, groups, committees = make_tree()
    for n in range(more):
        make_line(make_body(f"Team {n}"), committees[n % 12])
    structure_edited()

    with django_assert_num_queries(1 + 5):
        page = client.get("/structure/").content

    assert len(page) < 27_000


def test_a_chain_longer_than_python_lets_a_function_ask_itself_has_its_pages(client):
    bodies = make_bodies([(f"Body {n}", {"slug": f"link-{n:04}"}) for n in range(1_200)])
    lines = [(low, high) for high, low in pairwise(bodies)]
    store([ReportingLine(from_body=low, to_body=high, kind=REPORTS_TO) for low, high in lines])
    store([ReportingLine(from_body=low, to_body=high, kind=ESCALATES_TO) for low, high in lines])
    structure_edited()

    upper = client.get("/structure/").text
    lower = client.get("/structure/?branch=link-1000&way=link-1199").text

    assert "these are 120 of its 1200 bodies, from the top" in upper
    assert "This is the branch of Body 1000: 200 bodies." in lower  # all of them on the way
    assert sorted(lines_of_list(upper)) == sorted(lines_of_chart(upper))
    assert len(lines_of_list(lower)) == len(lines_of_chart(lower)) == 2 * 200
    for address in ("/bodies/link-0600/", "/structure/faults/?body=link-0600"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/structure/?branch=none", "There is no body “none” on"),
        ("/structure/?branch=%3Cb%3E", "There is no body “&lt;b&gt;” on"),
        ("/structure/?page=3", "The structure has no such page."),
        ("/structure/?page=x", "The structure has no such page."),
    ],
)
def test_a_part_that_there_is_not_is_refused_with_a_sentence(
    client, fifteen_at_most, address, sentence
):
    make_tree()

    response = client.get(address)

    assert response.status_code == 404
    assert sentence in response.text


PARTS = ("/structure/", "/structure/?branch=group-0", "/structure/?branch=none")


def make_named_tree():
    _, groups, committees = make_tree()
    type(groups[0]).objects.filter(pk=groups[0].pk).update(slug="group-0")
    make_line(committees[0], groups[2], SUPPORTS)
    structure_edited()


@pytest.mark.parametrize("address", PARTS)
def test_a_part_is_valid_html(client, fifteen_at_most, html_faults, address):
    make_named_tree()

    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_part_is_accessible_and_fits(new_page, axe_faults, fifteen_at_most, width):
    make_named_tree()
    page = new_page(width=width)

    for address in PARTS:
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
