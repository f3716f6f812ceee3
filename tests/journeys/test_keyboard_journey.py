"""A resident without a mouse: find the locality, join an activity, read a story, watch a film."""

from playwright.sync_api import expect

from tests.plugins.browser import PHONE

MOST_STOPS = 150
HERE = """() => {
    const here = document.activeElement, label = here.labels && here.labels[0];
    const words = label ? label.textContent : here.getAttribute("aria-label") || here.textContent;
    return words.replace(/\\s+/g, " ").trim();
}"""


def tab_to(page, words):
    """Press Tab until what is named so has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(HERE).startswith(words):
            return
    raise AssertionError(f"Tab does not come to “{words}”")


def follow(page, words):
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_everything_a_resident_does_is_done_with_the_keyboard(portal, new_page):
    page = new_page(width=PHONE)
    page.goto("/")
    tab_to(page, "Your postcode")
    page.keyboard.type("e3 4ab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    follow(page, "North East")
    expect(page.get_by_role("heading", level=1)).to_contain_text("North East")
    tab_to(page, "What people here need")
    page.keyboard.press("Enter")
    assert page.url.endswith("/localities/ne/#needs")

    follow(page, "All ways to get involved here")
    follow(page, "Demonstration: tea and plans")
    for label, words in (("Your name", "Nadia"), ("Your e-mail address", "nadia@example.org")):
        tab_to(page, label)
        page.keyboard.type(words)
    tab_to(page, "You may keep my name")
    page.keyboard.press("Space")
    follow(page, "Sign up")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You have a place")

    follow(page, "Stories")
    follow(page, "Demonstration: one sign")
    expect(page.get_by_role("heading", level=1)).to_contain_text("one sign")
    follow(page, "Animations")
    follow(page, "How a message travels")
    tab_to(page, "How a message travels")
    languages = "[...document.activeElement.textTracks].map(each => each.language)"
    assert page.evaluate("document.activeElement.tagName") == "VIDEO"
    assert page.evaluate(languages) == ["en", "bn", "so"]
