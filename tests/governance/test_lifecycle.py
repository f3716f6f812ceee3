"""Bodies open, close, merge or split and lines move: what becomes of all that rests on them."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from governance.actions import lifecycle, meetings, partners, structure
from governance.models import Cadence, Meeting, Membership, ReportingLine, TermsOfReference
from governance.permissions import standing_of
from governance.structure import structure_on
from tests.factories import (
    REASON,
    make_body,
    make_engagement_team_member,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_line,
    make_officer,
    make_organisation,
    make_person,
    make_seat,
    officer_of,
    today,
)
from tests.reading import refusal

pytestmark = pytest.mark.django_db

Kind = ReportingLine.Kind

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


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
    alone = make_body()
    before = pks_of(structure_on(today()))

    opened = lifecycle.merge(bodies=[alone], into=new("A New Group"), from_day=DAY_AFTER, **given)
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

    given |= {"bodies": [make_body()], "from_day": DAY_AFTER}

    assert "/bodies/living-well/ is taken" in refusal(
        lifecycle.merge, into=new("Living  Well"), **given
    )
    assert "name" in refusal(lifecycle.merge, into=new(" "), **given)
    opened = lifecycle.merge(
        into=new("Living Well", slug="living-better", mailbox="l@example.org"), **given
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


# --- Lines ----------------------------------------------------------------------------------------


def test_a_moved_line_ends_the_day_before_the_new_one_begins(given, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)

    moved = lifecycle.move_line(line=line, to_body=top, from_day=DAY_AFTER, **given)

    line.refresh_from_db()
    assert (line.end_date, moved.start_date) == (LAST_DAY, DAY_AFTER)
    assert (moved.kind, moved.to_body, moved.evidence) == (line.kind, top, "assumed")


def test_a_line_that_moves_on_a_day_already_is_not_moved_once_more_for_it(given, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)
    other = make_body("Other Group")
    moved = lifecycle.move_line(line=line, to_body=top, from_day=DAY_AFTER, **given)
    asked = {"to_body": other, "from_day": DAY_AFTER, **given}

    assert refusal(lifecycle.move_line, line=line, **asked) == (
        f"“{line}” ends on 31 March 2027 already, and “{moved}” begins on the day that you chose. "
        "If that is not right, correct that line; or choose an earlier day."
    )
    assert "it begins on 1 April 2027. Choose a later day, or change in the line itself" in refusal(
        lifecycle.move_line, line=moved, **asked
    )
    moved.delete()
    assert refusal(lifecycle.move_line, line=line, **asked) == (
        f"“{line}” ends on 31 March 2027 already. Choose an earlier day, or change the last day of "
        "the line first."
    )
    assert "it ended on 31 March 2027. Choose an earlier day" in refusal(
        lifecycle.move_line, line=line, **{**asked, "from_day": date(2027, 4, 2)}
    )
    earlier = lifecycle.move_line(line=line, **{**asked, "from_day": LAST_DAY})
    assert (earlier.start_date, earlier.end_date) == (LAST_DAY, LAST_DAY)


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
