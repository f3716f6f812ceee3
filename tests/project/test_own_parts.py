"""Header and footer, drawn once for all who have no session, and for each of the others."""

import pytest

from governance import kept
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CURRENT = 'aria-current="page"'


def header_of(response):
    return response.text.split("<header", 1)[1].split("</header>", 1)[0]


def test_each_address_has_its_own_header(client):
    headers = [header_of(client.get(address)) for address in ("/localities/", "/you-said/") * 2]

    assert headers[0] == headers[2] != headers[1] == headers[3]
    assert all(header.count(CURRENT) == 1 for header in headers)


def test_the_notice_goes_when_its_setting_does(client, settings):
    settings.PORTAL_NOTICE = "This copy is for trying out"
    assert settings.PORTAL_NOTICE in client.get("/localities/").text

    settings.PORTAL_NOTICE = ""

    assert "This copy is for trying out" not in client.get("/localities/").text


def test_who_signs_in_gets_a_header_of_their_own(client):
    assert "Staff sign-in" in client.get("/localities/").text
    client.force_login(make_person(username="lovelace"))

    assert "lovelace" in client.get("/localities/").text
    client.logout()
    assert "lovelace" not in client.get("/localities/").text


def test_the_memory_it_takes_is_bounded(client, monkeypatch):
    monkeypatch.setattr(kept, "MOST_PARTS", 4)
    kept._parts.clear()
    for number in range(9):
        client.get(f"/localities/?q={number}")

    assert len(kept._parts) <= 4
