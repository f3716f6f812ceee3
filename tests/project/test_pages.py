"""The pages that belong to no app, and what every page shares."""

import gzip
import re
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils import timezone

from tests.factories import (
    make_activity,
    make_animation,
    make_body,
    make_engagement_team_member,
    make_locality,
    make_organisation,
    make_project,
    make_signpost,
    make_story,
    make_theme,
)
from tests.loaded import FACTS, load
from tests.plugins.browser import DESKTOP, PHONE
from tests.project.world import make_message, make_outcome, make_public_idea

PROJECT = Path(__file__).parents[2]
TEMPLATES = PROJECT / "templates"
STYLE_SHEET = PROJECT / "build" / "static" / "portal" / "portal.css"
FOUNDING_TEXT = PROJECT / "governance" / "data" / "founding_text.txt"

STATEMENTS = ["/accessibility/", "/privacy/", "/terms/", "/contact/"]
SIGNING_IN = ["/accounts/login/", "/accounts/signed-out/"]
PAGES = ["/", *STATEMENTS, *SIGNING_IN]

NARROWEST = 320
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


# --- For everyone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", SIGNING_IN)
def test_the_way_in_asks_nothing_of_the_database(client, address):
    assert client.get(address).status_code == 200  # the database is refused in this test


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", *STATEMENTS])
@pytest.mark.parametrize("bodies", [1, 30])
def test_a_page_that_belongs_to_no_app_is_kept(client, django_assert_num_queries, address, bodies):
    for _ in range(bodies):
        make_body()
    first = client.get(address)

    with django_assert_num_queries(1):
        again = client.get(address)

    assert first.status_code == again.status_code == 200
    assert again.headers["ETag"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", *STATEMENTS])
def test_a_page_to_read_sets_no_cookie(client, address):
    response = client.get(address)

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_valid_html(client, html_faults, address):
    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_pages_are_accessible(new_page, axe_faults, width):
    page = new_page(width=width)

    for address in PAGES:
        page.goto(address)
        assert axe_faults(page) == [], address


@pytest.mark.django_db(transaction=True)
def test_nothing_needs_scrolling_sideways_on_the_narrowest_screen(new_page):
    page = new_page(width=NARROWEST)

    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, address


@pytest.mark.django_db(transaction=True)
def test_the_first_press_of_tab_offers_the_way_past_the_header(page):
    page.goto("/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "maincontent"


@pytest.mark.django_db(transaction=True)
def test_every_stop_of_the_keyboard_can_be_seen(page):
    page.goto("/")
    unseen = []

    for _ in range(page.locator("a[href], button, input").count()):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            """() => {
                const here = document.activeElement, style = getComputedStyle(here);
                const box = here.getBoundingClientRect();
                const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
                return marked && box.width > 8 && box.height > 8 ? [] : [here.outerHTML];
            }"""
        )

    assert unseen == []


@pytest.mark.parametrize(
    "line",
    [
        "Contains OS data © Crown copyright and database right 2025.",
        "Contains Royal Mail data © Royal Mail copyright and database right 2025.",
        "Contains National Statistics data © Crown copyright and database right 2025.",
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0.",
        "Contains information from NHS England, licensed under the Open Government Licence v.3.0.",
    ],
)
@pytest.mark.django_db
def test_every_page_names_the_sources_of_its_data(client, line):
    assert line in client.get("/").text


@pytest.mark.django_db
def test_the_home_page_quotes_the_founding_text_word_for_word(client):
    text = squeezed(FOUNDING_TEXT.read_text())
    quotes = re.findall(r"<blockquote.*?</blockquote>", client.get("/").text, re.DOTALL)
    paragraphs = [p for quote in quotes for p in re.findall(r"<p>(.*?)</p>", quote, re.DOTALL)]

    assert len(paragraphs) == 4
    for paragraph in paragraphs:
        assert squeezed(paragraph) in text


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/", []),
        ("/structure/", [("/structure/", "page")]),
        ("/bodies/living-well/", [("/structure/", "true")]),
        ("/localities/ne/", [("/localities/", "true")]),
        ("/feedback/check/", [("/feedback/", "true")]),
        ("/staff/", [("/staff/", "page")]),
        ("/staff/feedback/F-2026-000042/", [("/staff/feedback/", "true")]),
    ],
)
def test_the_navigation_says_where_one_is(rf, address, current):
    reader = {"signed_in": True, "reader_may": {}}
    header = render_to_string("_header.html", reader, request=rf.get(address))

    assert re.findall(r'href="([^"]+)" aria-current="([^"]+)"', header) == current


