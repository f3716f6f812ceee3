"""Mail goes to posts: who is told while others are away, at once or once a day."""

from datetime import date, timedelta

import pytest

from governance import digests, outbox
from governance.actions import asides, clocks, decisions, escalations
from governance.actions.staff_settings import settle
from governance.models import (
    ActionPoint,
    Body,
    DigestLine,
    Membership,
    OutboxMessage,
    Seat,
    StaffSettings,
    StructureRecord,
)
from localities.day_field import in_words
from tests.factories import (
    make_body,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_member,
    make_officer,
    make_person,
    officer_of,
    today,
)
from tests.governance.matter_pages import page_of
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

AT_ONCE, DAILY = StaffSettings.Mail.AT_ONCE, StaffSettings.Mail.DAILY
MONDAY = date(2026, 11, 2)


@pytest.fixture
def body():
    return make_body()


def away(person, until=None):
    settle(by=person, mail=AT_ONCE, absent_until=until or today())


def without_address(person):
    type(person).objects.filter(pk=person.pk).update(email="")


def told(body, **options):
    return set(outbox.addresses_of(body, **options))


# --- Who ------------------------------------------------------------------------------------------


def test_a_deputy_is_told_while_the_seat_of_the_chair_is_vacant(body):
    chair = make_officer(body)
    deputy = make_member(body, Seat.Role.DEPUTY_CHAIR)
    secretary = make_member(body, Seat.Role.SECRETARY)
    make_member(body)
    assert told(body) == {chair.email, secretary.email}

    Membership.objects.filter(person=chair).update(end_date=today())

    assert told(body, day=today()) == {chair.email, secretary.email}
    assert told(body, day=today() + timedelta(days=1)) == {deputy.email, secretary.email}


def test_a_deputy_is_told_until_the_last_day_the_chair_is_away(body):
    chair = make_officer(body)
    deputy = make_member(body, Seat.Role.DEPUTY_CHAIR)
    away(chair, today() + timedelta(days=3))

    assert told(body) == {deputy.email}
    assert told(body, day=today() + timedelta(days=3)) == {deputy.email}
    assert told(body, day=today() + timedelta(days=4)) == {chair.email}


def test_a_deputy_is_told_where_the_chair_has_no_address(body):
    chair, deputy = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    without_address(chair)

    assert told(body) == {deputy.email}

    away(deputy)
    assert told(body) == {deputy.email}


def test_where_nobody_of_a_body_has_an_address_administrators_are_told_that_it_is_to_act(at):
    bottom, middle, top = make_ladder(3)
    for body in (middle, top):
        without_address(officer_of(body))
    administrator = make_governance_administrator()
    at(MONDAY, 9)

    matter = make_escalation(bottom, middle)
    asides.comment(escalation=matter, by=officer_of(bottom), text="It has become worse")
    matter = escalations.accept(escalation=matter, by=officer_of(middle))
    at(date(2026, 12, 7), 10)
    clocks.climb_overdue()

    assert [mail.subject for mail in mails_to(administrator)][::-1] == [
        f"{matter.reference} has been raised to {middle}",
        f"{matter.reference} is overdue before {middle}",
    ]


def test_a_mailbox_outside_is_not_who_acts_for_the_body_that_has_a_matter():
    bottom, middle = make_ladder(2)
    outside = make_body(kind=make_kind("outside", outside_partnership=True))
    Body.objects.filter(pk=outside.pk).update(mailbox="outside@example.org")
    make_escalation_line(middle, outside)
    chair, administrator = officer_of(middle), make_governance_administrator()
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=chair)
    without_address(chair)
    secretary = make_member(middle, Seat.Role.SECRETARY)
    without_address(secretary)

    escalations.pass_up(escalation=matter, to_body=outside, by=chair, note="Above us")

    assert [mail.subject for mail in mails_to(administrator)] == [
        f"{matter.reference} has been passed up to {outside}"
    ]


def test_where_everybody_is_away_they_are_told_all_the_same(body):
    chair, deputy = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    away(chair), away(deputy)

    assert told(body) == {chair.email, deputy.email}


def test_whoever_acted_is_not_told_nor_their_deputy_in_their_place(body):
    chair, _ = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    mail = {"subject": "", "template": "governance/emails/digest.txt", "context": {}}

    assert outbox.enqueue(to=outbox.addresses_of(body), by=chair, **mail) == []


