"""What waits for the daily mail about messages goes to whoever has the post in the morning."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from engagement.erasure import remove_person
from governance import digests
from governance.actions.staff_settings import settle
from governance.actions.structure import structure_edited
from governance.models import DigestLine, Membership, OutboxMessage, StaffSettings
from governance.permissions import ENGAGEMENT_TEAM
from tests.factories import (
    make_engagement_team_member,
    make_member,
    make_person,
    send_feedback,
    today,
)

pytestmark = pytest.mark.django_db


def daily(person):
    settle(by=person, mail=StaffSettings.Mail.DAILY, absent_until=None)
    return person


def leave(person):
    """Today is their last day."""
    Membership.objects.filter(person=person).update(end_date=today())
    structure_edited()


def in_the_morning():
    """Who gets a daily mail on the next Monday, and how many lines it has."""
    now = timezone.localtime() + timedelta(days=7 - today().weekday())
    digests.write_due(now=now.replace(hour=9))
    assert not DigestLine.objects.exists()
    mails = OutboxMessage.objects.filter(subject__endswith="for your bodies")
    return {mail.to: mail.text.count("\n- ") for mail in mails}


@pytest.fixture
def lead(partnership):
    return daily(partnership.officers["living-well"])


def test_the_team_is_told_of_what_waits_for_a_body_where_nobody_is_any_more(team, lead):
    send_feedback(topic="healthy")
    leave(lead)

    assert in_the_morning() == {team.email: 1}


def test_what_waits_for_two_who_leave_is_told_once(partnership, team, lead):
    other = daily(make_member(partnership.living_well, "secretary"))
    send_feedback(topic="healthy")
    assert DigestLine.objects.count() == 2
    leave(lead), leave(other)

    assert in_the_morning() == {team.email: 1}


def test_whoever_follows_in_a_body_is_told_in_place_of_the_team(partnership, team, lead):
    send_feedback(topic="healthy")
    leave(lead)
    tomorrow = today() + timedelta(days=1)
    new = make_member(partnership.living_well, "secretary", start_date=tomorrow)

    assert in_the_morning() == {new.email: 1}


def test_the_team_that_is_told_for_a_body_is_that_of_the_morning(partnership):
    leaves = daily(make_engagement_team_member())
    make_engagement_team_member()  # who has each mail at once
    Membership.objects.filter(seat__body=partnership.living_well).delete()
    Membership.objects.filter(seat__body=partnership.triage).delete()
    structure_edited()
    send_feedback(topic="healthy")
    leaves.groups.clear()
    joins = make_person()
    joins.groups.add(Group.objects.get(name=ENGAGEMENT_TEAM))

    assert in_the_morning() == {joins.email: 1}


def test_a_line_about_somebody_who_was_removed_is_handed_on_to_nobody(team, lead):
    submission = send_feedback(topic="healthy", name="Amina Quill").submission
    leave(lead)
    assert DigestLine.objects.exists()

    remove_person(submission)

    assert in_the_morning() == {}
