"""What residents said, on the page of their locality: topics and counts, and nobody in them."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from engagement.actions import outcomes
from engagement.models import Submission, SubmissionStatus
from engagement.tallies import twelve_months_before
from tests.factories import (
    make_activity,
    make_engagement_team_member,
    make_locality,
    make_partnership,
    make_story,
    make_submission,
    make_theme,
    make_topic,
    make_ward,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def last_month():
    return timezone.localdate().replace(day=1) - timedelta(days=1)


def say(number, *, topic="gp", day=None, **fields):
    """Messages about the North East, received on a day of the months that are counted."""
    sent = [make_submission(topic=topic).pk for _ in range(number)]
    found = Submission.objects.filter(pk__in=sent)
    found.update(received_on=day or last_month(), **fields)


def said(client):
    return part(client, "said")


def part(client, key, address="/localities/ne/"):
    page = client.get(address).text
    found = re.search(rf'(?s)<h2 id="{key}">.*?</section>', page)
    return found and text_of(found[0])


def test_topics_are_counted_the_most_frequent_first(client):
    make_partnership()
    say(5, topic="gp")
    say(7, topic="healthy")

    text = said(client)

    assert text.index("Healthy: 7 messages") < text.index("Gp: 5 messages")


def test_fewer_than_five_messages_are_not_counted_out(client):
    make_partnership()
    say(4, topic="gp")
    say(6, topic="healthy")

    text = said(client)

    assert "Fewer than 5 messages each: Gp." in text
    assert "4" not in text.replace(str(last_month().year), "").partition("what they are about.")[2]


@pytest.mark.parametrize(
    "status", [SubmissionStatus.HELD, SubmissionStatus.REJECTED, SubmissionStatus.WITHDRAWN]
)
def test_what_is_held_rejected_or_withdrawn_is_not_counted(client, status):
    make_partnership()
    say(6, status=status)

    assert "Nobody has written about this locality" in said(client)


def test_only_whole_months_of_the_last_year_are_counted(client):
    make_partnership()
    this_month = last_month() + timedelta(days=1)
    long_ago = last_month() - timedelta(days=366)
    say(6, topic="gp", day=this_month)
    say(6, topic="healthy", day=long_ago)

    assert "Nobody has written about this locality" in said(client)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2024, 4, 10), date(2023, 4, 1), date(2024, 3, 31)),
        (date(2024, 3, 31), date(2023, 3, 1), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2023, 2, 1), date(2024, 1, 31)),
        (date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_twelve_whole_months_are_counted_also_of_a_leap_year(day, first, last):
    assert twelve_months_before(day) == (first, last)


def test_no_other_day_gives_numbers_of_which_the_difference_is_small(client):
    make_partnership()
    say(6, day=timezone.localdate())
    say(5, day=last_month().replace(day=1) - timedelta(days=1))
    say(1, day=last_month())
    next_month = (timezone.localdate().replace(day=1) + timedelta(days=40)).replace(day=1)

    assert "Gp: 6 messages" in said(client)
    for day in (last_month(), last_month().replace(day=1), next_month):
        assert part(client, "said", f"/localities/ne/?as_on={day}") is None


@pytest.mark.parametrize("day", ["0001-01-01", "0001-02-01", "0002-01-31", "9999-12-31"])
def test_the_first_and_last_day_there_is_break_nothing(client, day):
    make_partnership()

    assert client.get(f"/localities/ne/?as_on={day}").status_code == 200


def test_messages_about_another_locality_are_not_counted(client):
    make_partnership()
    say(6, locality=make_locality("nw"))

    assert "Nobody has written about this locality" in said(client)


def test_no_word_of_a_resident_is_shown(client):
    make_partnership()
    say(6)

    assert "three weeks" not in client.get("/localities/ne/").text


@pytest.mark.parametrize("topics", [1, 12])
def test_many_topics_take_no_more_queries(client, django_assert_num_queries, topics):
    partnership = make_partnership()
    ward = make_ward("Bow", locality=partnership.ne.locality)
    Submission.objects.bulk_create(
        Submission(
            message="M",
            topic=make_topic(),
            ward=ward,
            locality=partnership.ne.locality,
            received_at=timezone.now(),
            received_on=last_month(),
            sending_key=str(number),
        )
        for number in range(topics)
    )
    client.get("/localities/ne/")

    with django_assert_num_queries(15):
        client.get("/localities/ne/")


# --- What came of it, and where to take part ------------------------------------------------------


def test_what_came_of_it_here_stands_on_the_page_with_its_count(client):
    partnership, team = make_partnership(), make_engagement_team_member()
    say(6, topic="gp")
    theme = make_theme(*Submission.objects.all(), by=team)
    for title, locality in (("Here", "ne"), ("Elsewhere", "nw"), ("Everywhere", None)):
        made = outcomes.draft(
            theme=theme,
            body=partnership.living_well,
            by=team,
            title=title,
            said="S",
            locality=locality and getattr(partnership, locality).locality,
        )
        outcomes.publish(outcome=made, by=team, seen=made.revision)

    text = part(client, "came-of-it")

    assert "Here" in text and "Everywhere" in text and "Elsewhere" not in text
    assert "Of this locality: 6 messages" in text


def test_what_is_next_here_and_what_was_achieved_stand_on_the_page(client):
    partnership = make_partnership()
    for title, codes in (("Tea here", ["ne"]), ("Tea there", ["nw"]), ("Tea for all", [])):
        activity = make_activity(title=title)
        activity.localities.set(codes)
    make_story(partnership.ne.committee, title="Our story")
    make_story(title="A story of others")
    make_story(partnership.ne.committee, title="Unfinished", published_on=None)

    text = part(client, "take-part")

    for words, is_there in (
        ("Tea here", True),
        ("Tea for all", True),
        ("Our story", True),
        ("Tea there", False),
        ("A story of others", False),
        ("Unfinished", False),
    ):
        assert (words in text) == is_there, words


def test_a_story_stands_in_the_language_of_the_page_where_it_is_translated(client):
    partnership = make_partnership()
    words = {"title": "আমাদের গল্প", "summary": "এখন ভালো।"}
    make_story(partnership.ne.committee, title="Our story", translations={"bn": words})
    make_story(partnership.ne.committee, title="Another")

    page = client.get("/bn/localities/ne/").text

    assert ">আমাদের গল্প</a><br>এখন ভালো।" in page and "Our story" not in page
    assert '<span lang="en-GB">Another</span>' in page


def test_the_page_of_another_day_does_not_tell_what_is_so_today(client):
    make_partnership()

    for key in ("said", "came-of-it", "take-part"):
        assert part(client, key, "/localities/ne/?as_on=2026-01-01") is None
