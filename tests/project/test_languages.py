"""Pages in other languages: their addresses, what they say of themselves, and links that stay."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import override

from governance.models import Meeting
from tests.factories import make_body, make_governance_administrator, make_person
from tht_portal.models import LanguageCheck

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def languages(settings):
    settings.LANGUAGES = [("en-gb", "English"), ("bn", "বাংলা"), ("fa", "فارسی")]


def links_of(page):
    return re.findall(r'(?:href|action)="(/[^"]*)"', page.content.decode())


def test_english_has_no_prefix_and_the_others_have_their_own(client):
    assert client.get("/").content.startswith(b'<!DOCTYPE html>\n<html lang="en-GB">')
    assert b'<html lang="bn">' in client.get("/bn/").content
    assert client.get("/bn/").headers["Content-Language"] == "bn"
    assert client.get("/en-gb/").status_code == 404
    assert client.get("/xx/").status_code == 404


def test_a_language_written_from_right_to_left_says_so(client):
    assert b'<html lang="fa" dir="rtl">' in client.get("/fa/").content


def test_the_switch_keeps_the_page_and_what_it_was_asked(client):
    page = client.get("/bn/structure/?as_on=2026-01-01")

    assert 'href="/structure/?as_on=2026-01-01" hreflang="en-GB"' in page.content.decode()
    assert 'href="/fa/structure/?as_on=2026-01-01" hreflang="fa"' in page.content.decode()


def test_no_switch_where_changing_would_lose_what_was_typed(client):
    assert b"tht-languages" in client.get("/feedback/").content
    assert b"tht-languages" not in client.post("/feedback/").content


def test_no_cookie_is_set_and_every_address_is_read_on_its_own(client):
    assert not client.get("/bn/").cookies
    assert b'<html lang="en-GB">' in client.get("/", HTTP_ACCEPT_LANGUAGE="bn").content


@pytest.mark.parametrize(
    "address", ["/", "/structure/", "/localities/", "/feedback/", "/search/?q=board", "/nothing/"]
)
def test_links_stay_in_the_language_but_for_staff_and_files(client, address):
    make_body()

    links = set(links_of(client.get(f"/bn{address}")))

    own = ("/bn/", "/static/", "/accounts/", "/staff/")
    switches = {address, f"/fa{address}", "/bn" + address}
    assert {link for link in links if not link.startswith(own)} <= switches
    assert any(link.startswith("/bn/") for link in links)


def test_staff_pages_are_in_english_and_have_no_other_address(client):
    client.force_login(make_person())

    answer = client.get("/bn/staff/?page=2")

    assert (answer.status_code, answer["Location"]) == (302, "/staff/?page=2")
    assert b"tht-languages" not in client.get("/staff/").content
    assert b"tht-languages" not in client.get("/actions/").content


def test_pages_of_staff_below_addresses_for_everyone_are_in_english_too(client):
    administrator = make_governance_administrator()
    client.force_login(administrator)
    meeting = Meeting.objects.create(body=make_body("Board", slug="board"), starts_at=now())
    pack = f"/bodies/board/meetings/{meeting.pk}/pack/"

    assert client.get(f"/bn{pack}")["Location"] == pack
    assert b"tht-languages" not in client.get(pack).content
    assert client.get("/bn/get-involved/tea/people/")["Location"] == "/get-involved/tea/people/"
    assert b"tht-languages" in client.get("/bodies/board/").content


def test_a_kept_page_is_kept_for_each_language(client):
    assert b'lang="en-GB"' in client.get("/structure/").content
    assert b'<html lang="bn">' in client.get("/bn/structure/").content
    assert b'<html lang="en-GB">' in client.get("/structure/").content


def test_addresses_made_in_code_are_those_of_the_language():
    with override("bn"):
        assert reverse("governance:structure") == "/bn/structure/"
        assert reverse("login") == "/accounts/login/"


# --- Whether a native speaker has checked it ------------------------------------------------------


AWAITS = "A native speaker has not checked this translation yet."


@pytest.mark.parametrize("address", ["/", "/structure/", "/feedback/"])
def test_a_translated_page_says_in_english_too_that_it_awaits_a_native_speaker(client, address):
    assert f'<p lang="en-GB">{AWAITS}' in client.get(f"/bn{address}").text
    assert AWAITS not in client.get(address).text


def test_it_says_so_until_an_administrator_adds_the_check_and_again_without_it(client):
    client.get("/bn/structure/")  # kept from now on
    administrator = Client()
    administrator.force_login(make_governance_administrator())
    check = {"language": "bn", "checked_on": "2026-11-25", "checked_by": "The desk", "reason": "x"}

    added = administrator.post("/admin/tht_portal/languagecheck/add/", check)

    assert added.status_code == 302
    assert AWAITS not in client.get("/bn/structure/").text
    assert AWAITS in client.get("/fa/structure/").text
    found = LanguageCheck.objects.get()
    assert found.history.get().history_change_reason == "x"
    administrator.post(f"/admin/tht_portal/languagecheck/{found.pk}/delete/", {"reason": "y"})
    assert AWAITS in client.get("/bn/structure/").text


def test_english_is_not_among_the_languages_to_check(client):
    client.force_login(make_governance_administrator())
    check = {"language": "en-gb", "checked_on": "2026-11-25", "checked_by": "x", "reason": "x"}

    page = client.post("/admin/tht_portal/languagecheck/add/", check).text

    assert "is not one of the available choices" in page
