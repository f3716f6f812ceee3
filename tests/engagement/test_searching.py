"""Who looks for their own words is shown what to do with them, and what is published about it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagement.actions import ideas, outcomes, themes
from engagement.models import Activity, Idea, Outcome, Phrase, Story, Submission
from governance.actions.structure import structure_edited
from governance.models import Decision
from tests.factories import (
    make_activity,
    make_partnership,
    make_story,
    make_submission,
    send_feedback,
    today,
)
from tests.reading import main_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    partnership = make_partnership()
    for text, sign, topic in (
        ("hurt myself", Phrase.Sign.URGENT, None),
        ("complain", Phrase.Sign.COMPLAINT, None),
        ("gym", Phrase.Sign.TOPIC, "healthy"),
    ):
        Phrase.objects.create(text=text, sign=sign, topic_id=topic, weight=6)
    structure_edited()
    return partnership


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("gym", "/feedback/?topic=healthy"),
        ("I hurt myself", "/contact/#urgent"),
        ("complain", "/contact/#complaint"),
    ],
)
def test_their_words_lead_to_what_can_be_done(client, partnership, text, address):
    page = main_of(client.get("/search/", {"q": text}))

    assert f'<a href="{address}">' in page
    assert page.index("What to do") < page.index(address)
    assert "Nothing was found" not in page


def test_what_says_nothing_of_a_topic_leads_to_the_empty_form(client, partnership):
    page = main_of(client.get("/search/", {"q": "zzz"}))

    assert "What to do" not in page
    assert '<a href="/feedback/">Give feedback or an idea</a>' in page


# --- What is published ----------------------------------------------------------------------------

PLACES = {
    "Get involved": "/get-involved/",
    "You said, they decided, we did": "/you-said/",
    "Ideas of residents": "/ideas/",
    "Stories": "/stories/",
}


def search(client, text, language=""):
    return main_of(client.get(f"{language}/search/", {"q": text}))


def make_outcome(partnership, team, *, is_published=True, **words):
    theme = themes.create(title="Jabs", by=team)
    words = {"title": "Jabs", "said": "Many cannot come by day."} | words
    made = outcomes.draft(theme=theme, body=partnership.living_well, by=team, **words)
    if is_published:
        outcomes.publish(outcome=made, by=team, seen=made.revision)
    return made


def make_idea(partnership, team, *, is_published=True, message="A jab bus, please.", **words):
    sent = send_feedback(kind="idea", topic="healthy", message=message, may_publish=True)
    words = {"title": "A bus", "summary": "It goes round."} | words
    body, submission = partnership.living_well, sent.submission
    made = ideas.take_up(submission=submission, body=body, why="Good.", by=team, **words)
    if is_published:
        ideas.publish(idea=made, by=team, seen=made.revision)
    return made


def test_what_is_published_is_found_by_its_title_and_its_text(client, partnership, team):
    activity = make_activity(title="An evening of flu", details="We talk of vaccination.")
    story = make_story(title="Flu over", text="Everyone had their vaccination.")
    outcome = make_outcome(partnership, team, title="Flu at night", said="No vaccination by day.")
    idea = make_idea(partnership, team, title="A flu bus", summary="Vaccination on wheels.")
    pages = [
        activity.get_absolute_url(),
        f"/you-said/{outcome.pk}/",
        idea.get_absolute_url(),
        story.get_absolute_url(),
    ]

    for text in ("flu", "VACCINATION", "flu vaccination"):
        page = search(client, text)
        at = [page.index(f'<a href="{address}">') for address in pages]
        assert at == sorted(at)
        for title, address in PLACES.items():
            assert f">{title}</h2>" in page and f'<a href="{address}">' in page
    assert "Nothing was found" in search(client, "flu zebra")


def test_what_was_decided_finds_an_outcome_where_it_is_public(client, partnership, team):
    for text, is_public in (("Opening until eight", True), ("Whispered", False)):
        decision = Decision.objects.create(
            body=partnership.living_well,
            decided_on=today(),
            title=text,
            text="On Tuesdays.",
            is_public=is_public,
        )
        make_outcome(partnership, team, state="decided", decision=decision)

    assert "/you-said/" in search(client, "until eight")
    assert "Nothing was found" in search(client, "whispered")


def test_drafts_and_words_of_residents_are_never_found(client, partnership, team):
    make_activity(title="Zebra", published_on=None)
    make_activity(title="Zebra", published_on=today() + timedelta(days=1))
    make_story(title="Zebra", published_on=None)
    make_outcome(partnership, team, title="Zebra", is_published=False)
    make_idea(partnership, team, title="Zebra", is_published=False)
    taken_back = make_idea(partnership, team, title="Zebra")
    Submission.objects.filter(pk=taken_back.submission_id).update(may_publish=False)
    make_idea(partnership, team, message="A zebra crossing")

    assert "Nothing was found" in search(client, "zebra")


def test_titles_come_first_and_few_are_shown_with_the_way_to_the_others(client, partnership):
    for number in range(4):
        make_story(title=f"Story {number}", text="Of tea.", slug=f"of-{number}")
    named = make_story(title="Tea", published_on=today() - timedelta(days=9))

    page = search(client, "tea")

    assert page.count('<a href="/stories/of-') == 2
    assert page.index(named.get_absolute_url()) < page.index("/stories/of-")
    assert "The first 3 are shown." in page and '<a href="/stories/">All stories</a>' in page


def test_the_next_activity_comes_first_and_what_is_over_last(client, partnership):
    days = (20, -9, 5, -2)
    made = {day: make_activity(in_days=day, title="Tea", slug=f"in-{day}") for day in days}

    page = search(client, "tea")

    at = [page.index(made[day].get_absolute_url()) for day in (5, 20, -2)]
    assert at == sorted(at)
    assert made[-9].get_absolute_url() not in page


def test_a_translation_is_found_where_its_language_is_read(client, partnership):
    translations = {"so": {"title": "Tallaalka", "summary": "Kaalay"}}
    activity = make_activity(title="Jabs", translations=translations)

    for text in ("tallaal", "jabs"):
        page = search(client, text, "/so")
        assert f'<a href="/so{activity.get_absolute_url()}">Tallaalka</a>' in page
    assert "Nothing was found" in search(client, "tallaal")


@pytest.mark.parametrize("count", [1, 30])
def test_search_takes_as_many_queries_however_much_is_published(client, partnership, team, count):
    for number in range(count):
        make_activity(partnership.living_well, title="Tea")
        make_story(partnership.living_well, title="Tea", text="Tea. " * number)
    outcome, idea = make_outcome(partnership, team, said="Tea"), make_idea(partnership, team)
    for _ in range(count - 1):
        outcome.pk = None
        outcome.save()
        idea.pk, idea.submission = None, make_submission()
        idea.save()
    Idea.objects.update(title="Tea", is_published=True)
    Outcome.objects.update(is_published=True)
    Submission.objects.update(may_publish=True)
    client.get("/search/?q=tea")

    with CaptureQueriesContext(connection) as asked:
        page = search(client, "tea")

    assert all(f">{title}</h2>" in page for title in PLACES)
    assert {model.objects.count() for model in (Activity, Story, Outcome, Idea)} == {count}
    assert len(asked) == 11
    assert not any("engagement_submissionwords" in each["sql"] for each in asked)
    assert not any("message" in each["sql"] for each in asked)
