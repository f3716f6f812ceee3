"""Getting involved, stories, films, priorities and the plan in a real browser."""

import pytest

from engagement import pictures, videos
from governance.models import Priority
from tests.factories import (
    make_activity,
    make_animation,
    make_body,
    make_locality,
    make_milestone,
    make_organisation,
    make_picture,
    make_project,
    make_story,
    make_video,
    sign_up,
    today,
)
from tests.plugins.browser import DESKTOP, PHONE, press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]

NARROWEST = 320
LONG = "Neighbourhood conversations about appointments, transport and interpreting"


@pytest.fixture
def activity():
    body = make_body("Community Engagement Group")
    priority = Priority.objects.create(slug="access", name="Everyone is seen in time")
    project = make_project(body, name=LONG, priority=priority)
    make_milestone(project, due_on=today())
    activity = make_activity(
        body, title=LONG, project=project, places=1, access="Step-free", is_online=True
    )
    activity.localities.add(make_locality("ne"))
    make_activity(body, in_days=-14, result="We **listened**.")
    story = make_story(
        body, title=LONG, project=project, activity=activity, picture_text="A nurse and a child"
    )
    story.organisations.add(make_organisation("The hospital"))
    film = make_animation(body, title=LONG, url="", video="x", picture_text="Two people talk")
    for row in story, film:
        pictures.keep(row, pictures.prepared(make_picture()))
    videos.keep(film, make_video(), "video/webm")
    film.captions.create(captions="WEBVTT", transcript="You say it.\n\nYou know.")
    story.save()
    film.save()
    return activity


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESKTOP])
def test_the_pages_read_well_fit_and_are_valid(
    new_page, axe_faults, html_faults, client, activity, width
):
    story, film = activity.stories.get(), activity.owner.animations.get()
    page = new_page(width=width)

    for address in (
        "/get-involved/",
        "/get-involved/?when=past",
        "/get-involved/?locality=nowhere",
        activity.get_absolute_url(),
        "/get-involved/receipt/",
        "/stories/",
        story.get_absolute_url(),
        "/animations/",
        film.get_absolute_url(),
        "/priorities/",
        "/plan/",
        activity.project.get_absolute_url(),
    ):
        page.goto(address)
        for summary in page.locator("summary").all():
            summary.click()
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert html_faults(client.get(address).content) == [], address


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESKTOP])
def test_every_state_of_signing_up_reads_well_fits_and_is_valid(
    new_page, axe_faults, html_faults, activity, width
):
    sign_up(activity)  # the last place
    page = new_page(width=width)
    answered = []
    page.on("response", lambda response: answered.append(response))

    def look():
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        documents = [each for each in answered if each.request.is_navigation_request()]
        if documents[-1].request.method == "POST":
            assert html_faults(documents[-1].body()) == []

    page.goto(activity.get_absolute_url())
    page.fill("[name=email]", "nadia")
    press(page, "Join the waiting list")
    assert "Enter your name" in page.inner_text("main")
    assert page.input_value("[name=email]") == "nadia"
    look()
    page.fill("[name=name]", "Nadia")
    page.fill("[name=email]", "nadia@example.org")
    page.check("[name=agrees]")
    press(page, "Join the waiting list")
    assert "You are on the waiting list." in page.inner_text("main")
    look()

    page.goto("/get-involved/receipt/")
    page.fill("[name=secret]", "K7QM")
    press(page, "Open my sign-up")
    look()


@pytest.mark.parametrize("address", ["/get-involved/", "/feedback/", "/structure/"])
@pytest.mark.parametrize("width", [NARROWEST, PHONE])
def test_the_navigation_of_a_phone_is_two_tidy_rows(new_page, width, address):
    page = new_page(width=width)
    page.goto(address)

    rows = page.evaluate(
        """() => [...document.querySelectorAll(".tht-nav a")].map(link => {
            const box = link.getBoundingClientRect();
            return [Math.round(box.top), Math.round(box.height), box.left, box.right];
        })"""
    )

    assert len({top for top, *_ in rows}) == 2
    assert len({height for _, height, *_ in rows}) == 1  # no link breaks into two lines
    for (top, _, _, right), (next_top, _, left, _) in zip(rows, rows[1:], strict=False):
        assert next_top != top or left >= right
    assert all(0 <= left and right <= width for *_, left, right in rows)
