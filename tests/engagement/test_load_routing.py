"""Topics, rules and signposts are loaded, and what people edited stays as they left it."""

from io import StringIO
from itertools import islice

import pytest
from django.core.management import CommandError, call_command

from engagement.catalogue import catalogue_today
from engagement.clue_files import rows_of
from engagement.loading import load_routing, routing_facts
from engagement.models import RoutingRule, Signpost, Topic
from tests import loaded
from tests.factories import make_governance_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    loaded.load(loaded.STRUCTURE)


@pytest.fixture
def few_clues(monkeypatch):
    """For tests of what is loaded beside tens of thousands of clues."""
    monkeypatch.setattr("engagement.clue_files.rows_of", lambda path: islice(rows_of(path), 9))


def load():
    said = StringIO()
    call_command("load_routing", stdout=said)
    return said.getvalue()


def test_it_is_loaded_once_however_often_it_is_run(structure):
    load()

    again = load()

    assert "Nothing changed" in again
    assert (Topic.objects.count(), RoutingRule.objects.count()) == (13, 17)
    assert Topic.history.count() == 13


def test_what_was_edited_or_removed_by_people_stays_so(structure, few_clues):
    load()
    administrator = make_governance_administrator()
    topic, signpost = Topic.objects.get(pk="urgent-care"), Signpost.objects.first()
    rule = RoutingRule.objects.get(name="it is about having a say or getting involved")
    topic.name, topic._history_user = "A&E", administrator
    topic.save()
    rule.name, rule._history_user = "it is about taking part", administrator
    rule.save()
    signpost._history_user = administrator
    signpost.delete()

    said = load()

    assert Topic.objects.get(pk="urgent-care").name == "A&E"
    assert RoutingRule.objects.filter(pk=rule.pk, name="it is about taking part").exists()
    assert RoutingRule.objects.count() == 17
    assert not Signpost.objects.filter(title=signpost.title).exists()
    assert "Edited since, and left as it is: A&E" in said
    assert f"Removed since, and not loaded again: {signpost.title}" in said


def test_what_the_files_change_is_changed(structure, few_clues):
    load()
    facts = routing_facts()
    facts["topics"]["topic"][0]["hint"] = "Another hint"

    load_routing(facts)

    assert Topic.objects.get(pk=facts["topics"]["topic"][0]["slug"]).hint == "Another hint"
    assert catalogue_today().topics[0].hint == "Another hint"


def test_without_the_structure_it_says_what_to_do():
    with pytest.raises(CommandError, match="Run load_structure first"):
        load()


def test_every_signpost_names_where_it_was_read_or_is_a_plain_number(structure, few_clues):
    load()

    for signpost in Signpost.objects.all():
        is_of_the_portal = signpost.group == Signpost.Group.OFFER
        assert signpost.phone or signpost.url or is_of_the_portal, signpost
        assert signpost.checked_on.isoformat() == "2026-11-22"


def test_the_last_rule_fits_everything(structure, few_clues):
    load()

    *_, last = catalogue_today().rules

    assert last.fits(topic="", about="", kind="", locality=None)
    assert last.body.slug == "centre-of-excellence"


def test_a_number_to_dial_has_no_words():
    assert Signpost(phone="111, option 2").dial == "111"
    assert Signpost(phone="020 7364 5006").dial == "02073645006"
    assert Signpost(url="https://www.lgo.org.uk/x").host == "lgo.org.uk"