@pytest.mark.django_db(transaction=True)
def test_the_paper_has_the_text_and_not_the_controls(page):
    page.goto("/privacy/")

    page.emulate_media(media="print")

    assert page.get_by_role("heading", name="Privacy notice").is_visible()
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.get_by_role("search").is_visible()


# --- What others read of a page -------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/structure/", "/bodies/a-body/", "/terms/"])
def test_a_shared_link_has_the_title_the_sentence_and_our_own_picture(client, settings, address):
    make_body("Jam & “Tea”", slug="a-body")

    page = client.get(address).text

    title = re.search(r"<title>(.*?)</title>", page)[1]
    description = re.search(r'<meta name="description" content="(.*?)">', page)[1]
    assert f'<meta property="og:title" content="{title}">' in page
    assert f'<meta property="og:description" content="{description}">' in page
    picture = re.search(r'<meta property="og:image" content="(.*?)">', page)[1]
    assert picture == f"{settings.PORTAL_URL}/static/images/share.png"


def rows_with_a_page():
    """One of each that is public, and a draft beside it."""
    body, team = make_body(), make_engagement_team_member()
    for make in (make_activity, make_story, make_animation):
        make(body, slug="a-draft", published_on=None)
    make_project(body, slug="a-draft", is_public=False)
    rows = [make(body) for make in (make_activity, make_story, make_animation, make_project)]
    message, _ = make_message(body)
    theme = make_theme(message, by=team)
    outcome, idea = make_outcome(theme, body, team), make_public_idea(body, team)
    return [row.get_absolute_url() for row in (*rows, idea)] + [f"/you-said/{outcome.pk}/"]


@pytest.mark.django_db
def test_the_sitemap_names_every_public_page_and_each_is_there(client, settings):
    make_body(slug="a-body")
    make_organisation(slug="an-organisation")
    make_locality("ne")
    pages = rows_with_a_page()

    response = client.get("/sitemap.xml")

    assert response.headers["Content-Type"] == "application/xml"
    addresses = [each.text for each in ElementTree.fromstring(response.content).iter(f"{MAP}loc")]
    paths = [address.removeprefix(settings.PORTAL_URL) for address in addresses]
    assert {"/", "/bodies/a-body/", "/organisations/an-organisation/", "/localities/ne/"} <= set(
        paths
    )
    assert set(pages) <= set(paths)
    assert not any("draft" in path for path in paths)
    assert not any(path.startswith(("/staff/", "/admin/", "/accounts/")) for path in paths)
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


@pytest.mark.django_db
@pytest.mark.parametrize("bodies", [1, 30])
def test_the_sitemap_takes_few_queries(client, django_assert_num_queries, bodies):
    for _ in range(bodies):
        make_body()

    with django_assert_num_queries(10):
        client.get("/sitemap.xml")


def test_search_engines_leave_staff_s_pages_and_receipts_alone(client, settings):
    settings.PORTAL_NOTICE = ""

    text = client.get("/robots.txt").text

    for address in (
        "/staff/",
        "/escalations/",
        "/actions/",
        "/admin/",
        "/feedback/receipt/",
        "/search/",
    ):
        assert f"Disallow: {address}\n" in text
    assert f"Sitemap: {settings.PORTAL_URL}/sitemap.xml\n" in text


def test_a_copy_for_trying_out_is_not_to_be_found(client, settings):
    settings.PORTAL_NOTICE = "This copy is for trying out."

    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


@pytest.mark.django_db
def test_who_finds_a_weakness_is_told_whom_to_tell(client, settings):
    make_signpost(group="portal", title="Web team", email="web@example.org", phone="")
    make_signpost(group="data", title="Data", email="data@example.org", phone="")

    page = client.get("/.well-known/security.txt")
    fields = [line.split(": ", 1) for line in page.text.splitlines()]

    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert [value for name, value in fields if name == "Contact"] == [
        "mailto:web@example.org",
        f"{settings.PORTAL_URL}/contact/#portal",
    ]
    expires = datetime.fromisoformat(dict(fields)["Expires"])
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)


