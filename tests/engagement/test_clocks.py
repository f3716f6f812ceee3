"""The clocks of residents' messages: reminders, who is told next, and new bank holidays."""

import threading
from datetime import date, timedelta

import pytest

from engagement.actions import clocks as message_clocks
from engagement.actions import merging, referrals
from engagement.models import Referral, ReferralNotice
from engagement.progress import Progress
from governance.actions import clocks
from governance.models import OutboxMessage
from tests.factories import (
    lead_of,
    make_bank_holiday,
    make_engagement_team_member,
    make_partnership,
    send_feedback,
)
from tests.parallel import Meanwhile, at_once

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)


def send():
    submission = send_feedback(topic="healthy", place="").submission
    OutboxMessage.objects.all().delete()
    return submission


def new_mails():
    written = {mail.to: mail.subject for mail in OutboxMessage.objects.order_by("pk")}
    OutboxMessage.objects.all().delete()
    return written


def test_a_body_is_reminded_then_the_engagement_team_told_twice_and_then_no_one(partnership, at):
    team = make_engagement_team_member()
    submission = send()  # to be acknowledged by Thursday 5 November
    officer, told = partnership.officers["living-well"], {}

    for day in range(3, 30):
        at(date(2026, 11, day))
        clocks.climb_overdue()
        clocks.climb_overdue()
        if mails := new_mails():
            told[day] = mails

    reference = submission.reference
    assert told[6] == {officer.email: f"{reference} is overdue before you"}
    assert set(told[10]) == {team.email} and set(told[17]) == {team.email}
    assert list(told) == [6, 10, 17]
    happened = [entry.happened for entry in Progress(submission).timeline()]
    assert any("Reminder to Living Well" in each for each in happened)
    for_resident = [entry.to_resident for entry in Progress(submission).timeline_for_resident()]
    assert not any("Reminder" in each for each in for_resident)


@pytest.mark.parametrize("hour", [3, 22])
def test_nobody_is_chased_at_night(partnership, at, hour):
    send()
    at(date(2026, 11, 9), hour)

    assert clocks.climb_overdue() == []


def test_what_waits_for_the_resident_is_not_overdue(partnership, at):
    submission = send()
    officer = partnership.officers["living-well"]
    referrals.ask(referral=lead_of(submission), by=officer, text="When was it?")
    new_mails()
    at(date(2026, 12, 18))

    clocks.climb_overdue()

    assert new_mails() == {}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(at):
    make_partnership()
    send()
    at(date(2026, 11, 6))

    at_once(clocks.climb_overdue, clocks.climb_overdue)

    assert ReferralNotice.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_a_bank_holiday_that_is_added_moves_running_clocks_and_says_so(partnership, at):
    submission = send()
    before = lead_of(submission)
    assert (before.acknowledge_days, before.answer_days) == (3, 20)
    make_bank_holiday(date(2026, 11, 4), "Day of mourning")

    assert clocks.reckon_anew() == 2
    assert clocks.reckon_anew() == 0

    after = lead_of(submission)
    assert after.acknowledge_by == before.acknowledge_by + timedelta(days=1)
    assert after.answer_by == before.answer_by + timedelta(days=1)
    happened = " ".join(entry.happened for entry in Progress(submission).timeline())
    assert "Day of mourning (Wed 4 Nov 2026) is a bank holiday." in happened
    told = [entry.to_resident for entry in Progress(submission).timeline_for_resident()]
    assert "Living Well has it now and is to answer by 1 December 2026." in told


@pytest.mark.django_db(transaction=True)
def test_a_deed_while_days_are_reckoned_does_not_write_the_old_ones_back(at, monkeypatch):
    officer = make_partnership().officers["living-well"]
    submission = send()
    before = lead_of(submission)
    make_bank_holiday(date(2026, 11, 4), "Day of mourning")
    reckoning = threading.Thread(target=at_once, args=[clocks.reckon_anew])

    def meanwhile(*_):
        reckoning.start()
        reckoning.join(timeout=1)

    monkeypatch.setattr(referrals, "check_nothing_happened_since", meanwhile)
    referrals.acknowledge(referral=before, by=officer)
    reckoning.join()

    assert lead_of(submission).answer_by == before.answer_by + timedelta(days=1)
    assert clocks.reckon_anew() == 0
    assert ReferralNotice.objects.filter(clock="answer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_puts_messages_together_while_days_are_reckoned_waits_and_goes_on(at, monkeypatch):
    officer = make_partnership().officers["living-well"]
    first, second = send(), send()  # the second waits to be acknowledged: that day is wrong too
    referrals.acknowledge(referral=lead_of(first), by=officer)
    make_bank_holiday(date(2026, 11, 4), "Day of mourning")
    merge = Meanwhile(lambda: merging.merge(referral=lead_of(second), into=first, by=officer))
    note = message_clocks.noted

    def noted(*args, **reckoned):
        merge.begin()
        note(*args, **reckoned)

    monkeypatch.setattr(message_clocks, "noted", noted)
    assert clocks.reckon_anew() == 3

    assert merge.outcome.status == "merged"
    assert clocks.reckon_anew() == 0


def test_what_is_answered_keeps_its_days(partnership, at):
    submission = send()
    officer = partnership.officers["living-well"]
    referrals.answer(referral=lead_of(submission), by=officer, text="Done")
    was = Referral.objects.values_list("answer_by").get()
    make_bank_holiday(date(2026, 11, 4), "Day of mourning")

    assert clocks.reckon_anew() == 0
    assert Referral.objects.values_list("answer_by").get() == was
