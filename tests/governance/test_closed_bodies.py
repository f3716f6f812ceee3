"""Who follows a closed body, stands in for it, and has the matters that lay before it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from governance import outbox, readers
from governance.actions import escalations, structure
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.matters import escalations_before
from governance.models import Body, Escalation, EscalationStep, OutboxMessage
from governance.permissions import can_see_escalation, standing_of
from governance.structure import structure_on
from governance.timeline import timeline_of
from governance.workflow import Move, MoveNotAllowed
from tests.factories import (
    REASON,
    closed_since_yesterday,
    listed_for,
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_line,
    make_locality,
    make_member,
    make_officer,
    officer_of,
    today,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)


# --- Who follows a closed body --------------------------------------------------------------------


def test_who_follows_a_body_is_a_matter_of_the_day():
    last = date(2026, 3, 31)
    third = make_body(start_date=date(2026, 7, 1))
    second = make_body(end_date=date(2026, 6, 30), successor=third)
    first = make_body(end_date=last, successor=second)
    alone = make_body(end_date=last)

    def holder(day, body):
        return structure_on(day).holder_of(body)

    assert holder(last, first).pk == first.pk
    assert holder(last + ONE_DAY, first).pk == second.pk
    assert holder(date(2026, 6, 30), first).pk == second.pk
    assert holder(date(2026, 7, 1), first).pk == holder(date(2026, 7, 1), second).pk == third.pk
    assert structure_on(date(2026, 7, 1)).followed_by(third) == {first.pk, second.pk}
    assert holder(last, alone).pk == alone.pk
    assert holder(last + ONE_DAY, alone) is None


def test_bodies_that_follow_each_other_have_no_holder():
    one, other = make_body(end_date=date(2026, 3, 31)), make_body(end_date=date(2026, 3, 31))
    Body.objects.filter(pk=one.pk).update(successor=other)
    Body.objects.filter(pk=other.pk).update(successor=one)
    structure_edited()

    assert structure_on(date(2026, 4, 1)).holder_of(one) is None


def test_who_follows_a_body_is_asked_of_what_was_recorded_then():
    body, successor = make_body(), make_body()
    closed_since_yesterday(body, successor)
    recorded = body.history.first().history_date

    assert structure_on(today(), known_on=recorded).holder_of(body).pk == successor.pk
    assert structure_on(today(), known_on=recorded - timedelta(microseconds=1)).holder_of(body)
    before = structure_on(today(), known_on=recorded - timedelta(microseconds=1))
    assert before.followed_by(successor) == frozenset()


def test_the_committee_of_a_locality_is_the_one_that_follows_its_last():
    south_east, south_west = make_locality("se"), make_locality("sw")
    west = make_body(locality=south_west)
    east = make_body(locality=south_east)
    closed_since_yesterday(east, west)

    assert structure_on(today() - ONE_DAY).committee_of("se").pk == east.pk
    assert structure_on(today()).committee_of("se").pk == west.pk
    assert structure_on(today()).committee_of("sw").pk == west.pk
    assert structure_on(today()).committee_of("nw") is None


def test_the_page_of_a_locality_names_who_follows_its_last_committee(client):
    east = make_body(locality=make_locality("se"))
    closed_since_yesterday(east, make_body("South Committee"))

    assert "South Committee" in client.get("/localities/se/").content.decode()


# --- Standing in ----------------------------------------------------------------------------------


def test_who_sits_on_a_body_stands_in_for_those_it_follows():
    first, second, third = make_body(), make_body(), make_body()
    chair, member = make_officer(third), make_member(third)
    closed_since_yesterday(second, third)
    Body.objects.filter(pk=first.pk).update(end_date=today() - timedelta(days=9), successor=second)
    structure_edited()

    assert standing_of(chair).officer_of == {first.pk, second.pk, third.pk}
    assert standing_of(member).sits_on == {first.pk, second.pk, third.pk}
    assert standing_of(member).officer_of == frozenset()
    assert standing_of(chair, today() - ONE_DAY).officer_of == {third.pk}


def test_whoever_sat_on_a_closed_body_alone_has_no_standing():
    closed, successor = make_body(), make_body()
    chair = make_officer(closed)
    closed_since_yesterday(closed, successor)

    assert not standing_of(chair).sits_on


def test_mail_for_a_closed_body_goes_to_whoever_follows_it():
    closed, successor, alone = (make_body(mailbox=f"{name}@example.org") for name in "abc")
    chair = make_officer(successor)
    closed_since_yesterday(closed, successor)
    closed_since_yesterday(alone)
    closed, alone = Body.objects.get(pk=closed.pk), Body.objects.get(pk=alone.pk)

    assert outbox.addresses_of(closed) == sorted([chair.email, "b@example.org"])
    assert outbox.can_receive(closed)
    assert "a@example.org" in outbox.addresses_of(closed, day=today() - ONE_DAY)
    assert outbox.addresses_of(alone) == []
    assert not outbox.can_receive(alone)


# --- Matters before a closed body -----------------------------------------------------------------


@pytest.fixture
def successor():
    """A body that follows, with a chair and a way up of its own."""
    body, above = make_body("New Group"), make_body("New Board")
    make_officer(body), make_officer(above)
    make_escalation_line(body, above)
    body.above = above
    return body


def raised_days_ago(matter, days=9):
    Escalation.objects.filter(pk=matter.pk).update(raised_on=today() - timedelta(days=days))
    return matter


@pytest.fixture
def matter(ladder):
    """One that the middle body has in hand, raised when other bodies were there."""
    raised = raised_days_ago(make_escalation(ladder[0], ladder[1]))
    return escalations.accept(escalation=raised, by=officer_of(ladder[1]))


def steps_of(matter):
    return [
        (step.kind, step.from_body, step.to_body)
        for step in EscalationStep.objects.filter(escalation=matter).order_by("pk")
    ]


def test_what_lay_before_a_closed_body_lies_before_the_one_that_follows_it(ladder, successor):
    bottom, middle, _ = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    old_chair, new_chair = officer_of(middle), officer_of(successor)
    closed_since_yesterday(middle, successor)

    groups = {group.key: group.rows for group in escalations_before(standing_of(new_chair))}
    assert [row.escalation for row in groups["new"]] == [matter]
    assert [row.holder for row in groups["new"]] == [successor.name]
    now = Matter(Escalation.objects.get(pk=matter.pk))
    assert now.holder == now.acting_body == successor
    assert "follows" in now.who_acts
    with pytest.raises(PermissionDenied):
        escalations.accept(escalation=matter, by=old_chair)


def test_the_next_step_records_that_the_matter_has_moved_on(ladder, successor):
    bottom, middle, _ = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    closed_since_yesterday(middle, successor)

    matter = escalations.accept(escalation=matter, by=officer_of(successor))

    assert matter.current_body == successor
    assert steps_of(matter)[1:] == [
        ("moved", middle, successor),
        ("accepted", successor, successor),
    ]
    timeline = [entry.happened for entry in timeline_of(Matter(matter))]
    assert timeline[1].startswith("Moved on from") and "follows it" in timeline[1]
    assert [entry.recorded_by for entry in timeline_of(Matter(matter))] == [None, None, None]


def test_a_refused_step_leaves_no_trace_of_moving_on(ladder, successor):
    bottom, middle, _ = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    closed_since_yesterday(middle, successor)

    with pytest.raises(MoveNotAllowed):
        escalations.resolve(escalation=matter, outcome="Done", by=officer_of(successor))

    matter.refresh_from_db()
    assert matter.current_body == middle
    assert len(steps_of(matter)) == 1


def test_a_matter_that_moved_on_follows_the_lines_of_that_day(ladder, successor):
    bottom, middle, top = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    closed_since_yesterday(middle, successor)
    assert [line.to_body.pk for line in Matter(matter).lines_up] == [successor.above.pk]

    matter = escalations.accept(escalation=matter, by=officer_of(successor))
    with pytest.raises(MoveNotAllowed):
        escalations.pass_up(escalation=matter, to_body=top, by=officer_of(successor))
    assert Matter(matter).lines_of == today()
    matter = escalations.pass_up(
        escalation=matter, to_body=successor.above, by=officer_of(successor), note="On"
    )

    assert Matter(matter).path == [bottom, successor, successor.above]


def test_a_question_goes_to_whoever_follows_the_body_it_came_from(ladder, successor, matter):
    bottom, middle, _ = ladder
    chair = officer_of(middle)
    closed_since_yesterday(bottom, successor)

    asked = escalations.send_back(escalation=matter, question="Since when?", by=chair)
    assert asked.current_body == successor
    answered = escalations.answer_back(escalation=asked, answer="May", by=officer_of(successor))

    assert answered.current_body == middle
    assert Matter(answered).path == [successor, middle]


def test_the_asker_may_close_before_the_answer(ladder, successor, matter):
    bottom, middle, _ = ladder
    chair = officer_of(middle)
    matter = escalations.send_back(escalation=matter, question="Since when?", by=chair)
    closed_since_yesterday(middle, successor)

    answered = escalations.answer_back(escalation=matter, answer="May", by=officer_of(bottom))

    assert answered.current_body == successor
    assert Matter(answered).path == [bottom, successor]


def test_there_is_nobody_to_ask_once_two_neighbours_are_one(ladder, matter):
    bottom, middle, _ = ladder
    closed_since_yesterday(bottom, middle)

    assert Matter(Escalation.objects.get(pk=matter.pk)).path == [middle]
    with pytest.raises(MoveNotAllowed, match="no one to ask"):
        escalations.send_back(escalation=matter, question="Who?", by=officer_of(middle))


def test_a_matter_on_its_way_to_a_closed_body_reaches_the_one_that_follows(
    ladder, successor, matter
):
    bottom, middle, top = ladder
    closed_since_yesterday(top, successor)

    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="On")

    assert matter.current_body == successor


def test_a_matter_is_not_passed_up_to_where_it_lies(ladder, matter):
    bottom, middle, top = ladder
    closed_since_yesterday(top, middle)

    with pytest.raises(MoveNotAllowed, match="lies before .* already"):
        escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="On")


@pytest.mark.parametrize("becomes_part_of_holder", [True, False])
def test_where_no_body_above_is_left_passing_up_is_not_offered_and_the_page_says_why(
    client, ladder, becomes_part_of_holder, matter
):
    bottom, middle, top = ladder
    by = officer_of(middle)
    assert Move.PASS_UP in moves_on_page(client, by, matter)

    closed_since_yesterday(top, middle if becomes_part_of_holder else None)

    assert Move.PASS_UP not in moves_on_page(client, by, matter)
    page = client.get(f"/escalations/{matter.reference}/").text
    assert f"It cannot be passed up now: {top} has closed" in page


def test_a_body_that_has_closed_is_not_offered_to_be_consulted(client, ladder, matter):
    bottom, middle, _ = ladder
    gone, by = make_body("Gone Group"), officer_of(middle)
    make_officer(gone)
    make_line(middle, gone, "aligned_with")
    assert Move.CONSULT in moves_on_page(client, by, matter)

    closed_since_yesterday(gone)

    assert Move.CONSULT not in moves_on_page(client, by, matter)


def test_a_matter_that_has_moved_on_stays_when_the_closing_is_taken_back(ladder, successor):
    bottom, middle, _ = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    closed_since_yesterday(middle, successor)
    matter = escalations.accept(escalation=matter, by=officer_of(successor))

    structure.keep_open(body=middle, by=make_governance_administrator(), reason=REASON)

    now = Matter(Escalation.objects.get(pk=matter.pk))
    assert now.holder == now.acting_body == now.path[-1] == successor
    assert can_see_escalation(standing_of(officer_of(middle)), now)  # It once lay before them.


def test_a_matter_raised_by_a_closed_body_belongs_to_the_one_that_follows(ladder, successor):
    bottom, middle, _ = ladder
    matter, other = (raised_days_ago(make_escalation(bottom, middle)) for _ in range(2))
    closed_since_yesterday(bottom, successor)

    with pytest.raises(PermissionDenied):
        escalations.withdraw(escalation=matter, reason="Settled", by=officer_of(bottom))
    matter = escalations.withdraw(escalation=matter, reason="Settled", by=officer_of(successor))

    assert steps_of(matter)[-1] == ("withdrawn", successor, middle)
    assert matter.raising_body == bottom
    assert len(listed_for(standing_of(officer_of(successor)))) == 2


def test_a_draft_of_a_closed_body_is_raised_by_the_one_that_follows(ladder, successor):
    draft = make_draft(ladder[0])
    closed_since_yesterday(ladder[0], successor)

    raised = escalations.raise_matter(
        escalation=draft, to_body=successor.above, by=officer_of(successor)
    )

    assert raised.raising_body == successor
    assert steps_of(raised) == [("raised", successor, successor.above)]


def test_an_answer_to_the_body_that_follows_moves_a_matter_to_the_lines_of_that_day(
    at,
):
    bottom, middle, top = make_ladder(3)
    at(date(2026, 11, 2))
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    escalations.send_back(escalation=matter, question="Since when?", by=officer_of(middle))
    at(date(2026, 11, 9))
    successor = make_body(start_date=date(2026, 11, 9))
    chair = make_officer(successor)
    make_escalation_line(successor, top, start_date=date(2026, 11, 9))
    closed_since_yesterday(middle, successor)

    at(date(2026, 11, 10))
    escalations.answer_back(escalation=matter, answer="Since May", by=officer_of(bottom))

    moved = Matter(Escalation.objects.get(pk=matter.pk))
    assert (moved.holder, moved.lines_of) == (successor, date(2026, 11, 10))
    assert moved.why_lines_of == "the day it moved on from a body that had closed"
    at(date(2026, 11, 11))
    passed = escalations.pass_up(escalation=matter, to_body=top, by=chair, note="Dear")
    assert passed.current_body == top


def test_who_began_a_draft_of_a_closed_body_has_it_in_no_list_once_others_have_raised_it(
    ladder, successor
):
    author = make_member(ladder[0])
    draft = make_draft(ladder[0], by=author)
    closed_since_yesterday(ladder[0], successor)
    assert listed_for(standing_of(author)) == {draft.pk}

    escalations.raise_matter(escalation=draft, to_body=successor.above, by=officer_of(successor))

    raised = Matter(Escalation.objects.get(pk=draft.pk))
    assert not can_see_escalation(standing_of(author), raised)
    assert listed_for(standing_of(author)) == set()
    assert readers.recount(mend=False) == 0


def test_a_draft_of_a_closed_body_says_who_has_it_now(client, ladder, successor):
    author = make_member(ladder[0])
    make_member(make_body(), person=author)
    draft = make_draft(ladder[0], by=author)
    closed_since_yesterday(ladder[0], successor)

    [row] = next(each for each in escalations_before(standing_of(author)) if each.rows).rows
    assert (row.raising_body, row.holder) == ("New Group", "New Group")
    follows = "has closed. The New Group follows it, and its officers go on with this draft."
    for person in (author, officer_of(successor)):
        client.force_login(person)
        assert follows in text_of(client.get(f"/escalations/{draft.reference}/").text)


def test_a_draft_of_a_closed_body_that_nobody_follows_says_to_write_it_for_another(client, ladder):
    author = officer_of(ladder[0])
    draft = make_draft(ladder[0], by=author)
    closed_since_yesterday(ladder[0])

    client.force_login(author)
    page = text_of(client.get(f"/escalations/{draft.reference}/").text)

    assert f"{ladder[0]} has closed, and no body follows it. To raise this, write it anew" in page


def test_nothing_new_is_drafted_for_a_closed_body(ladder, successor):
    closed_since_yesterday(ladder[0], successor)

    with pytest.raises(MoveNotAllowed, match="not open"):
        make_draft(ladder[0], by=officer_of(successor))


def test_where_nobody_follows_the_body_below_records_what_comes_of_it(ladder):
    bottom, middle, _ = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    closed_since_yesterday(middle)
    chair = officer_of(bottom)

    now = Matter(Escalation.objects.get(pk=matter.pk))
    assert (now.holder, now.acting_body) == (middle, bottom)
    assert "no body follows it" in now.who_acts
    groups = {group.key: group.rows for group in escalations_before(standing_of(chair))}
    assert [row.escalation for row in groups["new"]] == [matter]
    matter = escalations.accept(escalation=matter, by=chair)
    assert timeline_of(Matter(matter))[-1].recorded_by == bottom


def moves_on_page(client, person, matter):
    client.force_login(person)
    page = client.get(f"/escalations/{matter.reference}/").text
    return {move for move in Move if f"/{matter.reference}/{move}/" in page}


def test_what_a_body_resolved_that_nobody_follows_is_reopened_for_the_body_below(
    client, ladder, matter
):
    bottom, middle, _ = ladder
    chair = officer_of(bottom)
    escalations.resolve(escalation=matter, outcome="No", by=officer_of(middle))
    closed_since_yesterday(middle)
    assert Move.REOPEN in moves_on_page(client, chair, matter)
    OutboxMessage.objects.all().delete()

    matter = escalations.reopen(escalation=matter, reason="It goes on", by=make_officer(bottom))

    now = Matter(matter)
    assert (matter.status, now.holder, now.acting_body) == ("accepted", middle, bottom)
    assert [mail.to for mail in OutboxMessage.objects.all()] == [chair.email]
    groups = {group.key: group.rows for group in escalations_before(standing_of(chair))}
    assert [row.escalation for row in groups["due"]] == [matter]
    escalations.resolve(escalation=matter, outcome="Yes", by=chair)


def test_what_a_body_asked_that_nobody_follows_is_answered_and_goes_on_with_the_body_below(
    client, ladder, matter
):
    bottom, middle, _ = ladder
    chair = officer_of(bottom)
    escalations.send_back(escalation=matter, question="Since when?", by=officer_of(middle))
    closed_since_yesterday(middle)
    assert Move.ANSWER in moves_on_page(client, chair, matter)

    matter = escalations.answer_back(escalation=matter, answer="May", by=chair)

    now = Matter(matter)
    assert (matter.status, now.holder, now.acting_body) == ("accepted", middle, bottom)
    escalations.resolve(escalation=matter, outcome="Settled among us", by=chair)


def test_a_question_to_a_body_that_nobody_follows_goes_to_the_one_below_if_there_is_one(
    client, ladder, matter
):
    bottom, middle, top = ladder
    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="On")
    matter = escalations.accept(escalation=matter, by=officer_of(top))
    closed_since_yesterday(middle)
    assert Move.SEND_BACK in moves_on_page(client, officer_of(top), matter)

    matter = escalations.send_back(escalation=matter, question="Who?", by=officer_of(top))

    groups = {g.key: g.rows for g in escalations_before(standing_of(officer_of(bottom)))}
    assert [row.escalation for row in groups["sent-back"]] == [matter]
    matter = escalations.answer_back(escalation=matter, answer="Us", by=officer_of(bottom))
    assert Matter(matter).holder == top
    closed_since_yesterday(bottom)
    assert Move.SEND_BACK not in moves_on_page(client, officer_of(top), matter)
    with pytest.raises(MoveNotAllowed, match="closed"):
        escalations.send_back(escalation=matter, question="Whose?", by=officer_of(top))


def test_a_question_that_nobody_is_left_to_answer_is_for_who_asked_it(client, ladder, matter):
    bottom, middle, _ = ladder
    asked_by = officer_of(middle)
    matter = escalations.send_back(escalation=matter, question="Since when?", by=asked_by)
    closed_since_yesterday(bottom)

    def piles():
        groups = escalations_before(standing_of(asked_by))
        return {group.key: [row.escalation for row in group.rows] for group in groups if group.rows}

    assert Matter(matter).acting_body == middle
    assert piles() == {"sent-back": [matter]}
    assert Move.ANSWER in moves_on_page(client, asked_by, matter)
    matter = escalations.answer_back(escalation=matter, answer="We found out", by=asked_by)
    assert (matter.status, matter.current_body) == ("accepted", middle)
    assert piles() == {"due": [matter]}


def test_what_lay_before_a_body_outside_stays_with_those_who_act_for_it():
    bottom, board = make_ladder(2)
    kind = make_kind("statutory-board", outside_partnership=True)
    outside, follows = make_body(kind=kind), make_body(kind=kind)
    make_escalation_line(board, outside)
    matter = escalations.accept(escalation=make_escalation(bottom, board), by=officer_of(board))
    matter = escalations.pass_up(escalation=matter, to_body=outside, by=officer_of(board), note="")
    raised_days_ago(matter)
    closed_since_yesterday(outside, follows)
    chair = officer_of(board)

    for _ in range(2):  # before a step has said so, and after
        groups = {group.key: group.rows for group in escalations_before(standing_of(chair))}
        assert [row.escalation for rows in groups.values() for row in rows] == [matter]
        if matter.status == "raised":
            matter = escalations.accept(escalation=matter, by=chair)

    assert matter.current_body == follows
    assert timeline_of(Matter(matter))[-1].recorded_by == board


# --- The deeds ------------------------------------------------------------------------------------
