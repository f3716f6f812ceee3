import gzip
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.kept import keep_page
from tests.admin_pages import send, sentences
from tests.factories import make_body, make_locality, make_ward
from tht_portal import kept_pages

pytestmark = pytest.mark.django_db

PAGE = "<p>The structure</p>" * 50


class Site:
    """A page behind the middleware, and how often it was rendered."""

    def __init__(self, view=None):
        self.rendered = 0
        self.view = keep_page("as_on")(view or self.render)
        self.keeper = kept_pages.KeptPages(self.view)
        self.requests = RequestFactory()

    def render(self, request):
        self.rendered += 1
        return HttpResponse(PAGE)

    def get(self, address="/structure/", **headers):
        return self.keeper(self.requests.get(address, headers=headers))


@pytest.fixture
def site():
    make_body()
    return Site()


def test_a_page_is_rendered_once_and_then_answered_from_memory(site, django_assert_num_queries):
    first = site.get()

    with django_assert_num_queries(1):
        second = site.get()

    assert site.rendered == 1
    assert second.content == first.content == PAGE.encode()


def test_the_first_request_after_an_edit_sees_it(site):
    before = site.get()
    structure_edited()

    after = site.get()

    assert site.rendered == 2
    assert after["ETag"] != before["ETag"]


def test_the_first_request_after_a_locality_is_named_anew_sees_it(admin_client):
    locality = make_locality()
    make_ward(locality=locality)
    make_body()
    structure_edited()
    visitor, address = Client(), reverse("admin:localities_locality_change", args=[locality.pk])
    before = [visitor.get(page).text for page in ("/", "/localities/") for _ in range(2)]

    answer = send(admin_client, address, rows=(), fields={"name": "Docklands"})

    assert sentences(answer) == []
    assert not any("Docklands" in page for page in before)
    assert all("Docklands" in visitor.get(page).text for page in ("/", "/localities/"))


def test_a_reader_whose_copy_is_good_is_told_so_with_an_empty_answer(site):
    etag = site.get()["ETag"]

    response = site.get(if_none_match=etag)

    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag
    assert site.rendered == 1
    structure_edited()
    assert site.get(if_none_match=etag).status_code == 200


def test_an_etag_outlives_the_process(site):
    etag = site.get()["ETag"]

    assert Site().get(if_none_match=etag).status_code == 304


def test_a_page_is_compressed_for_those_who_take_it(site):
    response = site.get(accept_encoding="br, gzip")

    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content) == PAGE.encode()
    assert len(response.content) < len(PAGE) / 4


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_page_says_how_long_it_is(client, encoding):
    make_body()
    for _ in ("rendered", "kept"):
        response = client.get("/structure/", headers={"accept-encoding": encoding})

        assert response["ETag"]
        assert response["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize(
    ("address", "language"), [("/structure/", "en-GB"), ("/bn/structure/", "bn")]
)
def test_a_kept_page_says_all_that_it_said_when_it_was_made(client, address, language):
    make_body()
    made = client.get(address, secure=True)

    kept = client.get(address, secure=True)

    assert kept.headers == made.headers
    assert kept["Content-Language"] == language
    assert kept["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in kept and "Permissions-Policy" in kept


def test_what_was_kept_for_https_is_not_given_to_plain_http(settings):
    make_body()
    settings.SECURE_SSL_REDIRECT = True
    client = Client()  # with the middleware of these settings

    client.get("/structure/", secure=True)

    assert client.get("/structure/").status_code == 301


def test_each_address_has_its_own_page_and_made_up_parameters_have_none(site):
    site.get("/structure/")
    site.get("/structure/?as_on=2026-01-01")
    assert site.rendered == 2

    site.get("/structure/?made=up")
    site.get("/structure/?made=up")
    assert site.rendered == 4


def test_tomorrow_it_is_rendered_again(site, monkeypatch):
    etag = site.get()["ETag"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(kept_pages, "london_day", lambda: tomorrow)

    assert site.get()["ETag"] != etag


def test_someone_with_a_session_never_gets_a_kept_page(site, settings):
    site.get()
    site.requests.cookies[settings.SESSION_COOKIE_NAME] = "anything"

    response = site.get()

    assert site.rendered == 2
    assert "ETag" not in response


@pytest.mark.parametrize("status", [404, 400, 500, 302])
def test_only_pages_that_are_there_are_kept(status):
    site = Site(lambda request: HttpResponse(PAGE, status=status))

    assert "ETag" not in site.get()


def test_a_page_that_sets_a_cookie_is_not_kept():
    def view(request):
        response = HttpResponse(PAGE)
        response.set_cookie("csrftoken", "x")
        return response

    assert "ETag" not in Site(view).get()


def test_the_memory_it_takes_is_bounded(site, monkeypatch):
    monkeypatch.setattr(kept_pages, "MOST_PAGES", 3)
    for day in range(1, 6):
        site.get(f"/structure/?as_on=2026-01-0{day}")

    assert len(site.keeper._pages) == 3


@pytest.mark.parametrize(
    "name",
    [
        "governance/views/bodies.py",
        "templates/base.html",
        "build/static/portal/portal.css",
        "static/js/portal.js",
        "static/images/logo.svg",
        "tht_portal/locale/bn/LC_MESSAGES/django.mo",
        "requirements.txt",
    ],
)
def test_a_copy_is_no_longer_good_once_anything_a_page_is_made_from_is_another(
    settings, tmp_path, name
):
    assert (settings.BASE_DIR / name).exists()
    settings.BASE_DIR = tmp_path
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)

    path.write_text("One")
    before = kept_pages.build.__wrapped__()
    path.write_text("Other")

    assert kept_pages.build.__wrapped__() != before


def test_nor_once_the_notice_above_every_page_is_another(settings):
    settings.PORTAL_NOTICE = "For trying out."
    before = kept_pages.build.__wrapped__()
    settings.PORTAL_NOTICE = ""

    assert kept_pages.build.__wrapped__() != before
