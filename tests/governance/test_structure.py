from datetime import date, timedelta

import pytest
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.models import BodyName, ReportingLine
from governance.structure import structure_on, under
from tests.factories import (
    make_body,
    make_escalation_line,
    make_line,
    make_member,
    make_officer,
    make_organisation,
    make_seat,
    today,
)
from tests.governance.test_chart import make_body as make_body_on_day
from tests.governance.test_chart import make_structure

pytestmark = pytest.mark.django_db

REPORTS, ESCALATES = ReportingLine.Kind.REPORTS_TO, ReportingLine.Kind.ESCALATES_TO
LAST_DAY = date(2026, 3, 31)
DAY_AFTER = LAST_DAY + timedelta(days=1)


def test_a_body_belongs_to_the_structure_up_to_and_including_its_last_day():
    body = make_body(end_date=LAST_DAY)

    assert structure_on(LAST_DAY).body(body).slug == body.slug
    assert structure_on(DAY_AFTER).body(body) is None


def test_a_body_carries_the_name_of_the_day():
    body = make_body("Old name")
    BodyName.objects.filter(body=body).update(end_date=LAST_DAY)
    BodyName.objects.create(body=body, name="New name", start_date=DAY_AFTER)
    structure_edited()

    assert structure_on(LAST_DAY).body(body).name == "Old name"
    assert structure_on(DAY_AFTER).body(body).name == "New name"


def test_only_escalates_to_leads_to_the_bodies_above():
    committee, group, board = make_body(), make_body(), make_body()
    make_escalation_line(committee, group)
    make_line(committee, board, ReportingLine.Kind.ALIGNED_WITH)

    above = structure_on(today()).bodies_above(committee)

    assert [body.pk for body in above] == [group.pk]


def test_the_bodies_above_are_the_next_rung_and_no_further():
    committee, group, board = make_body(), make_body(), make_body()
    make_escalation_line(committee, group)
    make_escalation_line(group, board)
    structure = structure_on(today())

    assert structure.escalation_line(committee, group) is not None
    assert structure.escalation_line(committee, board) is None
    assert [[line.to_body.pk for line in way] for way in structure.each_way_up(committee)] == [
        [group.pk, board.pk]
    ]


def test_a_line_ends_with_the_body_at_its_end():
    committee, board = make_body(), make_body(end_date=LAST_DAY)
    make_escalation_line(committee, board)

    assert structure_on(LAST_DAY).bodies_above(committee)
    assert not structure_on(DAY_AFTER).bodies_above(committee)


def test_an_edit_is_seen_by_the_next_reader():
    committee, board = make_body(), make_body()
    before = structure_on(today())

    make_escalation_line(committee, board)

    assert not before.bodies_above(committee)
    assert structure_on(today()).bodies_above(committee)


def test_the_structure_is_built_in_five_queries_and_then_kept(django_assert_num_queries):
    bodies = [make_body() for _ in range(6)]
    for lower, upper in zip(bodies, bodies[1:], strict=False):
        make_escalation_line(lower, upper)
        make_officer(lower)
    make_organisation()

    with django_assert_num_queries(6):
        structure_on(today())
    with django_assert_num_queries(1):
        structure_on(today())


def test_a_seat_nobody_holds_on_the_day_is_vacant():
    body = make_body()
    empty = make_seat(body)
    make_member(body, end_date=LAST_DAY)

    def vacant(day):
        return {seat.pk for seat in structure_on(day).seats_on(body) if seat.is_vacant}

    assert vacant(LAST_DAY) == {empty.pk}
    assert len(vacant(DAY_AFTER)) == 2


def test_a_ring_is_found_and_does_not_hang_the_reader():
    first, second, third, outside = (make_body() for _ in range(4))
    make_escalation_line(first, second)
    make_escalation_line(second, third)
    make_escalation_line(third, first)
    make_escalation_line(outside, first)
    structure = structure_on(today())

    (ring,) = structure.rings(ReportingLine.Kind.ESCALATES_TO)

    assert {body.pk for body in ring} == {first.pk, second.pk, third.pk}
    assert list(structure.each_way_up(outside))


def test_the_tree_holds_every_body_once_even_in_a_ring():
    top, middle, low, ring_a, ring_b = (make_body() for _ in range(5))
    make_line(middle, top)
    make_line(low, middle)
    make_line(low, top)
    make_line(ring_a, ring_b)
    make_line(ring_b, ring_a)

    def walk(branches):
        for branch in branches:
            yield branch.body.pk
            yield from walk(branch.branches)

    found = list(walk(structure_on(today()).tree()))

    assert sorted(found) == sorted(body.pk for body in (top, middle, low, ring_a, ring_b))


CHAIN = 1_200  # bodies one below the other, more than functions of Python may ask themselves


def make_chain(last_reports_to=None):
    """A structure of bodies each below the one before it; the first may close the ring."""
    bodies = [make_body_on_day(pk) for pk in range(CHAIN)]
    lines = [
        (pk, kind, pk - 1, "stated") for pk in range(1, CHAIN) for kind in (REPORTS, ESCALATES)
    ]
    if last_reports_to is not None:
        lines.append((0, REPORTS, last_reports_to, "stated"))
    return make_structure(bodies, lines)


@pytest.mark.parametrize("last_reports_to", [None, CHAIN - 1])
def test_a_chain_or_a_ring_may_have_any_length(last_reports_to):
    structure = make_chain(last_reports_to)

    assert structure.forest.sizes[0] == CHAIN
    assert [branch.body.pk for branch in under(structure.tree()[0])] == list(range(CHAIN))
    assert [len(way) for way in structure.each_way_up(CHAIN - 1)] == [CHAIN - 1]
    assert [len(ring) for ring in structure.rings(REPORTS)] == [CHAIN] * bool(last_reports_to)


def test_the_structure_known_on_a_moment_is_the_one_taken_then():
    committee, group, board = make_body("Committee"), make_body(), make_body()
    line = make_escalation_line(committee, group)
    taken = structure_on(today())
    moment = timezone.now()

    line.delete()
    make_escalation_line(committee, board)
    name = committee.names.get()
    name.name = "Renamed"
    name.save()
    structure_edited()

    known_then = structure_on(today(), known_on=moment)
    assert [above.pk for above in structure_on(today()).bodies_above(committee)] == [board.pk]
    assert structure_on(today()).body(committee).name == "Renamed"
    assert known_then.bodies == taken.bodies
    assert known_then.lines == taken.lines
    assert known_then.seats == taken.seats
    assert known_then.organisations == taken.organisations