def test_as_many_queries_find_them_whatever_their_number(body, django_assert_num_queries):
    for _ in range(9):
        away(make_officer(body))

    with django_assert_num_queries(1):
        assert len(told(body)) == 9


# --- When -----------------------------------------------------------------------------------------


def mails_to(person):
    return list(OutboxMessage.objects.filter(to=person.email))


def test_who_wants_one_mail_a_day_has_it_in_the_morning_of_the_next_working_day(at):
    bottom, middle = make_ladder(2)
    chair = officer_of(middle)
    settle(by=chair, mail=DAILY, absent_until=None)
    at(date(2026, 11, 6), 12)  # a Friday
    matters = [make_escalation(bottom, middle) for _ in range(2)]
    assert mails_to(chair) == []

    for day, hour in ((6, 16), (7, 9), (9, 7)):
        at(date(2026, 11, day), hour)
        assert digests.write_due() == 0
    at(date(2026, 11, 9), 8)
    assert digests.write_due() == 1
    assert digests.write_due() == 0

    (mail,) = mails_to(chair)
    assert mail.subject == "Tower Hamlets Together: 2 for your bodies"
    for matter in matters:
        assert f"- {matter.reference} has been raised to {middle}\n" in mail.text
        assert f"/escalations/{matter.reference}/" in mail.text
        for words in (matter.title, matter.situation, matter.asked):
            assert words not in mail.text
    assert not DigestLine.objects.exists()


def test_what_is_written_after_the_morning_waits_for_the_next(at):
    bottom, middle = make_ladder(2)
    settle(by=officer_of(middle), mail=DAILY, absent_until=None)
    at(date(2026, 11, 3), 9)
    make_escalation(bottom, middle)

    assert digests.write_due() == 0


def test_others_are_still_told_at_once(at):
    bottom, middle = make_ladder(2)
    other = make_officer(middle)
    settle(by=officer_of(middle), mail=DAILY, absent_until=None)

    matter = make_escalation(bottom, middle)
    escalations.accept(escalation=matter, by=officer_of(middle))

    assert len(mails_to(other)) == 2
    assert DigestLine.objects.count() == 1  # not of their own act


def test_an_action_that_falls_to_somebody_comes_with_their_daily_mail(at):
    bottom, middle = make_ladder(2)
    by, daily, gone = officer_of(middle), make_member(bottom), make_member(bottom)
    settle(by=daily, mail=DAILY, absent_until=None)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    matter = escalations.resolve(escalation=matter, outcome="A lift is built", by=by)
    for person in (daily, gone):
        asked = {"text": f"Ask {person}", "body": bottom, "due_on": MONDAY, "person": person}
        decisions.add_action(escalation=matter, by=by, **asked)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    for point in ActionPoint.objects.order_by("pk"):
        later = {"due_on": date(2026, 11, 9), "reason": "No time", "seen": MONDAY}
        decisions.move_due_day(action_point=point, by=by, **later)

    assert mails_to(daily) == []
    assert [line.line for line in DigestLine.objects.filter(person=daily)] == [
        f"A new action falls to you or your body – {bottom}",
        f"The day of an action of yours was moved – {bottom}",
    ]
    assert len(mails_to(gone)) == 1  # while they could still sign in


def test_a_line_of_the_daily_mail_names_the_body_that_has_it_once(at):
    bottom, middle = make_ladder(2)
    chair = officer_of(middle)
    settle(by=chair, mail=DAILY, absent_until=None)
    matter = make_escalation(bottom, middle)

    asides.comment(escalation=matter, by=officer_of(bottom), text="It has become worse")

    assert [line.line for line in DigestLine.objects.filter(person=chair)] == [
        f"{matter.reference} has been raised to {middle}",
        f"{matter.reference} has a comment from {bottom} – {middle}",
    ]


def test_a_line_of_the_daily_mail_has_the_day_by_which_its_reader_is_to_act(at):
    bottom, middle = make_ladder(2)
    for body in (bottom, middle):
        settle(by=officer_of(body), mail=DAILY, absent_until=None)

    matter = make_escalation(bottom, middle, by=make_member(bottom))
    matter = escalations.accept(escalation=matter, by=make_officer(middle))
    matter = escalations.resolve(escalation=matter, outcome="A lift", by=make_officer(middle))
    asked = {"text": "Build it", "body": bottom, "due_on": date(2026, 12, 1)}
    decisions.add_action(escalation=matter, by=officer_of(middle), **asked)

    def days(body):
        lines = DigestLine.objects.filter(person=officer_of(body))
        return [(line.line.split(maxsplit=1)[1].split(" – ")[0], line.due) for line in lines]

    below, above = days(bottom), days(middle)
    assert ("new action falls to you or your body", date(2026, 12, 1)) in below
    assert [due for said, due in below if "raised" in said or "accepted" in said] == [None, None]
    assert [due for said, due in above if "raised" in said or "accepted" in said] == [
        matter.acknowledge_by,
        matter.answer_by,
    ]


