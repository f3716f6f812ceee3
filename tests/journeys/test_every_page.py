"""What a page weighs on its way to a phone, and whether it can be read there, every public page."""

import gzip
import re
from urllib.parse import urljoin

import pytest
from django.contrib.staticfiles import finders

from tests.factories import make_engagement_team_member, make_submission, make_theme
from tests.plugins.browser import DESKTOP

FIRST_VISIT, NEXT_VISIT = 100_000, 15_000  # bytes
NARROWEST = 320  # also 1280 pixels at 400 %
WIDTHS = (NARROWEST, 641, 768, 1024)  # that of 641 is the narrowest that is no phone
# As readers may set it (WCAG 2.2, 1.4.12); a policy of ours lets no style element in.
SPACED_OUT = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important; }
    * { word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }
"""
RESTYLE = """styles => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    document.adoptedStyleSheets = [sheet]
}"""
STAFF_PAGES = ("/staff/", "/staff/feedback/", "/staff/themes/", "/escalations/", "/staff/figures/")
COMPRESSIBLE = (".css", ".js", ".svg")
LOADED = re.compile(
    r'<link rel="(?:stylesheet|icon)"[^>]*? href="([^"]+)"|<script[^>]* src="([^"]+)"'
    r'|<img[^>]* src="([^"]+)"| poster="([^"]+)"'
)
NOT_LISTED = [
    "/localities/find/?q=E3+4AB",
    "/localities/find/?q=Mile+End",
    "/search/?q=health",
    "/feedback/receipt/",
    "/get-involved/receipt/",
    "/accounts/login/",
]


@pytest.fixture
def addresses(portal, client, settings):
    """Every page of the sitemap, and those that search engines leave alone."""
    sitemap = client.get("/sitemap.xml").text
    listed = re.findall(r"<loc>(.*?)</loc>", sitemap)
    return [each.removeprefix(settings.PORTAL_URL) for each in listed] + NOT_LISTED


def compressed(client, address):
    """What goes over the wire for one address of ours: the body of the answer."""
    if address.startswith("/static/"):
        with open(finders.find(address.removeprefix("/static/")), "rb") as file:
            content = file.read()
        return len(gzip.compress(content) if address.endswith(COMPRESSIBLE) else content)
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, address
    return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def test_a_page_is_light_on_the_first_visit_and_on_the_next(addresses, client):
    too_heavy, weights = {}, {}

    for address in addresses:
        page = compressed(client, address)
        found = LOADED.findall(client.get(address).text)
        beside = {urljoin(address, each) for groups in found for each in groups if each}
        for each in beside - weights.keys():
            weights[each] = compressed(client, each)
        first = page + sum(weights[each] for each in beside)
        if page > NEXT_VISIT or first > FIRST_VISIT:
            too_heavy[address] = (first, page)

    assert too_heavy == {}
    assert len(addresses) > 60


def widths_too_narrow_for(page):
    """In which windows the page that is open scrolls sideways, also with its text spaced out."""
    height = page.viewport_size["height"]
    for styles in ("", SPACED_OUT):
        page.evaluate(RESTYLE, styles)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"{width}, spaced out" if styles else width


def test_no_public_page_scrolls_sideways(addresses, new_page):
    page = new_page()
    wide = {}

    for address in [*addresses, "/bn/", "/so/", "/so/structure/"]:
        page.goto(address)
        if widths := list(widths_too_narrow_for(page)):
            wide[address] = widths

    assert wide == {}


@pytest.mark.parametrize("username", ["demo-engagement", "demo-governance-admin"])
def test_no_page_of_staff_scrolls_sideways(visit_as, username):
    page = visit_as(username, javascript=False)
    addresses, wide = dict.fromkeys(STAFF_PAGES), {}
    for address in STAFF_PAGES:
        page.goto(address)
        links = page.locator("main a[href^='/staff/'], main a[href^='/escalations/']").all()
        addresses |= dict.fromkeys(link.get_attribute("href") for link in links)

    for address in addresses:
        if "." not in address:  # a file
            page.goto(address)
            if widths := list(widths_too_narrow_for(page)):
                wide[address] = widths

    assert wide == {}
    assert len(addresses) > 2 * len(STAFF_PAGES)


def test_what_is_one_long_word_makes_no_list_of_staff_wider(visit_as):
    word = "W" * 100
    message = make_submission(message=word, topic="not-sure", place=word[:80])
    theme = make_theme(message, title=word, by=make_engagement_team_member())
    page, wide = visit_as("demo-engagement", javascript=False), {}

    lists = "/staff/", "/staff/feedback/", "/staff/themes/", "/staff/outcomes/"
    themes = f"/staff/themes/{theme.pk}/", f"/staff/themes/{theme.pk}/answer/"
    for address in (*lists, *themes, f"/staff/feedback/{message.reference}/"):
        page.goto(address)
        assert word in page.content()
        if widths := list(widths_too_narrow_for(page)):
            wide[address] = widths

    assert wide == {}


def test_every_page_can_be_read_without_style_and_script(addresses, new_page):
    page = new_page(width=DESKTOP, javascript=False)
    page.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    unread = []

    for address in addresses[:: len(addresses) // 20]:
        page.goto(address)
        if not page.get_by_role("heading", level=1).first.is_visible():
            unread.append(address)

    assert unread == []
