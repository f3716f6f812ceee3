"""Pages that say what went wrong, whatever it was."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path

from tests.factories import make_person
from tht_portal.urls import handler403, handler404, handler500  # noqa: F401
from tht_portal.urls import urlpatterns as addresses_of_the_portal

ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "410.html", "500.html", "503.html"]


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


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/nowhere/", "/refused/", "/bodies/nowhere/"])
def test_who_is_signed_in_keeps_the_way_to_their_own_pages(client, html_faults, address):
    assert "Staff sign-in" in client.get(address).text
    client.force_login(make_person())

    page = client.get(address)

    assert "Staff sign-in" not in page.text
    assert 'href="/staff/">My bodies</a>' in page.text
    assert 'name="csrfmiddlewaretoken"' in page.text
    assert html_faults(page.content) == []


def test_a_form_that_is_too_old_is_refused_in_plain_words():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"})

    assert response.status_code == 403
    assert "The form could not be taken" in response.text
