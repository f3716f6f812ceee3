"""Priorities and the programme plan: what is shown, to whom, and what has slipped."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.models import (
    Escalation,
    Priority,
    ProjectReport,
    Strategy,
    StructureRecord,
)
from tests.factories import (
    make_body,
    make_escalation_line,
    make_ladder,
    make_member,
    make_milestone,
    make_officer,
    make_person,
    make_project,
    officer_of,
    today,
    words_of_a_matter,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def make_priority(slug="first", **fields):
    return Priority.objects.create(slug=slug, name=fields.pop("name", slug.capitalize()), **fields)


@pytest.mark.parametrize(
    ("due", "expected", "reached", "slipped", "late"),
    [
        (0, None, None, False, False),
        (-1, None, None, True, False),
        (1, 2, None, True, False),
        (2, 1, None, False, False),
        (-1, None, -1, False, False),
        (-2, 5, -1, False, True),
    ],
)
def test_a_milestone_has_slipped_from_the_day_after_or_when_it_is_expected_later(
    due, expected, reached, slipped, late
):
    def day(days):
        return None if days is None else today() + timedelta(days=days)

    milestone = make_milestone(due_on=day(due), expected_on=day(expected), reached_on=day(reached))

    assert milestone.is_slipped(today()) is slipped
    assert milestone.was_late is late


def test_the_plan_shows_public_projects_by_priority_and_what_has_slipped(client, html_faults):
    priority = make_priority(name="Fewer falls")
    project = make_project(name="Safe homes", priority=priority)
    make_milestone(project, title="Rails fitted", due_on=today() - WEEK)
    make_project(name="Still secret", is_public=False)
    make_project(name="Over already", end_date=today() - WEEK)

    page = client.get("/plan/").text

    assert page.index("Fewer falls") < page.index("Safe homes") < page.index("1 milestone slipped")
    assert "Still secret" not in page
    assert "Over already" not in page
    assert html_faults(page) == []


def test_on_a_past_day_a_project_stands_as_was_reported_and_reached_by_then(client):
    body = make_body(slug="here")
    StructureRecord.objects.update(first_day=today() - 9 * WEEK)
    project = make_project(body)
    for weeks, outlook in ((6, "at_risk"), (1, "on_track")):
        project.reports.create(reported_on=today() - weeks * WEEK, outlook=outlook, words="So")
    make_milestone(project, title="Rails", due_on=today() - 5 * WEEK, reached_on=today() - 2 * WEEK)
    make_milestone(project, title="Ramps", due_on=today() + WEEK)

    def card(**days):
        text = text_of(client.get("/bodies/here/", days).text)
        return text.partition("Projects ")[2].partition(" Meetings")[0]

    now, then = card(), card(as_on=(today() - 4 * WEEK).isoformat())
    first = card(as_on=(today() - 7 * WEEK).isoformat())

    assert "On track Next: Ramps" in now
    assert "At risk 1 milestone slipped Next: Rails" in then
    assert "No report yet Next: Rails" in first


def test_staff_see_what_is_not_public_yet(client):
    project = make_project(name="Still secret", is_public=False)
    address = reverse("governance:project", args=[project.slug])

    assert client.get(address).status_code == 404
    client.force_login(make_person())

    assert "Not public" in client.get(address).text
    assert "Still secret" in client.get("/plan/").text


def test_a_priority_is_shown_while_it_holds_with_its_projects(client, html_faults):
    make_project(name="Safe homes", priority=make_priority(summary="## Why\n\n**Because.**"))
    make_priority("gone", end_date=today() - WEEK)

    page = client.get("/priorities/").text

    assert "<h3>Why</h3>" in page and "<strong>Because.</strong>" in page
    assert "Safe homes" in page
    assert "Gone" not in page
    assert html_faults(page) == []


def test_a_project_tells_its_milestones_and_its_last_report_first(client, html_faults):
    project = make_project(summary="It helps.")
    make_milestone(project, due_on=today() - WEEK, reached_on=today() - WEEK)
    for days, outlook, words in ((9, "on_track", "All is well."), (2, "at_risk", "Late parts.")):
        ProjectReport.objects.create(
            project=project,
            reported_on=today() - timedelta(days=days),
            outlook=outlook,
            words=words,
        )

    page = client.get(project.get_absolute_url()).text

    assert page.index("At risk") < page.index("Late parts.") < page.index("All is well.")
    assert "Reached on" in page
    assert html_faults(page) == []


@pytest.mark.parametrize("page", ["/plan/", "/priorities/"])
def test_many_projects_ask_no_more_than_few(client, django_assert_num_queries, page):
    def fill(number):
        priority = make_priority(f"priority-{number}")
        project = make_project(priority=priority)
        make_milestone(project)
        make_milestone(project, due_on=today() - WEEK)
        ProjectReport.objects.create(
            project=project, reported_on=today(), outlook="on_track", words="W"
        )

    fill(0)
    with django_assert_num_queries(5):
        client.get(page)
    for number in range(1, 12):
        fill(number)

    with django_assert_num_queries(5):
        client.get(page)


def test_the_page_of_a_body_shows_its_projects_and_strategies(client, html_faults):
    body = make_body()
    make_project(body, name="Safe homes")
    Strategy.objects.create(body=body, title="One workforce", review_date=today() - WEEK)

    page = client.get(reverse("governance:body", args=[body.slug])).text

    assert "Safe homes" in page
    assert "One workforce" in page and "Past review" in page
    assert html_faults(page) == []


# --- A slipped milestone goes up ------------------------------------------------------------------


def test_a_slipped_milestone_is_offered_to_those_who_sit_on_its_body(client):
    body = make_body()
    milestone = make_milestone(make_project(body), due_on=today() - WEEK)
    address = milestone.project.get_absolute_url()
    link = f"/escalations/new/?body={body.slug}&amp;milestone={milestone.pk}"

    client.force_login(make_officer(make_body()))
    assert link not in client.get(address).text
    client.force_login(make_member(body))

    assert link in client.get(address).text


def test_a_matter_about_a_milestone_begins_with_what_is_known_and_keeps_its_project(client):
    body, board = make_ladder(2)
    milestone = make_milestone(make_project(body), title="Rails fitted", due_on=today() - WEEK)
    address = f"/escalations/new/?body={body.slug}&milestone={milestone.pk}"
    client.force_login(officer_of(body))

    form = client.get(address).text
    words = words_of_a_matter() | {"deed": "raise", "to_body": board.slug, "sending_token": "a"}
    answer = client.post(address, words, follow=True)

    assert "Slipped: Rails fitted" in form
    assert "and has not been reached; no new day is set" in form
    assert Escalation.objects.get().project == milestone.project
    assert milestone.project.get_absolute_url() in answer.text


@pytest.mark.parametrize("number", ["x", "0", "9" * 30, "٣", "-1", "99"])
def test_a_milestone_that_is_not_of_the_body_is_not_found(client, number):
    body = make_body()
    client.force_login(make_officer(body))

    answer = client.get(f"/escalations/new/?body={body.slug}&milestone={number}")

    assert answer.status_code == 404


# --- Projects of a body that has closed -----------------------------------------------------------


def test_who_follows_a_body_answers_for_its_projects_and_carries_them_up(client):
    board, follower = make_body("Board"), make_body("Healthy Adults", slug="healthy-adults")
    make_escalation_line(follower, board)
    closed = make_body("Living Well", end_date=today() - WEEK, successor=follower)
    project = make_project(closed)
    milestone = make_milestone(project, title="Rails fitted", due_on=today() - WEEK)
    raise_it = f"/escalations/new/?body=healthy-adults&milestone={milestone.pk}"

    assert "Living Well" not in client.get("/plan/").text
    assert "Healthy Adults" in client.get("/plan/").text
    client.force_login(make_officer(follower))
    page = client.get(project.get_absolute_url()).text

    assert "Healthy Adults</a>" in page and "Living Well" not in page
    assert raise_it.replace("&", "&amp;") in page
    form = client.get(raise_it)
    assert form.status_code == 200
    assert "Slipped: Rails fitted" in form.text


def test_a_body_that_has_closed_is_not_offered_to_raise_a_matter_for(client):
    follower = make_body()
    closed = make_body("Living Well", end_date=today() - WEEK, successor=follower)
    client.force_login(make_officer(follower))

    refusal = client.get(f"/escalations/new/?body={closed.slug}")

    assert refusal.status_code == 403
    assert "may raise a matter for it, while it is there" in refusal.text
