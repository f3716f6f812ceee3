"""A message that came to the wrong body is counted against what sent it there, to be mended."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagement.actions import phrases, referrals
from engagement.catalogue import catalogue_today
from engagement.mending import missing_phrases, since_today, wrong_phrases, wrong_rules
from engagement.models import Misrouting, Phrase
from engagement.progress import Progress
from governance.actions.structure import structure_edited
from tests.factories import make_engagement_team_member, make_partnership, send_feedback
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    partnership = make_partnership()
    partnership.team = make_engagement_team_member()
    partnership.phrase = Phrase.objects.create(text="gym", sign="topic", topic_id="healthy")
    structure_edited()
    return partnership


def referred_on(partnership, wrong, **answers):
    submission = send_feedback(**answers).submission
    referrals.refer_on(
        referral=Progress(submission).lead,
        to_body=partnership.triage,
        by=partnership.team,
        reason="It is about something else.",
        wrong=wrong,
    )
    submission.refresh_from_db()
    return submission


SUGGESTED = {"message": "The gym at my surgery squeaks terribly.", "topic": "not-sure"}


def test_a_wrong_suggestion_is_counted_against_its_words_and_the_topic_put_right(partnership):
    submission = referred_on(partnership, "gp", **SUGGESTED)

    assert (submission.topic_id, submission.topic_by) == ("gp", "staff")
    [wrong] = wrong_phrases(since_today())
    assert (wrong.row, wrong.number) == (partnership.phrase, 1)
    assert wrong_rules(since_today()) == []


def test_a_wrong_rule_is_counted_against_it_with_how_often_it_was_used(partnership):
    send_feedback(topic="healthy")
    referred_on(partnership, "rule", topic="healthy")

    [wrong] = wrong_rules(since_today())
    assert (wrong.row.name, wrong.number, wrong.of) == ("it is about staying healthy", 1, 2)


def test_the_topic_a_resident_chose_is_not_the_fault_of_a_phrase(partnership):
    referred_on(partnership, "gp", **SUGGESTED | {"topic": "healthy"})

    assert wrong_phrases(since_today()) == []
    assert Misrouting.objects.count() == 1


def test_what_was_right_first_is_not_counted(partnership):
    referred_on(partnership, "", topic="healthy")

    assert not Misrouting.objects.exists()


def test_words_that_no_phrase_knows_are_offered(partnership):
    reader = catalogue_today().reader

    assert missing_phrases("The gym squeaks terribly.", reader) == ["squeaks terribly"]


def test_a_phrase_is_added_with_a_click_and_a_confirmation(client, partnership):
    referred_on(partnership, "gp", **SUGGESTED)
    client.force_login(partnership.team)

    page = client.get("/staff/routing/").content.decode()
    assert "Add the phrase “squeaks terribly”" in page
    filled = {"text": "squeaks terribly", "topic": "gp"}
    asked = client.post("/staff/routing/phrases/", filled).content.decode()
    assert 'value="squeaks terribly"' in asked
    assert not Phrase.objects.filter(text="squeaks terribly").exists()
    confirmed = filled | {"weight": 4, "reason": "It was missing", "confirm": "yes"}
    client.post("/staff/routing/phrases/", confirmed)

    phrase = Phrase.objects.get(text="squeaks terribly")
    assert (phrase.topic_id, phrase.weight) == ("gp", 4)
    assert phrase.history.get().history_change_reason == "It was missing"
    again = client.post("/staff/routing/phrases/", confirmed)
    assert again.status_code == 409
    assert "is a phrase for this topic already" in again.content.decode()
    assert catalogue_today().reader.read("It squeaks terribly.").topic == "gp"


def test_the_message_itself_offers_the_phrase_with_why_it_is_added(client, partnership):
    submission = referred_on(partnership, "gp", **SUGGESTED)
    client.force_login(partnership.team)

    page = client.get(f"/staff/feedback/{submission.reference}/")
    offered = hidden_fields(page, "/staff/routing/phrases/")
    asked = hidden_fields(client.post("/staff/routing/phrases/", offered))

    assert "It came with the wrong topic" in page.text
    assert offered["text"] == "squeaks terribly"
    assert submission.reference not in offered["reason"]
    confirmed = offered | {"weight": 4, "confirm": asked["confirm"]}
    assert "Its words alone would tell a wrong topic now." in page.text
    confirmed["weight"] = 10
    client.post("/staff/routing/phrases/", confirmed)
    mended = client.get(f"/staff/feedback/{submission.reference}/").text
    assert "Its words alone would tell the right topic now." in mended
    phrase = Phrase.objects.get(text="squeaks terribly")
    reason = "It was missing: a message was taken for “Healthy”"
    assert phrase.history.get().history_change_reason == reason


def test_who_may_not_mend_is_offered_no_phrase(client, partnership):
    submission = referred_on(partnership, "gp", **SUGGESTED)
    client.force_login(partnership.officers["centre-of-excellence"])

    page = client.get(f"/staff/feedback/{submission.reference}/")

    assert page.status_code == 200
    assert "It came with the wrong topic" not in page.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "", "Enter the words"),
        ("text", "* gym", "begin with a word"),
        ("weight", "11", "Enter a weight from 1 to 10"),
        ("reason", "", "Enter why it is added"),
        ("topic", "none", "Choose a topic from the list"),
    ],
)
def test_a_phrase_that_cannot_be_is_refused_with_a_sentence(
    client, partnership, field, value, sentence
):
    client.force_login(partnership.team)
    typed = {"text": "a b", "topic": "gp", "weight": 4, "reason": "R", "confirm": "yes"}

    page = client.post("/staff/routing/phrases/", typed | {field: value}).content.decode()

    assert sentence in page


def test_only_the_engagement_team_adds_one(partnership):
    with pytest.raises(PermissionDenied):
        phrases.add(
            text="a b",
            topic=partnership.gp,
            weight=3,
            by=partnership.officers["living-well"],
            reason="R",
        )


def test_the_page_costs_the_same_for_few_and_for_many(client, partnership):
    client.force_login(partnership.team)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/staff/routing/")
        return len(captured)

    referred_on(partnership, "gp", **SUGGESTED)
    referred_on(partnership, "rule", topic="healthy")
    queries()
    with_few = queries()
    for _ in range(4):
        referred_on(partnership, "gp", **SUGGESTED)

    assert queries() == with_few


def test_where_no_word_is_missing_the_page_leads_to_the_phrases(client, partnership):
    referred_on(partnership, "gp", message="The gym.", topic="healthy")
    client.force_login(partnership.team)

    page = client.get("/staff/routing/").text

    assert "Every longer word of it is in a phrase already. Add a phrase of two words" in page
    assert '<a href="/admin/engagement/phrase/">the phrases</a>' in page