def test_a_mail_of_an_action_names_the_body_that_it_falls_to(at):
    bottom, middle = make_ladder(2)
    by, named = officer_of(middle), make_member(bottom)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    matter = escalations.resolve(escalation=matter, outcome="A lift is built", by=by)

    asked = {"text": "Ask the council", "body": bottom, "due_on": MONDAY}
    decisions.add_action(escalation=matter, by=by, **asked)
    decisions.add_action(escalation=matter, by=by, **asked, kind="condition", person=named)

    of_all, of_one = (
        OutboxMessage.objects.filter(to=officer_of(bottom).email, subject__startswith=subject).get()
        for subject in ("A new action", "A new condition")
    )
    assert of_all.text.startswith(
        f"An action falls to {bottom}. It is to be done by 2 November 2026.\n"
    )
    assert of_one.text.startswith(
        f"A condition of a decision falls to {bottom}, to one of its people by name. It is to be "
        "met by 2 November 2026.\n"
    )
    assert str(named) not in of_one.text


def test_who_may_no_longer_sign_in_has_no_daily_mail(at):
    bottom, middle = make_ladder(2)
    chair = officer_of(middle)
    settle(by=chair, mail=DAILY, absent_until=None)
    make_escalation(bottom, middle)
    type(chair).objects.filter(pk=chair.pk).update(is_active=False)

    at(date(2026, 11, 3), 9)

    assert digests.write_due() == 0
    assert not DigestLine.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_daily_mail(at):
    bottom, middle = make_ladder(2)
    settle(by=officer_of(middle), mail=DAILY, absent_until=None)
    for _ in range(3):
        make_escalation(bottom, middle)
    at(date(2026, 11, 3), 9)

    outcomes = at_once(*[digests.write_due] * 3)

    assert sum(outcomes) == 1
    assert len(mails_to(officer_of(middle))) == 1


# --- What is kept by the structure's version ------------------------------------------------------


@pytest.mark.parametrize(
    ("settled", "is_new"),
    [
        ({"order": StaffSettings.Order.NEWEST}, False),
        ({"mail": DAILY}, True),
        ({"absent_until": date(2040, 11, 2)}, True),
    ],
)
def test_pages_are_made_anew_only_where_mail_goes_elsewhere(body, settled, is_new):
    before = {"by": make_officer(body), "mail": AT_ONCE, "absent_until": None}
    settle(**before)
    version = StructureRecord.objects.get().version

    settle(**before | settled)

    assert (StructureRecord.objects.get().version != version) == is_new


# --- The page -------------------------------------------------------------------------------------


