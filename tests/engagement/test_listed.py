"""What lists are made by is as each message has it, on all its referrals, whatever is done."""

import pytest
from django.core.management import CommandError, call_command

from engagement.actions import referrals
from engagement.actions.steps import lead_of
from engagement.listed import recheck
from engagement.models import Referral
from tests.factories import make_engagement_team_member, make_partnership, make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership()


def test_referrals_follow_when_the_topic_of_their_message_is_put_right(partnership):
    submission = make_submission(topic="gp", place="E3 4AB")
    team = make_engagement_team_member()
    lead = lead_of(submission)

    referrals.refer_on(
        referral=lead, to_body=partnership.living_well, by=team, reason="Theirs.", wrong="healthy"
    )

    its = Referral.objects.filter(submission=submission)
    assert set(its.values_list("role", "topic", "locality", "channel", "is_english")) == {
        (role, "healthy", "ne", "online", True) for role in {each.role for each in its}
    }
    assert its.count() >= 2
    assert recheck(mend=False) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "healthy"},
        {"locality": None},
        {"channel": "paper"},
        {"is_english": False},
        {"is_urgent": True},
    ],
)
def test_what_differs_is_found_and_mended_by_the_recount(partnership, wrong):
    submission = make_submission(topic="gp", place="E3 4AB")
    its = Referral.objects.filter(submission=submission).order_by("pk")
    right = list(its.values_list(*wrong))
    Referral.objects.filter(pk=lead_of(submission).pk).update(**wrong)

    with pytest.raises(CommandError, match="1 figures are wrong"):
        call_command("recount_figures", "--check")
    call_command("recount_figures", verbosity=0)

    assert list(its.values_list(*wrong)) == right
    call_command("recount_figures", "--check", verbosity=0)


def test_what_has_no_place_differs_from_what_has_one(partnership):
    submission = make_submission(topic="not-sure", place="", nearest="unknown")

    assert recheck(mend=False) == 0

    Referral.objects.filter(submission=submission).update(locality="ne")
    assert recheck() == Referral.objects.filter(submission=submission, locality=None).count() == 1
