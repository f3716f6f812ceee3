import pytest

from tests.loaded import PASSWORD, demonstration_apart


@pytest.fixture
def portal(transactional_db, monkeypatch):
    """The portal as ./run fills it: the real structure and places, with fictional people."""
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    with demonstration_apart():
        yield


@pytest.fixture
def visit_as(portal, new_page):
    """`visit_as("demo-member")`: someone who signs in as people do, with their password."""

    def visit_as(username, **options):
        page = new_page(**options)
        page.goto("/accounts/login/")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/staff/")
        return page

    return visit_as
