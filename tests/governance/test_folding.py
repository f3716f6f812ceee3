import pytest

from governance import chart
from governance.folding import fold
from governance.marks import Marks
from governance.structure import structure_on
from tests.factories import make_body, make_escalation_line, make_line, today

pytestmark = pytest.mark.django_db


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


def test_what_fits_is_drawn_whole():
    make_tree()
    structure = structure_on(today())

    assert fold(structure, Marks(), most=16) == (structure, Marks())


def test_the_upper_levels_are_kept_and_say_how_many_stand_below():
    board, groups, _ = make_tree()
    structure = structure_on(today())

    drawn, marks = fold(structure, Marks(), most=15)

    assert {body.pk for body in drawn.bodies} == {board.pk, *(group.pk for group in groups)}
    assert len(drawn.lines) == 3
    assert all(marks.bodies[group.pk] == ("4 more below",) for group in groups)
    assert board.pk not in {pk for pk, words in marks.bodies.items() if words}
    assert "4 more below" in chart.draw(drawn, marks=marks)


def test_a_marked_body_is_drawn_however_low_it_stands():
    _, groups, committees = make_tree()
    structure = structure_on(today())

    drawn, marks = fold(structure, Marks({committees[0].pk: ("new",)}), most=15)

    assert drawn.body(committees[0])
    assert drawn.lines_up(committees[0])
    assert marks.bodies[groups[0].pk] == ("3 more below",)


def test_a_structure_without_levels_is_cut_and_not_refused():
    for n in range(20):
        make_body(f"Body {n}")

    drawn, _ = fold(structure_on(today()), Marks(), most=15)

    assert len(drawn.bodies) == 15


def test_the_page_says_that_the_chart_is_folded_and_lists_all(client, monkeypatch):
    monkeypatch.setattr("governance.folding.fold.__kwdefaults__", {"most": 15})
    make_tree()

    page = client.get("/structure/").text

    assert "The chart shows 4 of 16 bodies" in page
    assert "Committee 11" in page
