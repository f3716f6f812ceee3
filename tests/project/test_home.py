"""The first page, and whom to ask."""

import pytest

from engagement.actions import outcomes, submissions, themes
from governance.actions.structure import structure_edited
from tests.factories import (
    make_activity,
    make_body,
    make_engagement_team_member,
    make_kind,
    make_locality,
    make_person,
    make_signpost,
    make_theme,
)
from tests.project.world import make_message, make_outcome


@pytest.mark.django_db
def test_a_resident_on_a_phone_reads_the_ways_on_in_their_order(client):
    make_body("Executive Board", kind=make_kind("executive-board", name="Executive board"))
    make_locality("ne", name="North East")

    page = client.get("/").text

    wanted = [
        "plan health and care together",
        "Find your locality",
        "Your postcode or the name of your area",
        "North East",
        "Say something",
        "See what came of it",
        "See who decides what",
        "You said, they decided, we did",
        'href="/you-said/">All that came of what you said',
        ">Executive Board</a>",
        'href="/get-involved/">Ways to get involved',
        "What lies before my bodies",
    ]
    places = [page.index(words) for words in wanted]
    assert places == sorted(places)


@pytest.mark.django_db
def test_home_shows_the_bodies_of_the_partnership_by_kind_from_the_top(client):
    make_body("Low", kind=make_kind("low", name="Low kind", order=9))
    make_body("High", kind=make_kind("high", name="High kind", order=1))
    make_body("Outside", kind=make_kind("outside", outside_partnership=True))

    page = client.get("/").text

    assert page.index("High kind") < page.index(">High</a>") < page.index("Low kind")
    assert "Outside" not in page


@pytest.mark.django_db
def test_home_shows_an_edit_at_once(client):
    body = make_body("Before")
    client.get("/")
    body.names.update(name="After")
    structure_edited()

    assert ">After</a>" in client.get("/").text


@pytest.mark.django_db
def test_home_shows_what_came_of_it_and_what_is_next_and_nothing_that_was_taken_back(client):
    body, team = make_body(), make_engagement_team_member()
    message, _ = make_message(body)
    theme = make_theme(message, by=team)
    assert "once something is decided" in client.get("/").text
    made = make_outcome(theme, body, team)
    make_activity(body, title="Tea and plans")
    make_activity(body, title="Over", in_days=-2)
    make_activity(body, title="Not yet", published_on=None)
    make_activity(body, title="Called off", is_cancelled=True)
    structure_edited()

    page = client.get("/").text

    assert f'href="/you-said/{made.pk}/"' in page
    assert "Tea and plans" in page
    assert not any(title in page for title in (">Over<", "Not yet", "Called off"))
    outcomes.take_back(outcome=made, by=team, reason="A mistake.")
    assert f'href="/you-said/{made.pk}/"' not in client.get("/").text


@pytest.mark.django_db
def test_home_counts_anew_when_a_message_is_put_under_a_theme(client):
    body, team = make_body(), make_engagement_team_member()
    message, _ = make_message(body)
    theme = make_theme(message, by=team)
    make_outcome(theme, body, team)
    assert "Fewer than 5 messages" in client.get("/").text

    themes.add(theme=theme, submissions=[make_message(body)[0] for _ in range(5)], by=team)

    assert "6 messages" in client.get("/").text


@pytest.mark.django_db
def test_an_outcome_leaves_home_when_its_message_is_erased(client):
    body, team = make_body(), make_engagement_team_member()
    message, _ = make_message(body)
    made = outcomes.draft(submission=message, body=body, title="Of one", said="S", by=team)
    outcomes.publish(outcome=made, by=team, seen=made.revision)
    assert "Of one" in client.get("/").text

    submissions.withdraw(submission=message)

    assert "Of one" not in client.get("/").text


@pytest.mark.django_db
def test_staff_find_the_way_in_at_once(client):
    assert 'href="/staff/">Staff sign-in' in client.get("/").text
    client.force_login(make_person())

    page = client.get("/").text

    assert 'href="/staff/">My bodies' in page
    assert 'href="/staff/">Staff sign-in' not in page


@pytest.mark.django_db
def test_each_website_to_turn_to_is_named(client):
    make_signpost(group="complaint", phone="", url="https://www.one.example/a")
    make_signpost(group="complaint", phone="", url="https://two.example/b")

    page = client.get("/contact/").text

    for host in ("one.example", "two.example"):
        assert f'Website<span class="nhsuk-u-visually-hidden">: {host}</span></a>' in page


@pytest.mark.django_db
def test_the_contact_page_says_who_may_write_for_one_and_where_services_are_listed(client):
    page = client.get("/contact/").text

    assert "Someone you trust may do it for you." in page
    assert "https://www.nhs.uk/nhs-services/services-near-you/" in page


@pytest.mark.django_db
def test_contacts_are_those_that_administrators_keep(client):
    nobody = client.get("/contact/").text
    make_signpost(group="portal", title="Web team", email="web@example.org", phone="")
    make_signpost(group="data", title="Data protection officer", email="dpo@example.org")

    page = client.get("/contact/").text

    assert "has not named an address for this yet" in nobody
    assert 'about this portal. <a href="/feedback/">' in nobody
    assert "has not named an address for this yet" not in page
    assert 'href="mailto:web@example.org"' in page and 'href="mailto:dpo@example.org"' in page
    assert 'href="mailto:web@example.org"' in client.get("/accessibility/").text
    assert 'href="mailto:dpo@example.org"' in client.get("/privacy/").text
    assert "web@example.org" not in client.get("/feedback/").text
