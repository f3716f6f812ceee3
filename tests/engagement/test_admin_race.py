"""An administrator and somebody else at the same moment, on connections of their own."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from engagement import loading
from engagement.actions import phrases
from engagement.actions.steps import locked
from engagement.admin import base
from engagement.models import Phrase, RoutingRule, Topic
from governance.actions import lifecycle
from governance.actions.structure import lock_structure, pages_edited
from governance.loading import read_facts
from tests.factories import (
    REASON,
    make_engagement_team_member,
    make_governance_administrator,
    make_partnership,
    make_submission,
    today,
)
from tests.loaded import WITHOUT_RULES, load_periods
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


@transaction.atomic
def edit(rows, **fields):
    """As the admin does it."""
    lock_structure()
    return rows.update(**fields)


def test_who_adds_a_phrase_and_who_edits_one_do_not_wait_for_each_other(monkeypatch):
    make_partnership()
    topic = Topic.objects.get(pk="healthy")
    other = Phrase.objects.create(text="feel well", sign=Phrase.Sign.TOPIC, topic=topic, weight=1)
    same_words = partial(edit, Phrase.objects.filter(pk=other.pk), text="feeling well")
    editing = before(monkeypatch, phrases, "structure_edited", same_words)

    by = make_engagement_team_member()
    phrases.add(text="feeling well", topic=topic, weight=2, by=by, reason=REASON)

    assert isinstance(editing.outcome, IntegrityError), editing.outcome
    assert Phrase.objects.filter(text="feeling well", weight=2).exists()


def test_who_loads_topics_and_who_edits_one_do_not_wait_for_each_other(monkeypatch):
    load_periods()
    facts = read_facts(loading.DATA) | WITHOUT_RULES
    first = facts["topics"]["topic"][0]
    first["hint"] = "Another hint"
    rows = Topic.objects.filter(slug=first["slug"])
    editing = before(monkeypatch, loading, "structure_edited", partial(edit, rows, name="Edited"))

    loading.load_routing(facts)

    assert editing.outcome == 1
    assert (rows.get().hint, rows.get().name) == ("Another hint", "Edited")
