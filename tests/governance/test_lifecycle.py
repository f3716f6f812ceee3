"""What becomes of a body that closes, and of everything that rests on it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from governance import outbox
from governance.actions import escalations, lifecycle, meetings, partners, structure
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.matters import escalations_before
from governance.models import (
    Body,
    Cadence,
    Escalation,
    EscalationStep,
    Meeting,
    Membership,
    ReportingLine,
    Seat,
    TermsOfReference,
)
from governance.permissions import can_see_escalation, standing_of
from governance.structure import structure_on
from governance.timeline import timeline_of
from governance.workflow import MoveNotAllowed
from tests.factories import (
    closed_since_yesterday,
    listed_for,
    make_body,
    make_draft,
    make_engagement_team_member,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_line,
    make_locality,
    make_member,
    make_officer,
    make_organisation,
    make_person,
    make_seat,
    officer_of,
    today,
)

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
Kind = ReportingLine.Kind

REASON = "Board, 10 November 2026, item 4"


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


def test_a_question_goes_to_whoever_follows_the_body_it_came_from(ladder, successor):
    bottom, middle, _ = ladder
    chair = officer_of(middle)
    matter = escalations.accept(
        escalation=raised_days_ago(make_escalation(bottom, middle)), by=chair
    )
    closed_since_yesterday(bottom, successor)

    asked = escalations.send_back(escalation=matter, question="Since when?", by=chair)
    assert asked.current_body == successor
    answered = escalations.answer_back(escalation=asked, answer="May", by=officer_of(successor))

    assert answered.current_body == middle
    assert Matter(answered).path == [successor, middle]


def test_the_asker_may_close_before_the_answer(ladder, successor):
    bottom, middle, _ = ladder
    chair = officer_of(middle)
    matter = escalations.accept(
        escalation=raised_days_ago(make_escalation(bottom, middle)), by=chair
    )
    matter = escalations.send_back(escalation=matter, question="Since when?", by=chair)
    closed_since_yesterday(middle, successor)

    answered = escalations.answer_back(escalation=matter, answer="May", by=officer_of(bottom))

    assert answered.current_body == successor
    assert Matter(answered).path == [bottom, successor]


def test_there_is_nobody_to_ask_once_two_neighbours_are_one(ladder):
    bottom, middle, _ = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    matter = escalations.accept(escalation=matter, by=officer_of(middle))
    closed_since_yesterday(bottom, middle)

    assert Matter(Escalation.objects.get(pk=matter.pk)).path == [middle]
    with pytest.raises(MoveNotAllowed, match="no one to ask"):
        escalations.send_back(escalation=matter, question="Who?", by=officer_of(middle))


def test_a_matter_on_its_way_to_a_closed_body_reaches_the_one_that_follows(ladder, successor):
    bottom, middle, top = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    matter = escalations.accept(escalation=matter, by=officer_of(middle))
    closed_since_yesterday(top, successor)

    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="On")

    assert matter.current_body == successor


def test_a_matter_is_not_passed_up_to_where_it_lies(ladder):
    bottom, middle, top = ladder
    matter = raised_days_ago(make_escalation(bottom, middle))
    matter = escalations.accept(escalation=matter, by=officer_of(middle))
    closed_since_yesterday(top, middle)

    with pytest.raises(MoveNotAllowed, match="lies before .* already"):
        escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="On")


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

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


@pytest.fixture
def given(administrator):
    return {"by": administrator, "reason": REASON}


def refusal(deed, **given):
    with pytest.raises(ValidationError) as caught:
        deed(**given)
    return " ".join(caught.value.messages)


def pks_of(structure):
    """What a structure is made of, whatever is planned for it."""
    rows = (structure.bodies, structure.lines, structure.seats, structure.partners)
    return [[row.pk for row in each] for each in rows]


def new(name, **fields):
    return lifecycle.NewBody(name=name, kind=make_kind(), **fields)


def test_only_governance_administrators_change_what_bodies_there_are(ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)
    partner, other = make_organisation(), make_organisation()
    deeds = [
        (lifecycle.open_body, {"body": new("A"), "from_day": DAY_AFTER}),
        (lifecycle.close, {"body": bottom, "last_day": LAST_DAY}),
        (lifecycle.merge, {"bodies": [bottom], "into": middle, "from_day": DAY_AFTER}),
        (
            lifecycle.split,
            {
                "body": bottom,
                "into": [new("A"), new("B")],
                "from_day": DAY_AFTER,
                "successor_of_open_matters": middle,
            },
        ),
        (lifecycle.move_line, {"line": line, "to_body": top, "from_day": DAY_AFTER}),
        (
            partners.change_partner,
            {"organisation": partner, "successor": other, "from_day": DAY_AFTER},
        ),
    ]

    for deed, asked in deeds:
        for by in (make_officer(middle), make_person(is_staff=True), make_engagement_team_member()):
            with pytest.raises(PermissionDenied):
                deed(**asked, by=by, reason=REASON)
        assert "Enter the reason" in refusal(
            deed, **asked, by=make_governance_administrator(), reason=" "
        )


def test_every_deed_is_a_plan_until_its_day(given, ladder):
    bottom, middle, top = ladder
    before = pks_of(structure_on(today()))

    opened = lifecycle.open_body(body=new("A New Group"), from_day=DAY_AFTER, **given)
    line = ReportingLine.objects.get(from_body=bottom)
    lifecycle.move_line(line=line, to_body=top, from_day=date(2027, 6, 1), **given)
    lifecycle.merge(bodies=[middle], into=top, from_day=date(2027, 9, 1), **given)

    assert pks_of(structure_on(today())) == before
    assert [each.to_body.pk for each in structure_on(LAST_DAY).lines_up(bottom)] == [middle.pk]
    assert structure_on(LAST_DAY).body(opened) is None
    assert structure_on(DAY_AFTER).body(opened).name == "A New Group"
    assert [each.to_body.pk for each in structure_on(date(2027, 6, 1)).lines_up(bottom)] == [top.pk]
    assert structure_on(date(2027, 8, 31)).body(middle)
    assert structure_on(date(2027, 9, 1)).holder_of(middle).pk == top.pk


def test_a_deed_leaves_who_and_why_with_everything_it_touches(given, ladder):
    bottom, middle, top = ladder
    seat = middle.seats.get()

    lifecycle.close(body=middle, last_day=LAST_DAY, successor=top, **given)

    taken = ReportingLine.objects.get(from_body=bottom, to_body=top)
    for row in (middle, seat, seat.memberships.get(), taken):
        latest = row.history.first()
        assert latest.history_user == given["by"]
        assert latest.history_change_reason == REASON


def test_a_new_body_has_an_address_of_its_own(given):
    make_body(slug="living-well")

    assert "/bodies/living-well/ is taken" in refusal(
        lifecycle.open_body, body=new("Living  Well"), from_day=DAY_AFTER, **given
    )
    assert "name" in refusal(lifecycle.open_body, body=new(" "), from_day=DAY_AFTER, **given)
    opened = lifecycle.open_body(
        body=new("Living Well", slug="living-better", mailbox="l@example.org"),
        from_day=DAY_AFTER,
        **given,
    )
    assert (opened.slug, opened.name, opened.mailbox) == (
        "living-better",
        "Living Well",
        "l@example.org",
    )


# --- Closing --------------------------------------------------------------------------------------


def test_the_successor_takes_over_the_lines_it_does_not_have(given):
    closed, follows, above, below, aligned = (make_body() for _ in range(5))
    make_officer(follows)
    make_escalation_line(closed, above)
    make_line(closed, above, Kind.REPORTS_TO)
    make_line(follows, above, Kind.REPORTS_TO)
    make_escalation_line(below, closed)
    make_line(closed, aligned, Kind.ALIGNED_WITH)
    make_line(aligned, follows, Kind.ALIGNED_WITH)
    make_line(closed, follows, Kind.SUPPORTS)

    lifecycle.close(body=closed, last_day=LAST_DAY, successor=follows, **given)

    lines = structure_on(DAY_AFTER).lines
    assert {(each.kind, each.from_body.pk, each.to_body.pk) for each in lines} == {
        (Kind.ESCALATES_TO, follows.pk, above.pk),
        (Kind.REPORTS_TO, follows.pk, above.pk),
        (Kind.ESCALATES_TO, below.pk, follows.pk),
        (Kind.ALIGNED_WITH, aligned.pk, follows.pk),
    }
    taken = ReportingLine.objects.get(from_body=below, to_body=follows)
    assert (taken.start_date, taken.evidence) == (DAY_AFTER, "assumed")
    assert REASON in taken.reasoning


def test_a_line_may_end_instead(given):
    closed, follows, above = (make_body() for _ in range(3))
    line = make_line(closed, above, Kind.REPORTS_TO)

    lifecycle.close(
        body=closed,
        last_day=LAST_DAY,
        successor=follows,
        choices={f"line-{line.pk}": "ends"},
        **given,
    )

    assert structure_on(DAY_AFTER).lines == ()


def test_what_is_chosen_is_one_of_the_ways_offered(given):
    closed, above = make_body(), make_body()
    line = make_line(closed, above, Kind.REPORTS_TO)

    says = refusal(
        lifecycle.close,
        body=closed,
        last_day=LAST_DAY,
        choices={f"line-{line.pk}": "goes"},
        **given,
    )

    assert "Choose one of the ways" in says


def test_a_ring_that_handing_over_would_close_is_refused(given):
    closed, follows, middle = (make_body() for _ in range(3))
    make_escalation_line(closed, middle)
    make_escalation_line(middle, follows)
    make_officer(follows)

    says = refusal(lifecycle.close, body=closed, last_day=LAST_DAY, successor=follows, **given)

    assert "ring" in says
    closed.refresh_from_db()
    assert closed.end_date is None


def test_a_body_below_is_not_left_without_a_way_up_for_no_reason(given):
    board = make_body("Board", kind=make_kind("board", order=0))
    group, below = (make_body(name, kind=make_kind("group", order=1)) for name in ("Top", "Low"))
    make_escalation_line(group, board)
    make_escalation_line(below, group)
    asked = {"body": group, "last_day": LAST_DAY, **given}

    says = refusal(lifecycle.close, **asked)
    assert "no “escalates to” line leads up from Low" in says
    assert "From 1 April 2027" in says

    lifecycle.close(**asked, left_because={"lines": "Low closes in May."})
    group.refresh_from_db()
    assert group.history.first().history_change_reason == f"{REASON} Low closes in May."


def test_seats_end_with_their_body_or_go_over_with_whoever_holds_them(given):
    closed, follows, empty = make_body(), make_body(), make_body()
    trust = make_organisation()
    chair, member = make_officer(closed), make_person()
    seat = make_seat(closed, on_behalf_of=trust, title="Nurse")
    Membership.objects.create(seat=seat, person=member, name_is_public=True)
    make_officer(follows)

    lifecycle.close(
        body=closed,
        last_day=LAST_DAY,
        successor=follows,
        choices={f"seat-{each.pk}": "goes" for each in closed.seats.all()},
        **given,
    )

    assert standing_of(member, LAST_DAY).sits_on == {closed.pk}
    assert follows.pk in standing_of(member, DAY_AFTER).sits_on
    assert follows.pk in standing_of(chair, DAY_AFTER).sits_on
    # There is a chair already: two would be a fault.
    assert follows.pk not in standing_of(chair, DAY_AFTER).officer_of
    taken = Membership.objects.get(person=member, seat__body=follows)
    assert (taken.seat.title, taken.seat.on_behalf_of) == ("Nurse", trust)
    assert taken.name_is_public

    other = make_body()
    make_officer(other)
    lifecycle.close(body=other, last_day=LAST_DAY, successor=follows, **given)
    assert not follows.seats.filter(start_date=DAY_AFTER, role="chair").exists()
    last = make_body()
    chair = make_officer(last)
    lifecycle.close(body=last, last_day=LAST_DAY, successor=empty, **given)
    assert empty.pk in standing_of(chair, DAY_AFTER).officer_of


def test_meetings_after_the_last_day_are_cancelled_or_held_by_the_successor(given):
    closed, follows = make_body("Old Group"), make_body("New Group")
    on_last_day, cancelled, moved = (
        meetings.plan(
            body=closed,
            starts_at=datetime(2027, month, day, 14, tzinfo=UTC),
            place="Mile End",
            is_public=True,
            **given,
        )
        for month, day in ((3, 31), (4, 1), (5, 1))
    )

    lifecycle.close(
        body=closed,
        last_day=LAST_DAY,
        successor=follows,
        choices={f"meeting-{moved.pk}": "goes"},
        **given,
    )

    for meeting in (on_last_day, cancelled, moved):
        meeting.refresh_from_db()
    assert [m.status for m in (on_last_day, cancelled, moved)] == [
        "planned",
        "cancelled",
        "cancelled",
    ]
    assert (cancelled.sequence, cancelled.note) == (1, "Old Group closes on 31 March 2027.")
    assert moved.note.endswith("New Group meets instead.")
    again = Meeting.objects.get(body=follows)
    assert (again.starts_at, again.place, again.is_public) == (moved.starts_at, "Mile End", True)


def test_a_body_does_not_close_before_a_meeting_that_it_held(given):
    body = make_body()
    meeting = meetings.plan(body=body, starts_at=datetime(2026, 11, 3, 14, tzinfo=UTC), **given)
    meetings.change(meeting=meeting, status="held", **given)

    says = refusal(lifecycle.close, body=body, last_day=date(2026, 11, 2), **given)

    assert "met on 3 November 2026" in says


def test_terms_of_reference_end_with_their_body_and_come_back_with_it(given):
    body = make_body()
    terms = TermsOfReference.objects.create(body=body, start_date=date(2026, 1, 1))
    cadence = Cadence.objects.create(body=body, rhythm="monthly")

    lifecycle.close(body=body, last_day=LAST_DAY, **given)
    for row in (terms, cadence):
        row.refresh_from_db()
        assert row.end_date == LAST_DAY
    structure.keep_open(body=body, **given)

    for row in (terms, cadence):
        row.refresh_from_db()
        assert row.end_date is None


def test_a_body_that_is_to_close_is_not_closed_again(given):
    body = make_body()
    lifecycle.close(body=body, last_day=LAST_DAY, **given)

    says = refusal(lifecycle.close, body=body, last_day=DAY_AFTER, **given)

    assert "closes on 31 March 2027 already" in says


# --- Merging and splitting ------------------------------------------------------------------------


def test_two_bodies_merge_into_one_of_them(given, ladder):
    bottom, middle, top = ladder
    other = make_body()
    make_escalation_line(other, middle)
    make_line(other, bottom, Kind.ALIGNED_WITH)

    lifecycle.merge(bodies=[bottom, other], into=bottom, from_day=DAY_AFTER, **given)

    on_day = structure_on(DAY_AFTER)
    assert on_day.body(other) is None and on_day.holder_of(other).pk == bottom.pk
    assert [line.to_body.pk for line in on_day.lines_up(bottom)] == [middle.pk]
    assert structure_on(LAST_DAY).body(other)


def test_two_bodies_merge_into_a_new_one_with_those_who_sat_on_them(given, ladder):
    bottom, middle, _ = ladder
    other = make_body()
    chairs = officer_of(bottom), make_officer(other)
    make_escalation_line(other, middle)
    make_line(other, bottom, Kind.ALIGNED_WITH)

    merged = lifecycle.merge(bodies=[bottom, other], into=new("South"), from_day=DAY_AFTER, **given)

    on_day = structure_on(DAY_AFTER)
    assert on_day.holder_of(other).pk == on_day.holder_of(bottom).pk == merged.pk
    assert [(line.kind, line.to_body.pk) for line in on_day.lines_up(merged)] == [
        (Kind.ESCALATES_TO, middle.pk)
    ]
    assert on_day.lines_down(merged) == ()
    assert merged.pk in standing_of(chairs[0], DAY_AFTER).officer_of
    assert merged.pk in standing_of(chairs[1], DAY_AFTER).sits_on
    assert merged.pk not in standing_of(chairs[1], DAY_AFTER).officer_of


def test_nothing_merges_into_itself(given, ladder):
    says = refusal(lifecycle.merge, bodies=[ladder[0]], into=ladder[0], from_day=DAY_AFTER, **given)

    assert "at least one body that closes" in says


def test_a_body_splits_and_one_of_the_new_ones_has_what_lay_before_it(given, ladder):
    bottom, middle, top = ladder
    matter = make_escalation(bottom, middle)
    kinds = new("Children"), new("Families")

    children, families = lifecycle.split(
        body=middle,
        into=list(kinds),
        from_day=DAY_AFTER,
        successor_of_open_matters=kinds[1],
        **given,
    )

    on_day = structure_on(DAY_AFTER)
    assert (children.name, families.name) == ("Children", "Families")
    assert on_day.holder_of(matter.current_body).pk == families.pk
    assert {line.to_body.pk for line in on_day.lines_up(bottom)} == {children.pk, families.pk}
    assert {line.from_body.pk for line in on_day.lines_down(top)} == {children.pk, families.pk}
    assert families.pk in standing_of(officer_of(middle), DAY_AFTER).officer_of
    assert children.pk not in standing_of(officer_of(middle), DAY_AFTER).sits_on


# --- Lines and partners ---------------------------------------------------------------------------


def test_a_moved_line_ends_the_day_before_the_new_one_begins(given, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)

    moved = lifecycle.move_line(line=line, to_body=top, from_day=DAY_AFTER, **given)

    line.refresh_from_db()
    assert (line.end_date, moved.start_date) == (LAST_DAY, DAY_AFTER)
    assert (moved.kind, moved.to_body, moved.evidence) == (line.kind, top, "assumed")


def test_a_line_is_moved_only_while_it_holds_and_to_another_body(given, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)
    ReportingLine.objects.filter(pk=line.pk).update(start_date=DAY_AFTER)
    asked = {"line": line, **given}

    assert "does not hold on 31 March 2027" in refusal(
        lifecycle.move_line, to_body=top, from_day=DAY_AFTER, **asked
    )
    assert "already" in refusal(
        lifecycle.move_line, to_body=middle, from_day=date(2027, 5, 1), **asked
    )
    assert "ring" in refusal(
        lifecycle.move_line,
        to_body=bottom,
        from_day=date(2027, 5, 1),
        line=ReportingLine.objects.get(from_body=middle),
        **given,
    )


def test_a_partner_is_followed_by_another_organisation(given):
    """As NHS North East London CCG took the place of Tower Hamlets CCG on 1 April 2021."""
    old = make_organisation("Tower Hamlets CCG")
    new_one = make_organisation("NHS North East London CCG", partner=False)
    board = make_body("Board")
    chair, nurse, vacant = (
        make_seat(board, role, on_behalf_of=old) for role in ("chair", "member", "member")
    )
    person, leaver = make_person(), make_person()
    Membership.objects.create(seat=chair, person=person)
    Membership.objects.create(seat=nurse, person=leaver)

    partners.change_partner(
        organisation=old,
        successor=new_one,
        from_day=DAY_AFTER,
        organisation_ends=True,
        choices={f"seat-{nurse.pk}": "vacant", f"seat-{vacant.pk}": "ends"},
        **given,
    )

    before, after = structure_on(LAST_DAY), structure_on(DAY_AFTER)
    assert [each.pk for each in before.partners] == [old.pk]
    assert [each.pk for each in after.partners] == [new_one.pk]
    assert after.organisation(old) is None
    assert len(before.seats_of(old)) == 3
    assert [(seat.role, seat.is_vacant) for seat in after.seats_of(new_one)] == [
        ("chair", False),
        ("member", True),
    ]
    assert board.pk in standing_of(person, DAY_AFTER).officer_of
    assert not standing_of(leaver, DAY_AFTER).sits_on
    old.refresh_from_db()
    assert (old.successor, old.end_date) == (new_one, LAST_DAY)


def test_a_successor_that_is_a_partner_already_stays_one(given):
    old, there = make_organisation(), make_organisation()

    partners.change_partner(organisation=old, successor=there, from_day=DAY_AFTER, **given)

    assert [each.pk for each in structure_on(DAY_AFTER).partners] == [there.pk]
    assert structure_on(DAY_AFTER).organisation(old)


def test_only_a_partner_is_followed_and_by_one_that_is_there(given):
    old, late = make_organisation(), make_organisation(start_date=date(2027, 5, 1), partner=False)
    never = make_organisation(partner=False)
    asked = {"from_day": DAY_AFTER, **given}

    assert "does not exist on 1 April 2027" in refusal(
        partners.change_partner, organisation=old, successor=late, **asked
    )
    assert "not a partner on 1 April 2027" in refusal(
        partners.change_partner, organisation=never, successor=old, **asked
    )
    assert "its own successor" in refusal(
        partners.change_partner, organisation=old, successor=old, **asked
    )


def test_a_body_is_not_left_without_an_officer_by_a_change_of_partner(given, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle)
    old, follows = make_organisation(), make_organisation()
    Seat.objects.filter(body=middle).update(on_behalf_of=old)
    seat = middle.seats.get()

    says = refusal(
        partners.change_partner,
        organisation=old,
        successor=follows,
        from_day=DAY_AFTER,
        choices={f"seat-{seat.pk}": "vacant"},
        **given,
    )

    assert "1 open matter before" in says
    assert "neither an officer nor a mailbox" in says
