"""What lies before someone's bodies, in groups that say what to do next."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from governance import readers
from governance.actions import asides, escalations
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.matters import asked_before, escalations_before, in_piles, lying_before
from governance.models import Body, BodyKind, Escalation, EscalationStep
from governance.permissions import standing_of
from governance.ranges import Order
from localities.kept_query import asked_together
from tests.factories import (
    closed_since_yesterday,
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_line,
    make_matters,
    make_member,
    make_officer,
    make_person,
    officer_of,
    today,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db


def before(person, **options):
    """The references in each group that has any."""
    groups = escalations_before(standing_of(person), **options)
    return {
        group.key: [row.escalation.reference for row in group.rows]
        for group in groups
        if group.rows
    }


def due(matter, *, acknowledge=3, answer=20):
    """Move its deadlines to so many days from today."""
    Escalation.objects.filter(pk=matter.pk).update(
        acknowledge_by=today() + timedelta(days=acknowledge),
        answer_by=today() + timedelta(days=answer),
    )
    readers.keep_up(matter)
    return matter.reference


def test_what_went_away_after_it_was_found_is_not_listed():
    bottom, _ = make_ladder(2)
    draft, other = make_draft(bottom, title="Lifts"), make_draft(bottom, title="Ramps")
    standing = standing_of(draft.created_by)
    [found] = asked_together(asked_before(standing))
    reference = other.reference
    draft.delete()

    rows = [row for group in in_piles(found, standing) for row in group.rows]

    assert [row.escalation.reference for row in rows] == [reference]


def test_each_matter_stands_in_one_group_for_each_side():
    bottom, middle, _ = make_ladder(3)
    below, above = officer_of(bottom), officer_of(middle)
    draft = make_draft(bottom)
    new = make_escalation(bottom, middle)
    held = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    asked = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    asked = escalations.send_back(escalation=asked, question="Why?", by=above)
    done = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    escalations.resolve(escalation=done, outcome="Agreed", by=above)

    assert before(above) == {
        "new": [new.reference],
        "due": [held.reference],
        "waiting": [asked.reference],
    }
    assert before(below) == {
        "sent-back": [asked.reference],
        "waiting": [new.reference, held.reference],
        "drafts": [draft.reference],
    }
    assert before(make_person()) == {}


def test_what_is_past_its_day_is_overdue_and_nothing_else_and_a_question_is_never():
    bottom, middle = make_ladder(2)
    above = officer_of(middle)
    late_to_accept = due(make_escalation(bottom, middle), acknowledge=-1)
    accepted = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    late_to_answer = due(accepted, acknowledge=-9, answer=-1)
    accepted = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    due_today = due(accepted, acknowledge=-9, answer=0)
    asked = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    asked = escalations.send_back(escalation=asked, question="Why?", by=above)
    due(asked, acknowledge=-9, answer=-1)

    assert before(above) == {
        "overdue": [late_to_answer, late_to_accept],
        "due": [due_today],
        "waiting": [asked.reference],
    }
    assert before(officer_of(bottom))["sent-back"] == [asked.reference]


def test_the_most_pressing_comes_first_and_only_so_many_are_shown():
    bottom, middle = make_ladder(2)
    later, sooner, last = (make_escalation(bottom, middle) for _ in range(3))
    due(later, acknowledge=2), due(sooner, acknowledge=1), due(last, acknowledge=3)

    shown = before(officer_of(middle), limit=2)

    assert shown == {"new": [sooner.reference, later.reference]}
    groups = {group.key: group for group in escalations_before(standing_of(officer_of(middle)))}
    assert not groups["new"].has_more
    groups = escalations_before(standing_of(officer_of(middle)), limit=2)
    assert [group.has_more for group in groups if group.rows] == [True]


def test_more_than_a_hundred_are_not_counted():
    ladder = _, middle, _ = make_ladder(3)
    make_matters(ladder, 102)
    groups = {group.key: group for group in escalations_before(standing_of(officer_of(middle)))}

    assert groups["new"].count == "72"
    assert (groups["overdue"].count, len(groups["overdue"].rows)) == ("30", 10)
    make_matters(ladder, 60)
    groups = {group.key: group for group in escalations_before(standing_of(officer_of(middle)))}
    assert groups["new"].count == "more than 100"


def test_members_see_what_lies_before_their_body_too():
    bottom, middle = make_ladder(2)
    matter = make_escalation(bottom, middle)

    assert before(make_member(middle)) == {"new": [matter.reference]}


def test_what_lies_before_a_body_outside_lies_before_the_body_that_acts_for_it():
    bottom, board = make_ladder(2)
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))
    make_escalation_line(board, outside)
    matter = make_escalation(board, outside)

    assert before(officer_of(board)) == {"new": [matter.reference]}
    assert before(officer_of(bottom)) == {}


def test_what_a_body_took_outside_lies_before_the_one_below_once_it_has_closed_and_nobody_follows():
    bottom, board = make_ladder(2)
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))
    make_escalation_line(board, outside)
    matter = make_escalation(bottom, board)
    matter = escalations.accept(escalation=matter, by=officer_of(board))
    escalations.pass_up(escalation=matter, to_body=outside, by=officer_of(board), note="Dear")
    assert before(officer_of(bottom)) == {"waiting": [matter.reference]}

    closed_since_yesterday(board)

    assert Matter(matter).acting_body == bottom
    assert before(officer_of(bottom)) == {"new": [matter.reference]}


def test_what_lies_outside_waits_for_those_below_while_another_body_acts_on_it():
    bottom, middle, board = make_ladder(3)
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))
    make_escalation_line(board, outside)
    matter = make_escalation(bottom, middle)
    for body, above in ((middle, board), (board, outside)):
        escalations.accept(escalation=matter, by=officer_of(body))
        escalations.pass_up(escalation=matter, to_body=above, by=officer_of(body), note="Dear")

    closed_since_yesterday(middle)

    assert before(officer_of(board)) == {"new": [matter.reference]}
    assert before(officer_of(bottom)) == {"waiting": [matter.reference]}


@pytest.mark.parametrize("is_outside", [False, True])
def test_of_several_closed_bodies_on_its_way_a_matter_lies_before_the_one_below_the_last(
    is_outside,
):
    ladder = bottom, first, middle, second, top = make_ladder(5)
    if is_outside:
        kind = make_kind("statutory-board", outside_partnership=True)
        Body.objects.filter(pk=top.pk).update(kind=kind)
        structure_edited()
    matter = make_escalation(bottom, first)
    went = list(pairwise(ladder[1:] if is_outside else ladder[1:4]))
    for body, above in went:
        escalations.accept(escalation=matter, by=officer_of(body))
        escalations.pass_up(escalation=matter, to_body=above, by=officer_of(body), note="On")

    closed_since_yesterday(first)
    closed_since_yesterday(second)

    matter = Escalation.objects.get(pk=matter.pk)
    assert Matter(matter).acting_body == middle
    assert before(officer_of(middle)) == {"new": [matter.reference]}
    assert before(officer_of(bottom)) == {"waiting": [matter.reference]}


def test_what_lies_before_a_kind_that_leaves_the_partnership_comes_to_the_body_that_acts_for_it():
    bottom, board = make_ladder(2)
    leaving = make_body(kind=make_kind("leaving"))
    make_escalation_line(board, leaving)
    make_officer(leaving)
    matter = make_escalation(board, leaving)
    assert before(officer_of(board)) == {"waiting": [matter.reference]}

    BodyKind.objects.filter(slug="leaving").update(outside_partnership=True)
    structure_edited()
    readers.follow_kinds()

    assert before(officer_of(board)) == {"new": [matter.reference]}
    assert readers.recount(mend=False) == 0


@pytest.mark.parametrize("order", Order)
def test_the_groups_are_asked_with_kept_sql_as_they_would_be_without(order):
    bottom, middle, top = make_ladder(3)
    below, above = officer_of(bottom), officer_of(middle)
    on_both = make_officer(bottom)
    make_officer(middle, person=on_both)
    for title in ("Lifts", "Doors"):
        make_escalation(bottom, middle, title=title)
        make_escalation(middle, top, title=title)
    held = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    asked = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    escalations.send_back(escalation=asked, question="Why?", by=above)
    due(held, answer=-1)
    consulted = make_body()
    theirs = make_officer(consulted, person=make_officer(bottom))
    make_line(middle, consulted, "aligned_with")
    asides.consult(escalation=held, body=consulted, question="Yours?", by=above)
    make_draft(bottom)
    administrator = make_governance_administrator()

    for person in (below, above, officer_of(top), on_both, theirs, administrator, make_person()):
        standing = standing_of(person)
        kept, written = asked_together(
            asked_before(standing, order=order),
            asked_before(standing, narrowed=lambda ranges: ranges, order=order),
        )
        assert sorted(map(str, kept)) == sorted(map(str, written))
        assert kept or person not in (below, above, on_both, theirs)


def test_whatever_bodies_people_sit_on_the_same_is_asked_so_that_it_is_prepared_once():
    (bottom, middle), (other, another) = make_ladder(2), make_ladder(2)
    make_escalation(bottom, middle), make_escalation(other, another)

    def asked(person):
        found = []
        standing = standing_of(person)
        with connection.execute_wrapper(
            lambda execute, sql, *more: found.append(sql) or execute(sql, *more)
        ):
            assert any(group.rows for group in escalations_before(standing))
        return [sql for sql in found if "escalation" in sql]

    assert asked(officer_of(middle)) == asked(officer_of(another))


def test_the_groups_take_a_fixed_number_of_queries(django_assert_num_queries):
    bottom, middle, _ = make_ladder(3)
    matter = make_escalation(bottom, middle)
    standing = standing_of(officer_of(middle))
    columns = [
        field.name
        for field in Escalation._meta.concrete_fields
        if field.name not in {"id", "is_open", "sending_key"}
    ]
    escalations_before(standing)

    with django_assert_num_queries(4):
        escalations_before(standing)
    copies = Escalation.objects.bulk_create(
        Escalation(**{name: getattr(matter, name) for name in columns}) for _ in range(1000)
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=copy,
            kind="raised",
            at="2026-11-02T12:00Z",
            by=matter.created_by,
            from_body=bottom,
            to_body=middle,
        )
        for copy in copies
    )
    readers.recount()
    with django_assert_num_queries(4):
        escalations_before(standing)


def test_open_matters_of_a_body_are_found_by_their_index_among_many_closed_ones():
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))
    bodies = [outside, *(make_body() for _ in range(9))]
    by = make_person()
    Escalation.objects.bulk_create(
        Escalation(
            **words_of_a_matter(),
            raising_body=bodies[number % 10],
            current_body=bodies[number % 7],
            created_by=by,
            created_on=today(),
            raised_on=today(),
            status="resolved" if number % 50 else "raised",
            answer_by=today(),
        )
        for number in range(3000)
    )
    readers.recount()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    [lying] = lying_before({bodies[1].pk})
    plan = lying.order_by("due_on", "-escalation_id").explain()

    assert "escalation_reader_lying" in plan
