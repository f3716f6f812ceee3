"""The pages that belong to no app, and what every page shares."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path

from tests.factories import PASSWORD, make_person
from tests.plugins.browser import DESKTOP, PHONE
from tht_portal.urls import handler403, handler404, handler500  # noqa: F401
from tht_portal.urls import urlpatterns as addresses_of_the_portal

PROJECT = Path(__file__).parents[2]
TEMPLATES = PROJECT / "templates"
STYLE_SHEET = PROJECT / "build" / "static" / "portal" / "portal.css"
FOUNDING_TEXT = PROJECT / "governance" / "data" / "founding_text.txt"

PAGES = ["/", "/accessibility/", "/privacy/", "/accounts/login/", "/accounts/signed-out/"]
ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"]

NARROWEST = 320


def break_down(request):
    raise RuntimeError("planted")


def miss(request):
    raise Http404


def refuse(request):
    raise PermissionDenied


# The addresses of the portal, and some where things go wrong.
urlpatterns = [
    path("broken/", break_down),
    path("missing/", miss),
    path("refused/", refuse),
    *addresses_of_the_portal,
]


# --- For everyone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_belongs_to_no_app_asks_nothing_of_the_database(client, address):
    assert client.get(address).status_code == 200  # the database is refused in this test


@pytest.mark.parametrize("address", ["/", "/accessibility/", "/privacy/"])
def test_a_page_to_read_sets_no_cookie(client, address):
    response = client.get(address)

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


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
def test_every_page_names_the_sources_of_its_data(client, line):
    assert line in client.get("/").text


def test_the_home_page_quotes_the_founding_text_word_for_word(client):
    text = squeezed(FOUNDING_TEXT.read_text())
    quotes = re.findall(r"<blockquote.*?</blockquote>", client.get("/").text, re.DOTALL)
    paragraphs = [p for quote in quotes for p in re.findall(r"<p>(.*?)</p>", quote, re.DOTALL)]

    assert len(paragraphs) == 5
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
    header = render_to_string("_header.html", {"signed_in": True}, request=rf.get(address))

    assert re.findall(r'href="([^"]+)" aria-current="([^"]+)"', header) == current


@pytest.mark.django_db(transaction=True)
def test_the_paper_has_the_text_and_not_the_controls(page):
    page.goto("/privacy/")

    page.emulate_media(media="print")

    assert page.get_by_role("heading", name="Privacy notice").is_visible()
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.get_by_role("search").is_visible()


# --- Errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ERRORS)
def test_an_error_page_needs_no_request_and_no_database(html_faults, template):
    html = render_to_string(template)

    assert "<h1>" in html
    assert "What to do" in html
    assert html_faults(html) == []


def test_an_error_page_may_say_what_was_wrong_and_says_it_safely():
    html = render_to_string("400.html", {"sentence": "There is no day <31 February>."})

    assert "There is no day &lt;31 February&gt;." in html


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/nowhere/", 404, "We cannot find this page"),
        ("/refused/", 403, "You may not see this page"),
        ("/missing/", 404, "We cannot find this page"),
        ("/broken/", 500, "Something went wrong on our side"),
    ],
)
def test_an_error_is_shown_though_the_database_is_away_and_one_is_signed_in(
    client, address, status, heading
):
    client.raise_request_exception = False
    client.cookies[settings.SESSION_COOKIE_NAME] = "some-session"

    response = client.get(address)  # the database is refused in this test

    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.text


def test_a_form_that_is_too_old_is_refused_in_plain_words():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"})

    assert response.status_code == 403
    assert "The form could not be taken" in response.text


# --- Signing in and out ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_signing_in_leads_to_what_lies_before_ones_bodies(client):
    person = make_person()

    response = client.post("/accounts/login/", {"username": person.username, "password": PASSWORD})

    assert response.status_code == 302
    assert response.url == "/staff/"


@pytest.mark.django_db
def test_a_wrong_password_gets_a_sentence_and_keeps_the_user_name(client):
    person = make_person()

    page = client.post("/accounts/login/", {"username": person.username, "password": "wrong"}).text

    assert "<title>Error: Staff sign-in" in page
    assert "The user name and password do not belong together." in page
    assert f'value="{person.username}"' in page
    assert "wrong" not in re.sub(r"<p>.*?</p>", "", page)


@pytest.mark.django_db
def test_an_empty_sign_in_form_says_what_is_missing_and_where(client):
    page = client.post("/accounts/login/", {}).text

    assert '<a href="#id_username">' in page
    assert page.count("Enter your user name") == 2
    assert page.count("Enter your password") == 2


@pytest.mark.django_db
def test_too_many_attempts_are_stopped_with_a_sentence_and_a_time(client):
    person = make_person()
    attempt = {"username": person.username, "password": "wrong"}

    responses = [client.post("/accounts/login/", attempt) for _ in range(5)]
    right = client.post("/accounts/login/", attempt | {"password": PASSWORD})

    assert responses[-1].status_code == right.status_code == 429
    assert "Too many attempts to sign in" in right.text
    assert "Signing in with this user name is stopped until" in right.text


@pytest.mark.django_db
def test_those_signed_in_have_their_own_navigation_and_sign_out_by_a_button(client):
    person = make_person(first_name="Amina", last_name="Rahman")
    client.force_login(person)

    page = client.get("/").text
    response = client.post("/accounts/logout/", follow=True)

    assert "Signed in as Amina Rahman" in page
    for address in ("/staff/", "/escalations/", "/staff/feedback/"):
        assert f'href="{address}"' in page
    assert 'href="/admin/"' not in page
    assert "You are signed out" in response.text
    assert "Signed in as" not in client.get("/").text


@pytest.mark.django_db
def test_only_those_who_may_use_the_admin_are_offered_it(client):
    client.force_login(make_person(is_staff=True))

    assert 'href="/admin/"' in client.get("/").text


@pytest.mark.django_db
def test_the_portal_sets_two_cookies_and_no_third(client):
    person = make_person()

    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": person.username, "password": PASSWORD})

    assert set(client.cookies) <= {"csrftoken", "sessionid"}


@pytest.mark.django_db
def test_a_password_can_be_changed(client):
    person = make_person()
    client.force_login(person)
    new = "quite another long password"

    response = client.post(
        "/accounts/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
        follow=True,
    )

    assert "Your password is changed" in response.text
    person.refresh_from_db()
    assert person.check_password(new)


@pytest.mark.django_db
def test_a_password_that_will_not_do_is_refused_in_sentences(client, html_faults):
    client.force_login(make_person())

    page = client.post(
        "/accounts/password/",
        {"old_password": "no", "new_password1": "short", "new_password2": "other"},
    ).text

    assert "This is not your old password." in page
    assert "The two new passwords differ." in page
    assert html_faults(page) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False])
def test_one_signs_in_and_out_with_and_without_javascript(new_page, javascript):
    person = make_person()
    page = new_page(width=PHONE, javascript=javascript)

    page.goto("/accounts/login/?next=/privacy/")
    page.get_by_label("User name").fill(person.username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Privacy notice").wait_for()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("heading", name="You are signed out").wait_for()


@pytest.mark.django_db(transaction=True)
def test_the_error_summary_takes_one_to_the_field(page, axe_faults):
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in").click()

    summary = page.get_by_role("alert")
    summary.wait_for()
    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    assert axe_faults(page) == []
    summary.get_by_role("link", name="Enter your password").click()

    assert page.evaluate("document.activeElement.id") == "id_password"


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

    assert names == {"favicon-180.png", "favicon.ico", "favicon.svg", "logo.svg", "river.svg"}
    header = (TEMPLATES / "_header.html").read_text()
    assert "nhsuk-header" not in header and "nhsuk-logo" not in header


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()
