"""An administrator and somebody else at the same moment, on connections of their own."""

from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from engagement.actions.steps import locked
from engagement.admin import base
from engagement.models import RoutingRule
from governance.actions import lifecycle
from governance.actions.structure import pages_edited
from tests.factories import (
    REASON,
    make_governance_administrator,
    make_partnership,
    make_submission,
    today,
)
from tests.parallel import Meanwhile, before

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_edits_a_rule_and_who_closes_its_body_do_not_wait_for_each_other(monkeypatch):
    partnership, administrator = make_partnership(), make_governance_administrator()
    rule = RoutingRule.objects.get(body=partnership.living_well)
    given = {"last_day": today(), "successor": partnership.triage, "reason": REASON}
    close = partial(lifecycle.close, body=partnership.living_well, by=administrator, **given)
    closing = before(monkeypatch, base, "structure_edited", close)

    client = Client()
    client.force_login(administrator)
    client.post(
        reverse("admin:engagement_routingrule_change", args=[rule.pk]),
        {
            "name": "it is about feeling well",
            "order": rule.order,
            "topic": rule.topic_id,
            "destination": rule.destination,
            "body": rule.body_id,
            "reason": REASON,
            "_rehearsed": "Save it",
        },
    )

    assert not isinstance(closing.outcome, Exception), closing.outcome
    rule.refresh_from_db()
    assert (rule.name, rule.end_date) == ("it is about feeling well", today())
    assert RoutingRule.objects.filter(body=partnership.triage, name=rule.name).exists()


def test_who_deletes_a_rule_and_who_changes_its_messages_do_not_wait_for_each_other(monkeypatch):
    make_partnership()
    message = make_submission(topic="healthy")
    rule = message.referrals.get(role="lead").rule

    @transaction.atomic
    def change():
        locked(message)
        message.referrals.update(paused_days=0)
        pages_edited()
        return "changed"

    lock, changing = base.lock_structure, Meanwhile(change)

    def lock_and_let_change():
        lock()
        changing.begin()

    monkeypatch.setattr(base, "lock_structure", lock_and_let_change)
    client = Client()
    client.force_login(make_governance_administrator())
    sent = {"post": "yes", "reason": REASON}
    client.post(reverse("admin:engagement_routingrule_delete", args=[rule.pk]), sent)

    assert changing.outcome == "changed"
    assert not RoutingRule.objects.filter(pk=rule.pk).exists()
