"""What administrators write in other languages, and English marked as such where they have not."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from engagement.catalogue import catalogue_today
from engagement.explanation import sentences
from engagement.models import Referral, RoutingRule, Signpost, Topic
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_partnership,
    make_rule,
    make_signpost,
    make_topic,
    send_feedback,
)
from tests.loaded import FACTS, load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def languages(settings):
    settings.LANGUAGES = [("en-gb", "English"), ("fr", "Français")]


def test_the_form_says_topics_in_the_language_of_the_page(client):
    make_topic("surgery", name="A surgery", translations={"fr": {"name": "Un cabinet"}})

    assert "Un cabinet" in client.get("/fr/feedback/").content.decode()
    assert "Un cabinet" not in client.get("/feedback/").content.decode()


def test_what_is_not_translated_is_marked_as_english(client):
    make_topic("surgery", name="A <surgery>")
    make_signpost(title="At risk", text="Call.", translations={"fr": {"title": "En danger"}})

    page = client.get("/fr/feedback/").content.decode()

    assert '<span lang="en-GB">A &lt;surgery&gt;</span>' in page
    assert "<strong>En danger</strong>" in page
    assert '<span lang="en-GB">Call.</span>' in page
    assert '<span lang="en-GB">' not in client.get("/feedback/").content.decode()


def test_an_explanation_keeps_the_names_of_every_language():
    partnership = make_partnership()
    rule = RoutingRule.objects.get(topic="gp")
    rule.translations = {"fr": {"name": "il s’agit d’un cabinet"}}
    rule.save()
    make_topic()  # so that the rules are read again
    sent = send_feedback(topic="gp")
    RoutingRule.objects.update(translations={})

    because = Referral.objects.get(submission=sent.submission, role="lead").reason

    assert partnership
    with override("fr"):
        assert "il s’agit d’un cabinet" in sentences(because)[0]
    assert rule.name in sentences(because)[0]


def test_translations_are_edited_in_the_admin_and_kept_in_the_history(client):
    topic = make_topic("surgery", name="A surgery", translations={"xx": {"name": "X"}})
    client.force_login(make_engagement_team_member())
    address = reverse("admin:engagement_topic_change", args=[topic.pk])
    typed = {"name": "A surgery", "hint": "", "order": 0, "is_offered": "on", "reason": "Why"}

    assert 'name="name_fr"' in client.get(address).content.decode()
    client.post(address, typed | {"name_fr": "Un cabinet", "hint_fr": ""})

    topic.refresh_from_db()
    assert topic.translations == {"xx": {"name": "X"}, "fr": {"name": "Un cabinet"}}
    assert topic.history.first().translations == topic.translations
    assert "Un cabinet" in client.get(address).content.decode()
    client.post(address, typed | {"name_fr": "", "hint_fr": ""})
    topic.refresh_from_db()
    assert topic.translations == {"xx": {"name": "X"}}


def test_too_long_a_translation_is_refused_at_its_field(client):
    rule = make_rule(make_body())
    client.force_login(make_engagement_team_member())
    address = reverse("admin:engagement_routingrule_change", args=[rule.pk])

    page = client.post(address, {"name": rule.name, "name_fr": "x" * 161, "reason": "Why"})

    assert "at most 160 characters" in page.content.decode()


def test_what_is_loaded_comes_in_bengali_and_somali():
    load(FACTS)

    for model in (Topic, RoutingRule, Signpost):
        for row in model.objects.all():
            for language in ("bn", "so"):
                with override(language):
                    said = {name for name in model.TRANSLATED if row.translation_of(name)}
                assert said == {name for name in model.TRANSLATED if getattr(row, name)}, row
    assert catalogue_today().signposts_in(Signpost.Group.OFFER)
