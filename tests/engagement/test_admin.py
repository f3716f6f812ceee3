"""What administrators edit, and what of residents' messages they can look up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagement.catalogue import catalogue_today
from engagement.models import RoutingRule, Topic
from tests.factories import (
    make_engagement_team_member,
    make_governance_administrator,
    make_partnership,
    make_person,
    make_signpost,
    send_feedback,
)

pytestmark = pytest.mark.django_db

LISTS = ["topic", "routingrule", "signpost", "submission", "referral"]


@pytest.fixture
def partnership():
    make_signpost()
    return make_partnership()


@pytest.fixture
def submission(partnership):
    return send_feedback(message="Zebra crossing", name="Amina Quill").submission


def address(model, *rest):
    return "/".join(["/admin/engagement", model, *map(str, rest), ""])


@pytest.mark.parametrize("make", [make_engagement_team_member, make_governance_administrator])
@pytest.mark.parametrize("model", LISTS)
def test_both_groups_see_every_list(client, submission, make, model):
    client.force_login(make())

    page = client.get(address(model))

    assert page.status_code == 200
    assert client.get(address(model) + "?q=F-2026-000001").status_code == 200


def test_other_staff_do_not(client, submission):
    client.force_login(make_person(is_staff=True))

    for model in LISTS:
        assert client.get(address(model)).status_code == 403


def test_an_edit_needs_a_reason_and_is_used_by_the_next_message(client, partnership):
    administrator = make_engagement_team_member()
    client.force_login(administrator)
    before = catalogue_today()
    rule = RoutingRule.objects.get(name="it is about a GP")
    form = {"name": "it is about a surgery", "order": 1, "topic": "gp", "destination": "place"}

    refused = client.post(address("routingrule", rule.pk, "change"), form)
    assert b"Enter the reason for this change." in refused.content
    client.post(address("routingrule", rule.pk, "change"), form | {"reason": "Plainer words"})

    assert catalogue_today() is not before
    assert catalogue_today().rules[0].name == "it is about a surgery"
    change = rule.history.first()
    assert (change.history_user, change.history_change_reason) == (administrator, "Plainer words")


def test_a_rule_with_two_destinations_is_refused_with_a_sentence(client, partnership):
    client.force_login(make_governance_administrator())
    form = {
        "name": "it goes nowhere",
        "order": 1,
        "destination": "place",
        "body": partnership.living_well.pk,
        "reason": "A try",
    }

    page = client.post(address("routingrule", "add"), form)

    assert "Name a body, or choose the locality committee" in page.content.decode()
    assert not RoutingRule.objects.filter(name="it goes nowhere").exists()


def test_a_topic_that_messages_have_cannot_be_deleted(client, submission):
    client.force_login(make_engagement_team_member())

    page = client.post(address("topic", "gp", "delete"), {"post": "yes", "reason": "Gone"})

    assert page.status_code in {200, 302, 403}
    assert Topic.objects.filter(pk="gp").exists()


@pytest.mark.parametrize("model", ["submission", "referral"])
def test_what_residents_sent_is_changed_by_nobody(client, submission, model):
    client.force_login(make_person(is_staff=True, is_superuser=True))

    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, submission.pk, "delete"), {"post": "yes"}).status_code == 403
    page = client.get(address(model, submission.pk, "change")).content.decode()
    assert 'name="_save"' not in page


def test_the_words_and_the_person_are_nowhere_in_the_admin(client, submission):
    for person in (make_engagement_team_member(), make_governance_administrator()):
        client.force_login(person)
        for model in LISTS:
            assert_no_words(client.get(address(model)))
        assert_no_words(client.get(address("submission", submission.pk, "change")))
        referral = submission.referrals.get()
        assert_no_words(client.get(address("referral", referral.pk, "change")))


def assert_no_words(page):
    for word in ("Zebra", "Quill"):
        assert word not in page.content.decode()


def test_only_the_engagement_team_is_led_to_the_message(client, submission):
    def is_led(person):
        client.force_login(person)
        page = client.get(address("submission", submission.pk, "change")).content.decode()
        return f"/staff/feedback/{submission.reference}/" in page

    assert is_led(make_engagement_team_member())
    assert not is_led(make_governance_administrator())


def test_a_message_is_found_by_its_reference_alone(client, submission):
    client.force_login(make_governance_administrator())

    def found(text):
        return (
            submission.reference
            in client.get(address("submission"), {"q": text})
            .content.decode()
            .split('id="result_list"')[-1]
            .split('id="changelist-filter"')[0]
        )

    assert found(submission.reference)
    assert not found("Zebra")


@pytest.mark.parametrize("model", ["routingrule", "submission", "referral"])
def test_a_list_costs_the_same_whatever_its_length(client, partnership, model):
    client.force_login(make_engagement_team_member())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(address(model))
        return len(captured)

    send_feedback()
    queries()
    with_one = queries()
    for _ in range(10):
        send_feedback(topic="healthy")

    assert queries() == with_one <= 14
