"""What waits for the daily mail belongs to a post: whoever has it in the morning is told."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from governance import digests
from governance.actions import asides, decisions, escalations, exceptions
from governance.actions.staff_settings import settle
from governance.actions.structure import structure_edited
from governance.models import (
    ActionPoint,
    Body,
    DigestLine,
    Membership,
    OutboxMessage,
    Seat,
    StaffSettings,
    User,
)
from governance.permissions import GOVERNANCE_ADMINISTRATORS
from governance.structure import structure_today
from tests.factories import (
    make_body,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_ladder,
    make_member,
    make_officer,
    make_person,
    officer_of,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

AT_ONCE, DAILY = StaffSettings.Mail.AT_ONCE, StaffSettings.Mail.DAILY
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
SECRETARY = Seat.Role.SECRETARY


@pytest.fixture
def at(at, monkeypatch):
    """As everywhere, and no two moments are the same: by theirs deeds are told apart."""

    def set_clock(day, hour):
        at(day, hour)
        hour, moments = timezone.now(), count()
        monkeypatch.setattr(
            "django.utils.timezone.now", lambda: hour + timedelta(microseconds=next(moments))
        )

    set_clock(MONDAY, 12)
    return set_clock


@pytest.fixture
def ladder(at):
    """Two bodies on a Monday; the officer of the upper one wants one mail a day."""
    bottom, middle = make_ladder(2)
    daily(officer_of(middle))
    return bottom, middle


@pytest.fixture
def chair(ladder):
    return officer_of(ladder[1])


def daily(person, absent_until=None):
    settle(by=person, mail=DAILY, absent_until=absent_until)
    return person


def leave(person, body):
    """Their seats on it are theirs until the end of Monday."""
    Membership.objects.filter(person=person, seat__body=body).update(end_date=MONDAY)


def follow(body, *, person=None, role=Seat.Role.CHAIR):
    return make_member(body, role, person=person, start_date=TUESDAY)


def in_the_morning(at):
    """The daily mails of Tuesday, by who gets them: the lines of each, without their references."""
    at(TUESDAY, 9)
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    digests.write_due()
    assert not DigestLine.objects.exists()
    mails = OutboxMessage.objects.exclude(pk__in=before).order_by("to", "pk")
    addresses = [mail.to for mail in mails]
    assert len(addresses) == len(set(addresses)), "one mail to each"
    return {mail.to: said(mail.text) for mail in mails}


def said(text):
    lines = [line[2:] for line in text.splitlines() if line.startswith("- ")]
    return [line.split(maxsplit=1)[1] if line.startswith("E-") else line for line in lines]


# --- Bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mail", [AT_ONCE, DAILY])
def test_who_follows_on_a_seat_is_told_in_a_daily_mail_in_place_of_who_left(
    at, ladder, chair, mail
):
    bottom, middle = ladder
    for _ in range(2):
        make_escalation(bottom, middle)
    leave(chair, middle)
    new = follow(middle)
    settle(by=new, mail=mail, absent_until=None)

    raised = f"has been raised to {middle}"
    assert in_the_morning(at) == {new.email: [raised, raised]}

    text = OutboxMessage.objects.get(to=new.email).text
    assert ("since the last daily mail" in text) == (mail == DAILY)
    assert ("To have a mail for each at once" in text) == (mail == DAILY)
    assert ("that you have had no mail of yet" in text) == (mail == AT_ONCE)


def test_what_waits_for_who_goes_away_is_for_the_deputy_too(at, ladder, chair):
    bottom, middle = ladder
    deputy = make_member(middle, Seat.Role.DEPUTY_CHAIR)
    make_escalation(bottom, middle)
    daily(chair, absent_until=TUESDAY)

    raised = [f"has been raised to {middle}"]
    assert in_the_morning(at) == {deputy.email: raised, chair.email: raised}


def test_who_goes_away_is_told_where_all_others_know(at, ladder, chair):
    bottom, middle = ladder
    make_member(middle, SECRETARY)
    make_escalation(bottom, middle)
    daily(chair, absent_until=TUESDAY)

    assert in_the_morning(at) == {chair.email: [f"has been raised to {middle}"]}


def test_what_is_handed_on_by_two_workers_while_somebody_is_away_is_told_once(at, ladder, chair):
    bottom, middle = ladder
    deputy = daily(make_member(middle, Seat.Role.DEPUTY_CHAIR))
    make_escalation(bottom, middle)
    daily(chair, absent_until=TUESDAY)
    at(TUESDAY, 9)

    for _ in range(2):
        digests.hand_on(DigestLine.objects.all(), timezone.localtime())

    lines = DigestLine.objects.filter(person=deputy, body=middle).order_by("pk")
    away, raised = lines.values_list("line", flat=True)
    assert "is away until" in away and "has been raised to" in raised


def test_a_mailbox_at_somebodys_own_address_is_told_once(at, ladder, chair):
    bottom, middle = ladder
    Body.objects.filter(pk=bottom.pk).update(mailbox=chair.email)
    make_member(bottom, SECRETARY, person=chair)
    structure_edited()
    by = make_officer(middle)

    escalations.accept(escalation=make_escalation(bottom, middle, by=make_officer(bottom)), by=by)

    mails = OutboxMessage.objects.filter(to=chair.email, subject__contains="accepted")
    told = [line for line in in_the_morning(at).get(chair.email, []) if "accepted" in line]
    assert mails.count() + len(told) == 1


def test_who_was_away_is_told_of_what_waits_when_they_are_back(at, ladder, chair):
    bottom, middle = ladder
    deputy = daily(make_member(middle, Seat.Role.DEPUTY_CHAIR))
    daily(chair, absent_until=MONDAY)
    make_escalation(bottom, middle)
    assert DigestLine.objects.filter(person=deputy, line__contains="raised").exists()

    told = in_the_morning(at)

    raised = f"has been raised to {middle}"
    assert told[chair.email] == [raised]
    assert [line == raised for line in told[deputy.email]] == [False, True]
    assert "is away until" in told[deputy.email][0]


def test_a_deputy_who_follows_another_is_told_until_when_the_chair_is_away(at, ladder, chair):
    _, middle = ladder
    before = daily(make_member(middle, Seat.Role.DEPUTY_CHAIR))
    daily(chair, absent_until=date(2026, 11, 6))
    leave(before, middle)
    new = follow(middle, role=Seat.Role.DEPUTY_CHAIR)

    assert in_the_morning(at) == {
        new.email: [f"The chair of {middle} is away until 6 November 2026"]
    }


def test_a_chair_who_is_back_is_not_told_that_they_are_away(at, ladder, chair):
    _, middle = ladder
    deputy = daily(make_member(middle, Seat.Role.DEPUTY_CHAIR))
    daily(chair, absent_until=date(2026, 11, 6))
    daily(chair)

    assert list(in_the_morning(at)) == [deputy.email]


@pytest.mark.parametrize("comes_back", [True, False])
def test_that_a_chair_is_away_is_told_to_deputies_alone(at, ladder, chair, comes_back):
    _, middle = ladder
    make_member(middle, Seat.Role.SECRETARY), daily(make_member(middle, Seat.Role.SECRETARY))
    Body.objects.filter(pk=middle.pk).update(mailbox="middle@example.org")
    deputy = daily(make_member(middle, Seat.Role.DEPUTY_CHAIR))
    daily(chair, absent_until=date(2026, 11, 6))
    if comes_back:
        daily(chair)
        still = [deputy.email]
    else:
        leave(deputy, middle)
        still = []

    assert list(in_the_morning(at)) == still


def test_who_has_another_seat_of_the_body_by_then_keeps_what_waits(at, ladder, chair):
    bottom, middle = ladder
    make_escalation(bottom, middle)
    leave(chair, middle)
    follow(middle, person=chair, role=SECRETARY)

    assert in_the_morning(at) == {chair.email: [f"has been raised to {middle}"]}


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_whoever_cannot_be_told_any_more_leaves_it_to_the_others(at, ladder, chair, change):
    bottom, middle = ladder
    make_escalation(bottom, middle)
    User.objects.filter(pk=chair.pk).update(**change)
    new = follow(middle, role=SECRETARY)

    assert in_the_morning(at) == {new.email: [f"has been raised to {middle}"]}


def test_whoever_had_a_mail_of_it_at_once_is_not_told_again(at, ladder, chair):
    bottom, middle = ladder
    make_member(middle, SECRETARY)
    Body.objects.filter(pk=middle.pk).update(mailbox="middle@example.org")
    middle.refresh_from_db()
    structure_edited()
    make_escalation(bottom, middle)
    leave(chair, middle)

    assert OutboxMessage.objects.filter(to="middle@example.org").exists()
    assert in_the_morning(at) == {}


def test_whoever_did_it_and_then_takes_over_is_not_told_of_it(at, ladder, chair):
    bottom, middle = ladder
    by = officer_of(bottom)
    matter = make_escalation(bottom, middle, by=by)
    asides.comment(escalation=matter, by=by, text="It has become worse")
    leave(chair, middle)
    follow(middle, person=by)

    assert DigestLine.objects.filter(person=chair).count() == 2
    assert in_the_morning(at) == {}


def test_whoever_gave_an_action_and_then_takes_over_is_not_told_of_it(at, ladder):
    bottom, middle = ladder
    below, by = daily(officer_of(bottom)), make_officer(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    matter = escalations.resolve(escalation=matter, outcome="A lift is built", by=by)
    DigestLine.objects.all().delete()
    asked = {"text": "Build it", "body": bottom, "due_on": MONDAY}
    decisions.add_action(escalation=matter, by=by, **asked)
    decisions.move_due_day(
        action_point=ActionPoint.objects.get(),
        by=by,
        due_on=TUESDAY,
        reason="No time",
        seen=MONDAY,
    )
    DigestLine.objects.filter(line__startswith="E-").delete()  # told of in another test
    leave(below, bottom)
    follow(bottom, person=by)

    assert DigestLine.objects.filter(person=below).count() == 2
    assert in_the_morning(at) == {}


def test_a_line_of_a_body_that_closes_goes_to_who_follows_it(at, ladder, chair):
    bottom, middle = ladder
    follower = make_body(mailbox="follower@example.org")
    new = make_officer(follower)
    make_escalation(bottom, middle)
    Body.objects.filter(pk=middle.pk).update(end_date=MONDAY, successor=follower)
    structure_edited()

    raised = [f"has been raised to {middle}"]
    assert in_the_morning(at) == {new.email: raised, "follower@example.org": raised}


def test_two_who_leave_one_body_leave_one_line_to_a_mailbox_and_to_each_who_follows(
    at, ladder, chair
):
    bottom, middle = ladder
    secretary = daily(make_member(middle, SECRETARY))
    make_escalation(bottom, middle)
    leave(chair, middle), leave(secretary, middle)
    Body.objects.filter(pk=middle.pk).update(mailbox="middle@example.org")
    new = follow(middle)

    raised = [f"has been raised to {middle}"]
    assert in_the_morning(at) == {new.email: raised, "middle@example.org": raised}


def test_where_nobody_is_there_any_more_administrators_are_told(at, ladder, chair):
    bottom, middle = ladder
    administrator = make_governance_administrator()
    make_escalation(bottom, middle)
    leave(chair, middle)

    assert in_the_morning(at) == {administrator.email: [f"has been raised to {middle}"]}


def test_where_nobody_is_left_at_all_the_log_says_so(at, ladder, chair, caplog):
    bottom, middle = ladder
    matter = make_escalation(bottom, middle)
    leave(chair, middle)

    assert in_the_morning(at) == {}
    assert "Nobody is there any more to be told" in caplog.text
    assert matter.reference not in caplog.text


def test_a_line_from_before_lines_had_a_post_stays_with_its_person(at, ladder, chair):
    bottom, middle = ladder
    make_escalation(bottom, middle)
    DigestLine.objects.update(body=None, group="", know=[])
    leave(chair, middle)
    follow(middle)

    assert in_the_morning(at) == {chair.email: [f"has been raised to {middle}"]}


def test_what_falls_to_somebody_by_name_stays_theirs(at, ladder, chair):
    bottom, middle = ladder
    by = make_officer(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    matter = escalations.resolve(escalation=matter, outcome="A lift is built", by=by)
    DigestLine.objects.all().delete()
    asked = {"text": "Build it", "body": middle, "due_on": MONDAY, "person": chair}
    decisions.add_action(escalation=matter, by=by, **asked)
    leave(chair, middle)
    new = follow(middle)

    told = in_the_morning(at)

    action = f"A new action falls to you or your body – {middle}"
    assert action in told[chair.email] and action in told[new.email]


# --- Several posts --------------------------------------------------------------------------------


def of_both(bottom, middle):
    """Somebody who is an officer of both, and wants one mail a day."""
    both = daily(make_member(bottom, SECRETARY))
    return make_member(middle, SECRETARY, person=both)


def dues(mail):
    return [line.strip() for line in mail.text.splitlines() if line.startswith("  Due")]


def test_who_is_told_for_two_bodies_has_one_line_by_when_they_are_to_act(at, ladder):
    bottom, middle = ladder
    both = of_both(bottom, middle)
    matter = make_escalation(bottom, middle)

    assert in_the_morning(at)[both.email] == [f"has been raised to {middle}"]
    [mail] = OutboxMessage.objects.filter(to=both.email)
    assert dues(mail) == [f"Due {matter.acknowledge_by:%-d %B %Y}"]
    assert mail.subject == "Tower Hamlets Together: 1 for your bodies"


@pytest.mark.parametrize("is_left", [0, 1])
def test_who_leaves_one_of_two_bodies_is_told_for_the_other_and_who_follows_for_that(
    at, ladder, is_left
):
    both = of_both(*ladder)
    matter = make_escalation(*ladder)
    leave(both, ladder[is_left])
    new = follow(ladder[is_left], role=SECRETARY)

    told = in_the_morning(at)

    raised = [f"has been raised to {ladder[1]}"]
    assert told[both.email] == told[new.email] == raised
    due = [f"Due {matter.acknowledge_by:%-d %B %Y}"]
    mails = {mail.to: mail for mail in OutboxMessage.objects.filter(subject__contains="1 for")}
    assert dues(mails[both.email]) == ([] if is_left else due)
    assert dues(mails[new.email]) == (due if is_left else [])


def test_who_moves_from_one_body_to_another_is_told_for_that(at, ladder, chair):
    bottom, middle = ladder
    mover = daily(make_member(bottom, SECRETARY))
    make_escalation(bottom, middle)
    leave(mover, bottom), leave(chair, middle)
    follow(middle, person=mover)
    new = follow(bottom, role=SECRETARY)

    raised = [f"has been raised to {middle}"]
    assert in_the_morning(at) == {mover.email: raised, new.email: raised}


def test_who_was_to_know_of_it_and_now_is_to_act_is_told_again(at, ladder, chair):
    bottom, middle = ladder
    knows = make_member(bottom, SECRETARY)
    make_escalation(bottom, middle)
    assert OutboxMessage.objects.filter(to=knows.email, text__contains="for you to know").exists()
    leave(chair, middle)
    follow(middle, person=knows)

    assert in_the_morning(at) == {knows.email: [f"has been raised to {middle}"]}


def test_who_waits_to_know_of_it_and_now_is_to_act_has_one_line_by_when(at, ladder, chair):
    bottom, middle = ladder
    knows = daily(make_member(bottom, SECRETARY))
    matter = make_escalation(bottom, middle)
    leave(chair, middle)
    follow(middle, person=knows)

    assert in_the_morning(at) == {knows.email: [f"has been raised to {middle}"]}
    [mail] = OutboxMessage.objects.filter(to=knows.email)
    assert dues(mail) == [f"Due {matter.acknowledge_by:%-d %B %Y}"]


# --- Groups ---------------------------------------------------------------------------------------


def test_administrators_are_those_of_the_morning(at, ladder, chair):
    bottom, middle = ladder
    outside = make_body()
    make_officer(outside)
    make_escalation_line(middle, make_body())
    gone, stays = (daily(make_governance_administrator()) for _ in range(2))
    matter = make_escalation(bottom, middle)
    exceptions.ask_out_of_line(
        escalation=matter, to_body=outside, reason="They own the lift.", by=chair
    )
    gone.groups.clear()
    new = make_person()
    new.groups.add(Group.objects.get(name=GOVERNANCE_ADMINISTRATORS))

    told = in_the_morning(at)

    asked = [f"waits for a governance administrator – {middle}"]
    assert told[stays.email] == told[new.email] == asked
    assert gone.email not in told


# --- Together -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_several_workers_hand_on_once(at):
    bottom, middle = make_ladder(2)
    chair = daily(officer_of(middle))
    for _ in range(3):
        make_escalation(bottom, middle)
    leave(chair, middle)
    new = daily(follow(middle))
    Body.objects.filter(pk=middle.pk).update(mailbox="middle@example.org")
    at(TUESDAY, 9)

    outcomes = at_once(*[digests.write_due] * 3)

    assert sum(outcomes) == 2
    mails = OutboxMessage.objects.filter(subject__contains="for your bodies")
    assert sorted((mail.to, len(said(mail.text))) for mail in mails) == sorted(
        [("middle@example.org", 3), (new.email, 3)]
    )
    assert not DigestLine.objects.exists()


@pytest.mark.parametrize("number", [1, 6])
def test_handing_on_takes_as_many_queries_whatever_there_is(at, number, django_assert_num_queries):
    administrator = make_governance_administrator()
    for _ in range(number):
        bottom, middle, top = make_ladder(3)
        for body in (middle, top):
            daily(officer_of(body))
        matter = make_escalation(bottom, middle)
        matter = escalations.accept(escalation=matter, by=make_officer(middle))
        escalations.pass_up(
            escalation=matter, to_body=top, by=officer_of(middle), note="It is too large."
        )
        leave(officer_of(middle), middle)
        follow(middle)
        leave(officer_of(top), top)  # and nobody follows
    at(TUESDAY, 9)
    structure_today()

    # Who waits for what; the version, bodies, officers, the group; lines, gone and written anew;
    # and two that hold it together.
    with django_assert_num_queries(10):
        digests.hand_on(DigestLine.objects.all(), timezone.localtime())

    assert DigestLine.objects.filter(person=administrator).count() == number
    assert DigestLine.objects.count() == 4 * number
