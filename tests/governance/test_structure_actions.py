"""What may be done to the structure, from which day, and what is refused in a sentence."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from governance.actions import structure
from governance.models import (
    Body,
    BodyName,
    Membership,
    ReportingLine,
    Seat,
    StructureRecord,
    TermsOfReference,
)
from governance.structure import structure_on
from tests.factories import (
    REASON,
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_governance_administrator,
    make_line,
    make_member,
    make_officer,
    make_person,
    make_seat,
)
from tests.reading import refused

pytestmark = pytest.mark.django_db

Kind = ReportingLine.Kind

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


# --- Who may, and what every deed leaves behind ---------------------------------------------------


def test_only_governance_administrators_change_the_structure():
    body, other = make_body(), make_body()
    seat = make_seat(body)
    line = make_line(body, other)

    deeds = [
        (structure.rename, {"body": body, "name": "New", "from_day": DAY_AFTER}),
        (structure.close, {"body": body, "last_day": LAST_DAY}),
        (structure.keep_open, {"body": body}),
        (structure.draw_line, {"from_body": other, "kind": Kind.SUPPORTS, "to_body": body}),
        (structure.end_line, {"line": line, "last_day": LAST_DAY}),
        (structure.appoint, {"seat": seat, "person": make_person(), "from_day": LAST_DAY}),
    ]

    for by in (make_person(is_staff=True), make_officer(body), make_engagement_team_member()):
        for deed, given in deeds:
            with pytest.raises(PermissionDenied):
                deed(**given, by=by, reason=REASON)


def test_every_deed_says_who_and_why_and_gives_the_structure_a_new_version(administrator, given):
    body, other = make_body("Living Well"), make_body("Board")
    seat = make_seat(body)
    version = StructureRecord.objects.get().version

    def written(row):
        nonlocal version
        latest = row.history.first()
        assert (latest.history_user, latest.history_change_reason) == (administrator, REASON)
        assert StructureRecord.objects.get().version != version
        version = StructureRecord.objects.get().version

    structure.rename(body=body, name="Living Better", from_day=LAST_DAY, **given)
    written(BodyName.objects.get(name="Living Well"))
    assert BodyName.objects.get(name="Living Better").history.first().history_user == administrator
    line = structure.draw_line(from_body=body, kind=Kind.REPORTS_TO, to_body=other, **given)
    written(line)
    written(structure.end_line(line=line, last_day=LAST_DAY, **given))
    membership = structure.appoint(
        seat=seat, person=make_person(), from_day=date(2027, 1, 1), **given
    )
    written(membership)
    written(structure.close(body=body, last_day=LAST_DAY, **given))
    seat.refresh_from_db()
    assert seat.history.first().history_change_reason == REASON
    written(structure.keep_open(body=body, **given))


# --- Renaming -------------------------------------------------------------------------------------


def test_a_new_name_holds_from_its_day_and_the_old_one_until_the_day_before(given):
    body = make_body("Born Well Growing Well")

    structure.rename(
        body=body,
        name=" Children and  Families Executive ",
        short_name="Children and Families",
        from_day=DAY_AFTER,
        **given,
    )

    assert structure_on(LAST_DAY).body(body).name == "Born Well Growing Well"
    assert structure_on(DAY_AFTER).body(body).name == "Children and Families Executive"
    assert structure_on(DAY_AFTER).body(body).short_name == "Children and Families"
    assert structure_on(DAY_AFTER).body(body).slug == body.slug


def test_a_name_begins_after_the_one_before_it(given):
    body = make_body("First")
    structure.rename(body=body, name="Second", from_day=DAY_AFTER, **given)

    for day in (LAST_DAY, DAY_AFTER):
        says, fields = refused(
            structure.rename,
            body=body,
            name="Third",
            from_day=day,
            **given,
        )
        assert "It is called “Second” from 1 April 2027" in says
        assert fields == {"start_date"}


@pytest.mark.parametrize("name", ["", "   "])
def test_a_body_is_not_left_without_a_name(given, name):
    says, fields = refused(
        structure.rename,
        body=make_body(),
        name=name,
        from_day=DAY_AFTER,
        **given,
    )

    assert (says, fields) == ("Enter the new name.", {"name"})


def test_a_body_is_renamed_only_while_it_exists(given):
    body = make_body("Living Well", end_date=LAST_DAY)

    says, _ = refused(
        structure.rename,
        body=body,
        name="Living Better",
        from_day=DAY_AFTER,
        **given,
    )

    assert says == "Living Well does not exist on 1 April 2027."


# --- Closing --------------------------------------------------------------------------------------


def test_a_body_closed_for_a_coming_day_is_there_until_that_day(given):
    body, board, successor = make_body(), make_body(), make_body()
    make_escalation_line(body, board)

    structure.close(body=body, last_day=LAST_DAY, successor=successor, **given)

    assert structure_on(LAST_DAY).bodies_above(body) == (structure_on(LAST_DAY).body(board),)
    assert structure_on(DAY_AFTER).body(body) is None
    assert Body.objects.get(pk=body.pk).successor == successor


def test_what_belongs_to_a_body_ends_with_it(given):
    body, board = make_body(), make_body()
    up, down = make_line(body, board), make_line(board, body, Kind.SUPPORTS)
    ended = make_line(body, board, Kind.SUPPORTS, end_date=date(2026, 1, 31))
    longer = make_line(body, board, Kind.ESCALATES_TO, end_date=date(2028, 1, 31))
    elsewhere = make_line(make_body(), board)
    make_member(body)

    structure.close(body=body, last_day=LAST_DAY, **given)

    def last_day(row):
        row.refresh_from_db()
        return row.end_date

    assert last_day(up) == last_day(down) == last_day(longer) == LAST_DAY
    assert last_day(ended) == date(2026, 1, 31)
    assert last_day(elsewhere) is None
    assert Seat.objects.get().end_date == Membership.objects.get().end_date == LAST_DAY


def test_a_closing_may_be_moved_and_taken_back_and_what_ended_with_it_follows(administrator):
    body, board = make_body(), make_body()
    line = make_line(body, board)
    make_member(body)
    given = {"body": body, "by": administrator, "reason": REASON}
    structure.close(last_day=LAST_DAY, **given)

    structure.close(last_day=date(2027, 6, 30), **given)

    assert ReportingLine.objects.get().end_date == date(2027, 6, 30)
    assert Membership.objects.get().end_date == date(2027, 6, 30)

    structure.keep_open(**given)

    line.refresh_from_db()
    body.refresh_from_db()
    assert line.end_date is None
    assert body.end_date is None
    assert Seat.objects.get().end_date is None


@pytest.mark.parametrize("own_last_day", [LAST_DAY, date(2027, 9, 30), date(2028, 3, 31), None])
def test_a_seat_keeps_its_own_last_day_when_a_closing_is_moved_or_taken_back(given, own_last_day):
    body = make_body()
    seat = make_seat(body, end_date=own_last_day)
    held = Membership.objects.create(seat=seat, person=make_person(), end_date=own_last_day)
    terms = TermsOfReference.objects.create(body=body, end_date=own_last_day)
    rows = (seat, held, terms)

    def ends():
        for row in rows:
            row.refresh_from_db()
        return {row.end_date for row in rows}

    for closes_on in (LAST_DAY, date(2027, 12, 31), LAST_DAY):
        structure.close(body=body, last_day=closes_on, **given)
        assert ends() == {min(closes_on, own_last_day or closes_on)}
    structure.keep_open(body=body, **given)

    assert ends() == {own_last_day}
    assert seat.history.count() <= 5


def test_what_is_recorded_once_a_closing_is_planned_lasts_as_long_as_the_body(given):
    body = make_body()
    fixed, by_itself = make_seat(body, end_date=date(2027, 9, 30)), make_seat(body)
    structure.close(body=body, last_day=LAST_DAY, **given)
    late = make_seat(body, end_date=LAST_DAY)
    for seat in (fixed, by_itself, late):
        structure.appoint(
            seat=Seat.objects.get(pk=seat.pk),
            person=make_person(),
            from_day=date(2027, 1, 1),
            **given,
        )

    structure.keep_open(body=body, **given)

    ends = {seat.pk: (seat.end_date, seat.memberships.get().end_date) for seat in body.seats.all()}
    assert ends == {
        fixed.pk: (date(2027, 9, 30),) * 2,
        by_itself.pk: (None, None),
        late.pk: (None, None),
    }


def test_a_line_between_two_that_were_to_close_on_one_day_is_there_when_both_stay(given):
    body, board = make_body(), make_body()
    line = make_line(body, board)
    fixed = make_line(body, board, Kind.SUPPORTS, end_date=LAST_DAY)
    for each in (body, board):
        structure.close(body=each, last_day=LAST_DAY, **given)

    structure.keep_open(body=body, **given)
    line.refresh_from_db()
    assert line.end_date == LAST_DAY
    structure.keep_open(body=board, **given)

    line.refresh_from_db()
    fixed.refresh_from_db()
    assert (line.end_date, fixed.end_date) == (None, LAST_DAY)


def test_a_line_does_not_outlast_its_other_end_when_a_closing_is_taken_back(given):
    body, board = make_body(), make_body()
    line = make_line(body, board)
    structure.close(body=body, last_day=LAST_DAY, **given)
    structure.close(body=board, last_day=date(2027, 12, 31), **given)

    structure.keep_open(body=body, **given)

    line.refresh_from_db()
    assert line.end_date == date(2027, 12, 31)


def test_a_body_does_not_close_before_it_begins(given):
    body = make_body(start_date=DAY_AFTER)

    says, fields = refused(structure.close, body=body, last_day=LAST_DAY, **given)

    assert "begins on 1 April 2027: it cannot close before" in says
    assert fields == {"end_date"}


def test_a_body_does_not_close_before_a_name_that_it_is_yet_to_get(given):
    body = make_body("Living Well")
    structure.rename(body=body, name="Healthy Adults", from_day=date(2027, 6, 1), **given)

    says, fields = refused(structure.close, body=body, last_day=date(2027, 5, 31), **given)

    assert "“Healthy Adults” begins on 1 June 2027, after that day." in says
    assert fields == {"end_date"}
    assert structure.close(body=body, last_day=date(2027, 6, 1), **given).end_date


def test_a_body_does_not_close_under_a_line_that_is_yet_to_begin(given):
    body, board = make_body("Living Well"), make_body("Board")
    make_line(body, board, start_date=DAY_AFTER)

    says, fields = refused(structure.close, body=body, last_day=LAST_DAY, **given)

    assert "“Living Well reports to Board” begins on 1 April 2027, after that day." in says
    assert fields == {"end_date"}
    assert Body.objects.get(pk=body.pk).end_date is None


def test_a_successor_is_another_body_that_is_there_the_day_after(given):
    body, ended = make_body("Living Well"), make_body("Old group", end_date=LAST_DAY)

    for successor, expected in (
        (body, "A body cannot be its own successor."),
        (ended, "Old group does not exist on 1 April 2027, the day after."),
    ):
        says, fields = refused(
            structure.close,
            body=body,
            last_day=LAST_DAY,
            successor=successor,
            **given,
        )
        assert expected in says
        assert fields == {"successor"}


# --- Lines ----------------------------------------------------------------------------------------


def test_a_line_for_a_coming_day_takes_effect_on_it(given):
    committee, board = make_body(), make_body()

    structure.draw_line(
        from_body=committee,
        kind=Kind.ESCALATES_TO,
        to_body=board,
        start_date=DAY_AFTER,
        **given,
    )

    assert not structure_on(LAST_DAY).bodies_above(committee)
    assert structure_on(DAY_AFTER).bodies_above(committee)


def test_a_line_that_is_ended_holds_up_to_and_including_its_last_day(given):
    committee, board = make_body(), make_body()
    line = make_escalation_line(committee, board)

    structure.end_line(line=line, last_day=LAST_DAY, **given)

    assert structure_on(LAST_DAY).bodies_above(committee)
    assert not structure_on(DAY_AFTER).bodies_above(committee)


def test_a_line_joins_two_bodies(given):
    body = make_body()

    says, fields = refused(
        structure.draw_line,
        from_body=body,
        kind=Kind.SUPPORTS,
        to_body=body,
        **given,
    )

    assert (says, fields) == ("A line joins two different bodies.", {"to_body"})


def test_a_line_does_not_end_before_it_begins(given):
    line = make_line(make_body(), make_body(), start_date=DAY_AFTER)

    says, fields = refused(structure.end_line, line=line, last_day=LAST_DAY, **given)
    assert says == "It begins on 1 April 2027: it cannot end before."
    assert fields == {"end_date"}

    says, _ = refused(
        structure.draw_line,
        from_body=make_body(),
        kind=Kind.SUPPORTS,
        to_body=make_body(),
        start_date=DAY_AFTER,
        end_date=LAST_DAY,
        **given,
    )
    assert says == "The last day is before the first day."


@pytest.mark.parametrize("kind", [Kind.REPORTS_TO, Kind.ESCALATES_TO])
def test_a_line_that_closes_a_ring_is_refused_with_the_ring(given, kind):
    group, board, council = make_body("Group"), make_body("Board"), make_body("Council")
    make_line(group, board, kind)
    make_line(board, council, kind)

    says, _ = refused(
        structure.draw_line,
        from_body=council,
        kind=kind,
        to_body=group,
        **given,
    )

    verb = kind.label.lower()
    assert says == (
        f"This would close a ring: Council {verb} Group, Group {verb} Board, Board {verb} Council."
    )
    assert not ReportingLine.objects.filter(from_body=council).exists()


def test_lines_that_never_hold_on_the_same_day_close_no_ring(given):
    group, board, council = make_body(), make_body(), make_body()
    make_line(group, board, end_date=LAST_DAY)
    make_line(board, council)

    structure.draw_line(
        from_body=council,
        kind=Kind.REPORTS_TO,
        to_body=group,
        start_date=DAY_AFTER,
        **given,
    )

    assert not structure_on(LAST_DAY).rings(Kind.REPORTS_TO)
    assert not structure_on(DAY_AFTER).rings(Kind.REPORTS_TO)


def test_a_ring_on_one_single_day_is_refused_with_that_day(given):
    group, board = make_body("Group"), make_body("Board")
    make_line(group, board, end_date=LAST_DAY)

    says, _ = refused(
        structure.draw_line,
        from_body=board,
        kind=Kind.REPORTS_TO,
        to_body=group,
        start_date=LAST_DAY,
        **given,
    )

    assert "This would close a ring on 31 March 2027" in says


def test_a_ring_through_a_body_that_is_closed_by_then_is_none(given):
    group, board, council = make_body(), make_body(end_date=LAST_DAY), make_body()
    ReportingLine.objects.create(from_body=group, to_body=board, kind=Kind.REPORTS_TO)
    ReportingLine.objects.create(from_body=board, to_body=council, kind=Kind.REPORTS_TO)

    structure.draw_line(
        from_body=council,
        kind=Kind.REPORTS_TO,
        to_body=group,
        start_date=DAY_AFTER,
        **given,
    )


@pytest.mark.parametrize("kind", [Kind.ALIGNED_WITH, Kind.SUPPORTS])
def test_bodies_may_support_one_another_in_turn(given, kind):
    one, two, three = make_body(), make_body(), make_body()
    make_line(one, two, kind)
    make_line(two, three, kind)

    structure.draw_line(from_body=three, kind=kind, to_body=one, **given)


def test_the_same_line_is_not_recorded_twice_for_a_day(administrator):
    group, board = make_body("Group"), make_body("Board")
    make_line(group, board, end_date=LAST_DAY)
    given = {
        "from_body": group,
        "kind": Kind.REPORTS_TO,
        "to_body": board,
        "by": administrator,
        "reason": REASON,
    }

    says, _ = refused(structure.draw_line, start_date=LAST_DAY, **given)

    assert "“Group reports to Board” is recorded already, from before our record" in says
    structure.draw_line(start_date=DAY_AFTER, **given)
    structure.draw_line(respect="NHS resources", **given)


def test_aligned_one_way_is_aligned_the_other_way_too(given):
    one, two = make_body("One"), make_body("Two")
    make_line(one, two, Kind.ALIGNED_WITH)

    says, _ = refused(
        structure.draw_line,
        from_body=two,
        kind=Kind.ALIGNED_WITH,
        to_body=one,
        **given,
    )

    assert "“One is aligned with Two” is recorded already" in says


@pytest.mark.parametrize("end_date", [None, DAY_AFTER])
def test_a_line_does_not_outlast_a_body_at_its_end(administrator, end_date):
    closing, board = make_body("Living Well", end_date=LAST_DAY), make_body()
    given = {"kind": Kind.SUPPORTS, "by": administrator, "reason": REASON}

    for ends in (
        {"from_body": closing, "to_body": board},
        {"from_body": board, "to_body": closing},
    ):
        says, fields = refused(structure.draw_line, end_date=end_date, **ends, **given)
        assert "Living Well closes on 31 March 2027" in says
        assert fields == {"end_date"}
        structure.draw_line(end_date=LAST_DAY, **ends, **given)


def test_a_line_does_not_begin_before_a_body_at_its_end(given):
    coming, board = make_body("New group", start_date=DAY_AFTER), make_body()

    says, fields = refused(
        structure.draw_line,
        from_body=coming,
        kind=Kind.REPORTS_TO,
        to_body=board,
        start_date=LAST_DAY,
        **given,
    )

    assert "New group begins on 1 April 2027" in says
    assert fields == {"start_date"}


# --- Seats ----------------------------------------------------------------------------------------


def test_an_appointment_fills_the_seat_from_its_day_to_its_last(given):
    body = make_body()
    seat = make_seat(body, Seat.Role.CHAIR)

    structure.appoint(
        seat=seat, person=make_person(), from_day=LAST_DAY, last_day=DAY_AFTER, **given
    )

    def vacant(day):
        return structure_on(day).seats_on(body)[0].is_vacant

    days = [LAST_DAY - timedelta(days=1), LAST_DAY, DAY_AFTER, DAY_AFTER + timedelta(days=1)]
    assert [vacant(day) for day in days] == [True, False, False, True]


def test_a_seat_is_not_held_by_two_at_once(administrator):
    seat = make_seat(make_body(), Seat.Role.CHAIR)
    given = {"seat": seat, "by": administrator, "reason": REASON}
    first = make_person(first_name="Ada", last_name="Ali")
    structure.appoint(person=first, from_day=date(2026, 1, 1), last_day=LAST_DAY, **given)

    says, _ = refused(structure.appoint, person=make_person(), from_day=LAST_DAY, **given)

    assert "The seat “Chair” would be held by two at once: by Ada Ali from 1 January 2026" in says
    structure.appoint(person=make_person(), from_day=DAY_AFTER, **given)


def test_who_is_appointed_to_a_seat_that_ends_leaves_with_it(given):
    seat = make_seat(make_body(), end_date=LAST_DAY)

    membership = structure.appoint(
        seat=seat,
        person=make_person(),
        from_day=date(2027, 1, 1),
        **given,
    )

    assert membership.end_date == LAST_DAY


def test_nobody_is_appointed_to_a_seat_that_is_gone(given):
    seat = make_seat(make_body(), end_date=LAST_DAY)

    says, _ = refused(
        structure.appoint,
        seat=seat,
        person=make_person(),
        from_day=DAY_AFTER,
        **given,
    )

    assert says == "The seat “Member” does not exist on 1 April 2027."


# --- Two at once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_lines_drawn_at_once_that_would_close_a_ring_one_is_refused():
    one, two = make_body(), make_body()
    administrator = make_governance_administrator()
    start, outcomes = Barrier(2), []

    def draw(from_body, to_body):
        try:
            start.wait()
            structure.draw_line(
                from_body=from_body,
                kind=Kind.REPORTS_TO,
                to_body=to_body,
                by=administrator,
                reason=REASON,
            )
            outcomes.append("drawn")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=draw, args=ends) for ends in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["drawn", "refused"]
    assert ReportingLine.objects.count() == 1
