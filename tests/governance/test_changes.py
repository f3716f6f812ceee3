from datetime import date, timedelta

import pytest

from governance.changes import TooManyChanges, changes_between, turns_between
from governance.models import Body, BodyName, Decision, Membership, Partner, ReportingLine, Seat
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


def test_a_seat_is_told_by_its_post_its_role_and_its_organisation():
    group, trust = make_body("Group"), make_organisation("Acme Trust")
    for title, role in (
        ("Chief executive", Seat.Role.CHAIR),
        ("Independent chair", Seat.Role.CHAIR),
        ("", Seat.Role.DEPUTY_CHAIR),
        ("Head of nursing", Seat.Role.MEMBER),
    ):
        make_seat(group, role, title=title, start_date=DAY)
    make_seat(group, on_behalf_of=trust, start_date=DAY)

    assert [sentence.partition(": ")[2] for sentence in sentences()] == [
        "“Chief executive” (chair).",
        "“Independent chair”.",
        "“Deputy chair”.",
        "“Head of nursing”.",
        "“Member” on behalf of Acme Trust.",
    ]


def test_a_seat_handed_over_does_not_fall_vacant():
    seat = make_seat(make_body("Group"), Seat.Role.CHAIR)
    Membership.objects.create(seat=seat, person=make_person(), end_date=DAY_BEFORE)
    Membership.objects.create(seat=seat, person=make_person(), start_date=DAY)

    assert sentences() == ["The seat “Chair” of Group was taken up."]


def test_a_seat_that_ends_does_not_fall_vacant():
    seat = make_seat(make_body("Group"), end_date=DAY_BEFORE)
    Membership.objects.create(seat=seat, person=make_person(), end_date=DAY_BEFORE)

    assert sentences() == ["Group no longer has the seat “Member”."]


def test_someone_who_stays_takes_nothing_up():
    seat, person = make_seat(make_body("Group")), make_person()
    Membership.objects.create(seat=seat, person=person, end_date=DAY_BEFORE)
    Membership.objects.create(seat=seat, person=person, start_date=DAY)

    assert sentences() == []


def test_a_seat_two_people_held_does_not_fall_vacant_when_one_leaves():
    seat = make_seat(make_body("Group"))
    Membership.objects.create(seat=seat, person=make_person(), end_date=DAY_BEFORE)
    Membership.objects.create(seat=seat, person=make_person(), start_date=DAY_BEFORE)

    assert sentences() == []


def test_what_goes_on_under_another_row_is_no_change():
    group, board, organisation = make_body(), make_body(), make_organisation(partner=False)
    for dates in ({"end_date": DAY_BEFORE}, {"start_date": DAY}):
        make_escalation_line(group, board, **dates)
        Partner.objects.create(organisation=organisation, **dates)

    assert sentences() == []


def test_what_goes_on_is_not_taken_for_what_has_moved():
    group, old, new = make_body("Group"), make_body("Old Board"), make_body("New Board")
    make_escalation_line(group, old, end_date=DAY_BEFORE)
    make_escalation_line(group, new, start_date=DAY)
    make_escalation_line(group, old, start_date=DAY)

    assert sentences() == ["Group escalates to New Board."]


def test_a_line_without_a_first_day_begins_with_its_bodies():
    group, board = make_body("Group"), make_body("Board", start_date=DAY)
    make_escalation_line(group, board)

    assert sentences() == ["Board began.", "Group escalates to Board."]


def test_a_line_without_a_last_day_ends_with_its_bodies():
    group, board = make_body("Group"), make_body("Board", end_date=DAY_BEFORE)
    make_escalation_line(group, board)

    assert sentences() == ["Board was closed.", "Group no longer escalates to Board."]


def test_a_line_that_never_held_is_not_told():
    group, board = make_body("Group", end_date=DAY_BEFORE), make_body("Board")
    make_escalation_line(group, board, start_date=DAY)

    assert sentences() == ["Group was closed."]


def test_what_is_to_come_is_told_as_planned():
    coming = date(2099, 4, 1)
    group, board = make_body("Group"), make_body("Board", end_date=coming - timedelta(days=1))
    make_escalation_line(group, board, start_date=coming - timedelta(days=10))

    assert [change.sentence for change in turns_between(DAY)] == [
        "Group escalates to Board.",
        "Board closes.",
        "Group no longer escalates to Board.",
    ]


def test_a_line_that_moved_away_is_told_alike_to_all_it_concerns():
    group, old, new = make_body("Group"), make_body("Old Board"), make_body("New Board")
    make_escalation_line(group, old, end_date=DAY_BEFORE)
    make_escalation_line(group, new, start_date=DAY)

    for body in (group, old, new):
        assert sentences(body=body) == ["Group escalates to New Board, and no longer to Old Board."]


def test_a_change_carries_the_decision_that_made_it():
    board = make_body("Old Board")
    BodyName.objects.filter(body=board).update(end_date=DAY)
    BodyName.objects.create(body=board, name="New Board", start_date=DAY_AFTER)
    decision = Decision.objects.create(body=board, decided_on=DAY, title="Close it", text="Yes.")
    group = make_body("Group")
    group.end_date, group.decision = DAY_BEFORE, decision
    group.save()

    (change,) = changes_between(DAY_BEFORE, DAY)

    assert change.recorded.decision == decision
    assert change.recorded.decided_by == "Old Board"


def test_a_decision_noted_afterwards_is_that_of_the_last_change_alone():
    board, begun = make_body(), DAY - timedelta(days=30)
    decisions = [
        Decision.objects.create(body=board, decided_on=DAY, title=title, text="Yes.")
        for title in ("Begin", "Close")
    ]
    group = make_body("Group", start_date=begun)
    group.decision = decisions[0]
    group.save()
    group.end_date = DAY_BEFORE
    group.save()

    def told():
        began, closed = changes_between(begun - timedelta(days=1), DAY)
        return [began.recorded.decision, closed.recorded.decision]

    assert told() == [decisions[0], None]
    group.decision = decisions[1]
    group.save()
    assert told() == decisions


def test_evidence_is_not_stretched_to_what_an_edit_made_of_a_fact():
    proof = {"evidence": "stated", "quotation": "Group", "source_title": "The text"}
    make_body("Recorded with its end", end_date=DAY_BEFORE, **proof)
    group = make_body("Closed by an edit", **proof)
    group.end_date = DAY_BEFORE
    group.save()

    assert [change.evidence for change in changes_between(DAY_BEFORE, DAY)] == ["stated", ""]


def test_more_changes_than_are_asked_for_are_refused():
    for _ in range(3):
        make_body(start_date=DAY)

    assert len(turns_between(DAY_BEFORE, DAY, at_most=3)) == 3
    with pytest.raises(TooManyChanges):
        turns_between(DAY_BEFORE, DAY, at_most=2)


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