# --- Weight ---------------------------------------------------------------------------------------


FIRST_VISIT, NEXT_VISIT = 100 * 1024, 15 * 1024  # bytes over the wire


@pytest.mark.django_db(transaction=True)
def test_every_public_page_is_light_and_the_next_one_lighter(new_page):
    """Static files are not compressed here, so the style sheet is counted as it would be."""
    load(FACTS)
    files = {}
    for file in (STYLE_SHEET, *sorted((PROJECT / "static" / "js").iterdir())):
        files[file.name] = len(gzip.compress(file.read_bytes()))
    too_heavy = {}

    pages = {address: new_page(width=PHONE) for address in WEIGHED}
    first = weights_of(pages, files)
    again = weights_of(pages, files)
    for address, received in again.items():
        weights = sum(first[address].values()), sum(received.values())
        if weights[0] > FIRST_VISIT or weights[1] > NEXT_VISIT:
            too_heavy[address] = (weights, received)

    assert too_heavy == {}


WEIGHED = ["/", "/localities/", "/localities/ne/", "/localities/find/?q=E3+4AB", "/feedback/"]
WEIGHED += ["/structure/", "/bodies/executive-board/", "/organisations/", "/meetings/", *STATEMENTS]


def weights_of(pages, files):
    """What each visit brings; that the network is quiet is awaited for all of them at once."""
    visits = {address: visit(page, address, files) for address, page in pages.items()}
    return {address: weigh() for address, weigh in visits.items()}


def visit(page, address, files):
    """Visit a page; what then weighs it gives the bytes that came, without what is cached."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received, addresses = {}, {}
    session.on(
        "Network.responseReceived",
        lambda each: addresses.update({each["requestId"]: each["response"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda each: received.update(
            {addresses.get(each["requestId"], "?"): each["encodedDataLength"]}
        ),
    )
    page.goto(address)

    def weigh():
        page.wait_for_load_state("networkidle")
        session.detach()
        return {
            url: files.get(url.rpartition("/")[2], size) if size else 0
            for url, size in received.items()
        }

    return weigh


# --- Without style and script, and very large -----------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_home_and_a_locality_work_without_style_and_script(new_page):
    call_command("load_localities", verbosity=0)
    page = new_page(width=PHONE, javascript=False)
    page.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))

    page.goto("/")
    page.get_by_label("Your postcode or the name of your area").fill("E3 4AB")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="North East").first.click()

    page.get_by_role("heading", name="What people here need").wait_for()
    assert page.get_by_role("row", name="Somali 0.53%").is_visible()


@pytest.mark.django_db(transaction=True)
def test_a_locality_is_read_at_four_times_the_size_without_scrolling_sideways(new_page, axe_faults):
    call_command("load_localities", verbosity=0)
    page = new_page(width=NARROWEST)  # 1280 pixels at 400 %

    for address in ("/", "/localities/ne/", "/contact/", "/terms/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, address
        assert axe_faults(page) == [], address


# --- What the templates and the style sheet may hold ----------------------------------------------


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_has_no_style_and_no_script_of_its_own(template):
    html = template.read_text()

    assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:", html, re.IGNORECASE)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", html, re.IGNORECASE)


def test_the_style_sheet_is_small_and_asks_no_other_host():
    css = STYLE_SHEET.read_text()

    assert len(css) < 150_000
    assert not re.search(r"url\(['\"]?(https?:)?//", css)
    assert "frutiger" not in css.lower()


def test_no_mark_of_the_nhs_or_the_crown_is_used():
    names = {path.name for path in (PROJECT / "static" / "images").iterdir()}

    assert names == {
        "favicon-180.png",
        "favicon.ico",
        "favicon.svg",
        "logo.svg",
        "river.svg",
        "share.png",
    }
    header = (TEMPLATES / "_header.html").read_text()
    assert "nhsuk-header" not in header and "nhsuk-logo" not in header


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()