def test_somebody_settles_how_they_are_told_and_until_when_they_are_away(client, body):
    chair = make_officer(body)
    client.force_login(chair)
    until = today() + timedelta(days=7)
    days = {
        "absent_until_day": until.day,
        "absent_until_month": until.month,
        "absent_until_year": until.year,
    }

    response = client.post("/staff/settings/", {"mail": "daily", **days}, follow=True)

    assert "Your settings are saved." in response.text
    kept = StaffSettings.objects.get()
    assert (kept.person, kept.mail, kept.absent_until) == (chair, "daily", until)
    assert f'value="{until.year}"' in response.text
    client.post("/staff/settings/", {"mail": "at_once"})
    assert StaffSettings.objects.get().absent_until is None


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({}, "Choose how you want to be told"),
        ({"mail": "never"}, "Choose one of the two ways listed"),
        ({"mail": "daily", "absent_until_day": "1 1 2020"}, "Enter a day on or after"),
        ({"mail": "daily", "absent_until_day": "1 1 2190"}, "Enter a day on or before"),
        ({"mail": "daily", "absent_until_day": "soon"}, "Enter"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_kept(client, posted, sentence):
    client.force_login(make_person())

    response = client.post("/staff/settings/", posted)

    assert sentence in response.text
    assert posted.get("absent_until_day", "") in response.text
    assert not StaffSettings.objects.exists()


def test_the_page_says_where_nobody_else_would_be_told(client, body):
    client.force_login(make_officer(body))
    assert "Nobody else is an officer of" in client.get("/staff/settings/").text

    make_member(body, Seat.Role.DEPUTY_CHAIR)

    assert "Nobody else is an officer of" not in client.get("/staff/settings/").text


def settings_of(client, person):
    client.force_login(person)
    return client.get("/staff/settings/").text


def test_the_page_tells_chair_and_deputy_who_of_them_is_told(client, body):
    chair, deputy = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    assert "You are told of what concerns" in settings_of(client, chair)
    assert "Its mail goes to the chair, and comes to you while" in settings_of(client, deputy)
    until = today() + timedelta(days=3)

    away(chair, until)

    page = settings_of(client, chair)
    assert f"You are away until {in_words(until)}. Until then {deputy} is told of what" in page
    page = settings_of(client, deputy)
    assert f"and are told of what concerns it: the chair is away until {in_words(until)}." in page


def test_what_a_deputy_decides_between_meetings_is_not_said_to_be_the_chairs(client, ladder):
    below, body, _ = ladder
    away(officer_of(body))
    deputy = make_member(body, Seat.Role.DEPUTY_CHAIR)
    matter = escalations.accept(escalation=make_escalation(below, body), by=deputy)
    client.force_login(deputy)
    form = client.get(page_of(matter)).text
    assert "The chair or deputy chair, between meetings" in form and "did the chair" not in form

    matter = escalations.resolve(escalation=matter, outcome="Six lines.", by=deputy)

    for address in (page_of(matter), f"/bodies/{body.slug}/"):
        page = client.get(address).text
        assert "by the chair or deputy chair between meetings" in page


def test_a_deputy_is_told_when_the_chair_goes_away_and_when_that_is_longer(body):
    chair, deputy = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    secretary = make_member(body, Seat.Role.SECRETARY)
    make_member(make_body(), Seat.Role.DEPUTY_CHAIR)
    sooner, later = (today() + timedelta(days=days) for days in (3, 5))

    away(chair, sooner)
    settle(by=chair, mail=DAILY, absent_until=sooner)
    away(chair, later)
    settle(by=chair, mail=AT_ONCE, absent_until=None)
    away(secretary)

    assert [mail.to for mail in OutboxMessage.objects.all()] == [deputy.email, deputy.email]
    mails = sorted(mails_to(deputy), key=lambda mail: mail.pk)
    for until, mail in zip((sooner, later), mails, strict=True):
        assert mail.subject == f"The chair of {body} is away until {in_words(until)}"
        assert "/staff/\n" in mail.text


def test_a_deputy_who_is_away_too_or_stands_beside_another_chair_is_not_told_so(body):
    chair, deputy = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    away(deputy)
    away(chair)
    other = make_body()
    co_chair, _ = make_officer(other), make_officer(other)
    make_member(other, Seat.Role.DEPUTY_CHAIR)
    away(co_chair)

    assert not OutboxMessage.objects.exists()


def test_the_page_tells_a_deputy_that_no_chair_is_there(client, body):
    deputy, secretary = (make_member(body, role) for role in ("deputy_chair", "secretary"))

    assert "told of what concerns it: the seat of the chair is vacant." in settings_of(
        client, deputy
    )
    assert "the seat of the chair is vacant." not in settings_of(client, secretary)


def test_the_page_tells_who_has_no_address_and_who_is_told_instead(client, body):
    chair, deputy = make_officer(body), make_member(body, Seat.Role.DEPUTY_CHAIR)
    without_address(chair)

    page = settings_of(client, chair)
    assert f"{body}</a> does not reach you" in page
    assert "Its mail goes to the chair" not in page
    page = settings_of(client, deputy)
    assert "told of what concerns it: no e-mail address is recorded for the chair." in page


def test_who_is_both_deputy_and_secretary_is_told_as_the_secretary(client, body):
    make_officer(body)
    both = make_member(body, Seat.Role.DEPUTY_CHAIR)
    make_member(body, Seat.Role.SECRETARY, person=both)

    page = settings_of(client, both)

    assert "You are told of what concerns" in page and "Its mail goes to" not in page


def test_the_page_of_settings_is_valid_html(client, html_faults, body):
    client.force_login(make_officer(body))

    assert html_faults(client.get("/staff/settings/").content) == []
    assert html_faults(client.post("/staff/settings/", {"mail": "x"}).content) == []
