"""What becomes of residents' messages, and of the rules that route them, when a body closes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from engagement import queue
from engagement.actions import referrals, submissions
from engagement.explanation import sentences
from engagement.models import Referral
from engagement.progress import Progress
from governance.actions import structure
from governance.models import OutboxMessage
from governance.permissions import standing_of
from tests.factories import (
    make_engagement_team_member,
    make_governance_administrator,
    make_partnership,
    make_submission,
    today,
)

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
REASON = "Board, 10 November 2026, item 4"


@pytest.fixture
def partnership():
    return make_partnership()


def closed_since_yesterday(body, successor=None):
    structure.close(
        body=body,
        last_day=today() - ONE_DAY,
        successor=successor,
        by=make_governance_administrator(),
        reason=REASON,
    )


def lead_of(submission):
    return submissions.lead_of(submission)


# --- Standing in ----------------------------------------------------------------------------------


def test_a_message_before_a_closed_body_lies_before_the_one_that_follows_it(partnership, client):
    submission = make_submission(topic="gp", place="E3 4AB")
    chair = partnership.officers["nw-committee"]
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)

    groups = {group.key: group.rows for group in queue.referrals_before(standing_of(chair))}
    assert [row.submission for row in groups["new"]] == [submission]
    holder = "the North West Committee (for the North East Committee, which it follows)"
    assert Progress(submission).holder == holder
    client.force_login(chair)
    page = client.get(reverse("engagement:staff_submission", args=[submission.reference]))
    assert page.status_code == 200

    answered = referrals.answer(referral=lead_of(submission), by=chair, text="Seen to")
    assert answered.status == "answered"
    told = [entry.happened for entry in Progress(submission).timeline()]
    assert told[-2:] == [f"Put before {holder}", f"Answered by {holder}"]
    with pytest.raises(PermissionDenied):
        referrals.close(
            referral=lead_of(submission), by=partnership.officers["ne-committee"], text=""
        )


def test_what_a_body_did_before_it_closed_stays_its_own(partnership, monkeypatch):
    submission = make_submission(topic="gp", place="E3 4AB")
    Referral.objects.get(role="lead").steps.update(at=submission.received_at - 9 * ONE_DAY)
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)

    told = [entry.happened for entry in Progress(submission).timeline()]

    assert "Put before the North East Committee" in told


def test_a_message_before_a_closed_body_that_nobody_follows_is_the_engagement_teams(partnership):
    submission = make_submission(topic="gp", place="E3 4AB")
    team = make_engagement_team_member()
    closed_since_yesterday(partnership.ne.committee)

    groups = {group.key: group.rows for group in queue.referrals_before(standing_of(team))}
    assert [row.submission for row in groups["new"]] == [submission]
    assert Progress(submission).holder == (
        "the engagement team (for the North East Committee, which has closed)"
    )
    OutboxMessage.objects.all().delete()
    submissions.add(submission=submission, message="Still so.", key="one")
    assert list(OutboxMessage.objects.values_list("to", flat=True)) == [team.email]


def test_the_resident_adds_to_a_message_and_the_follower_is_told(partnership):
    submission = make_submission(topic="gp", place="E3 4AB")
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)
    OutboxMessage.objects.all().delete()

    submissions.add(submission=submission, message="Still so.", key="one")

    mail = OutboxMessage.objects.get()
    assert mail.to == partnership.officers["nw-committee"].email
    assert "North West Committee" in mail.text


def test_messages_of_a_place_go_to_whoever_follows_its_committee(partnership):
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)

    lead = lead_of(make_submission(topic="gp", place="E3 4AB"))
    copied = make_submission(topic="healthy", place="E3 4AB", message="Another")

    assert lead.body == partnership.nw.committee
    said = sentences(lead.reason)
    assert "Its committee has closed, and the North West Committee follows it." in said
    assert said[-1] == "So the North West Committee answers it."
    assert copied.referrals.get(role="copy").body == partnership.nw.committee
    said = sentences(lead_of(copied).reason)
    assert "Its committee has closed, and the North West Committee follows it." in said


def test_messages_of_a_place_go_to_triage_once_nobody_follows_its_committee(partnership):
    closed_since_yesterday(partnership.ne.committee)

    lead = lead_of(make_submission(topic="gp", place="E3 4AB"))

    assert lead.body == partnership.triage
    assert "There is no committee for this locality at present." in sentences(lead.reason)
