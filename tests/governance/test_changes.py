from datetime import date, timedelta

import pytest

from governance.changes import changes_between
from governance.models import Body, BodyName, Membership, Partner, ReportingLine, Seat
from tests.factories import (
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_organisation,
    make_person,
    make_seat,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 1)
DAY_BEFORE = DAY - timedelta(days=1)
DAY_AFTER = DAY + timedelta(days=1)


def sentences(from_day=DAY_BEFORE, to_day=DAY, **options):
    return [change.sentence for change in changes_between(from_day, to_day, **options)]


def test_a_change_takes_effect_on_its_first_day_and_is_told_once():
    make_body("Night Group", start_date=DAY)
    BodyName.objects.update(start_date=DAY)

    assert sentences() == ["Night Group began."]
    assert sentences(DAY, DAY_AFTER) == []
    assert sentences(DAY_BEFORE - timedelta(days=1), DAY_BEFORE) == []


def test_what_ends_is_told_on_the_day_after_its_last():
    successor = make_body("Day Group")
    make_body("Night Group", end_date=DAY_BEFORE, successor=successor)

    assert sentences() == ["Night Group was closed; Day Group follows it."]


def test_a_new_name_tells_the_old_one():
    body = make_body("Night Group")
    BodyName.objects.update(end_date=DAY_BEFORE)
    BodyName.objects.create(body=body, name="Evening Group", start_date=DAY)

    assert sentences() == ["Night Group was renamed Evening Group."]


def test_a_line_that_moves_is_one_change_not_two():
    group, old, new = make_body("Group"), make_body("Old Board"), make_body("New Board")
    make_escalation_line(group, old, end_date=DAY_BEFORE)
    make_escalation_line(group, new, start_date=DAY)

    assert sentences() == ["Group escalates to New Board, and no longer to Old Board."]


def test_a_line_that_ends_is_told():
    group, board = make_body("Group"), make_body("Board")
    make_escalation_line(group, board, end_date=DAY_BEFORE, respect="resources")

    assert sentences() == ["Group no longer escalates to Board in respect of resources."]


def test_a_partner_is_told_with_the_one_that_follows():
    successor = make_organisation("New Trust", partner=False)
    old = make_organisation("Old Trust", partner=False, successor=successor)
    Partner.objects.create(organisation=old, end_date=DAY_BEFORE)
    Partner.objects.create(organisation=successor, start_date=DAY)

    assert sorted(sentences()) == [
        "New Trust became a partner.",
        "Old Trust ceased to be a partner; New Trust follows it.",
    ]


def test_a_seat_falls_vacant_and_nobody_is_named():
    seat = make_seat(make_body("Group"), Seat.Role.CHAIR)
    person = make_person(first_name="Private", last_name="Person")
    Membership.objects.create(seat=seat, person=person, end_date=DAY_BEFORE)

    assert sentences() == ["The seat “Chair” of Group fell vacant."]


def test_a_seat_handed_over_does_not_fall_vacant():
    seat = make_seat(make_body("Group"), Seat.Role.CHAIR)
    Membership.objects.create(seat=seat, person=make_person(), end_date=DAY_BEFORE)
    Membership.objects.create(seat=seat, person=make_person(), start_date=DAY)

    assert sentences() == ["The seat “Chair” of Group was taken up."]


def test_a_change_says_who_recorded_it_and_why():
    editor = make_governance_administrator()
    group, board = make_body("Group"), make_body("Board")
    line = make_escalation_line(group, board)
    line.end_date = DAY_BEFORE
    line._history_user, line._change_reason = editor, "Agreed in March."
    line.save()
    line.respect = "resources"
    line._history_user, line._change_reason = None, "Something else."
    line.save()

    (change,) = changes_between(DAY_BEFORE, DAY)

    assert (change.recorded.by, change.recorded.reason) == (str(editor), "Agreed in March.")


def test_changes_of_one_body_are_those_that_concern_it():
    group, board, other = make_body("Group"), make_body("Board"), make_body("Other")
    make_escalation_line(group, board, start_date=DAY)
    make_escalation_line(other, board, start_date=DAY)

    assert sentences(body=group) == ["Group escalates to Board."]
    assert len(sentences(body=board)) == 2


def test_the_number_of_queries_does_not_depend_on_the_number_of_changes(
    django_assert_max_num_queries,
):
    bodies = [make_body(f"Body {n}") for n in range(12)]
    for lower, upper in zip(bodies, bodies[1:], strict=False):
        make_escalation_line(lower, upper, start_date=DAY)
    Body.objects.update(start_date=DAY)

    with django_assert_max_num_queries(14):
        assert len(sentences()) == 23
    ReportingLine.objects.all().delete()
    with django_assert_max_num_queries(14):
        assert len(sentences()) == 12
