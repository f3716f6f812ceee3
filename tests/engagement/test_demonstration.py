import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from engagement.models import Activity, Idea, KeyedIn, Note, Outcome, Referral, Story, Submission
from governance.models import Body, Escalation, OutboxMessage, User
from governance.permissions import standing_of
from governance.workflow import EscalationStatus
from tests.loaded import DEMONSTRATION, PASSWORD, load

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """What ./run fills a portal with, once for all tests here."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("DEMO_PASSWORD", PASSWORD)
        load(DEMONSTRATION)
        yield
        transaction.set_rollback(True)


def test_every_partnership_body_has_an_officer_who_can_sign_in(demonstration, client):
    bodies = Body.objects.filter(kind__outside_partnership=False)

    assert bodies.count() == 15
    for body in bodies:
        officer = User.objects.get(username=f"demo-{body.slug}-officer")
        assert standing_of(officer).officer_of == {body.pk}
    assert User.objects.first().check_password(PASSWORD)


def test_the_groups_and_the_member_have_the_standing_their_names_promise(demonstration):
    def standing(name):
        return standing_of(User.objects.get(username=f"demo-{name}"))

    living_well = Body.objects.get(slug="living-well")
    assert standing("engagement").is_engagement_team
    assert standing("governance-admin").is_governance_administrator
    assert standing("member").sits_on == {living_well.pk}
    assert not standing("member").officer_of
    assert not standing("staff").sits_on


def test_messages_and_matters_have_gone_the_way_of_real_ones(demonstration):
    leads = Referral.objects.filter(role=Referral.Role.LEAD)

    sent = Submission.objects.filter(is_demonstration=True)
    assert leads.count() == sent.filter(is_held=False).count() == 8
    assert sent.filter(is_held=True).count() == 1
    assert leads.get(submission__place="E3 4AB").body.slug == "ne-health-and-wellbeing-committee"
    assert set(Escalation.objects.values_list("status", "current_body__slug")) == {
        (EscalationStatus.RAISED, "operational-management-group"),
        (EscalationStatus.ACCEPTED, "operational-management-group"),
        (EscalationStatus.RAISED, "executive-board"),
        (EscalationStatus.RESOLVED, "operational-management-group"),
    }
    assert all(title.startswith("Demonstration") for title in titles())
    assert not OutboxMessage.objects.exclude(to__endswith="@example.org").exists()


def test_it_shows_a_note_what_was_keyed_in_and_a_quote(demonstration, client):
    assert Note.objects.get(kind="note").text.startswith("Spoke to the nursing team")
    keyed_in = KeyedIn.objects.select_related("submission").get()
    assert (keyed_in.submission.language, keyed_in.submission.channel) == ("bn", "interpreter")
    assert keyed_in.submission.referrals.get(role="lead").body.slug == "centre-of-excellence"
    quoted = Outcome.objects.get(topic="urgent-care")
    page = client.get(f"/you-said/{quoted.pk}/").text
    assert "When a nurse came she was excellent." in page and "eleven hours" not in page


def test_a_clock_that_runs_was_moved_by_a_bank_holiday_and_says_so(demonstration, client):
    matter = Escalation.objects.filter(title__contains="walk-in queue").get()
    client.force_login(User.objects.get(username="demo-operational-management-group-officer"))

    page = client.get(f"/escalations/{matter.reference}/").text

    assert "Demonstration: Lantern Day" in page
    assert "is a bank holiday" in page
    assert re.search(r"weekend days and [1-9] bank holiday", page)


def titles():
    return Escalation.objects.values_list("title", flat=True)


def test_a_second_time_loads_nothing(demonstration):
    before = User.objects.count(), Submission.objects.count()

    call_command("load_demo", force=True)

    assert (User.objects.count(), Submission.objects.count()) == before


def test_what_came_of_messages_is_told_publicly(demonstration, client):
    page = client.get("/you-said/").text

    assert "Demonstration: told what one waits for" in page
    assert Outcome.objects.filter(is_demonstration=True, is_published=True).count() == 2


def test_what_follows_from_an_outcome_comes_after_it(demonstration):
    walk = Activity.objects.select_related("outcome__decision").get(slug="waiting-room-walk")
    [story] = walk.stories.all()

    told = walk.outcome.changed_at
    assert story.outcome == walk.outcome
    assert walk.outcome.decision.decided_on <= timezone.localdate(told)
    assert told < walk.starts_at
    assert timezone.localdate(walk.starts_at) < story.published_on


def test_ideas_are_told_and_a_story_and_an_activity_lead_to_an_outcome(demonstration, client):
    page = client.get("/ideas/").text

    assert "Being tried" in page and "Not now" in page
    assert all(idea.title.startswith("Demonstration") for idea in Idea.objects.all())
    assert Idea.objects.filter(is_demonstration=True).count() == 2
    for model in (Story, Activity):
        assert model.objects.filter(outcome__is_demonstration=True).exists()
