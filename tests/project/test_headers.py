"""What every answer says to browsers, caches and proxies."""

import gzip
import logging
import re

import pytest
from django.test import Client

from tests.factories import make_governance_administrator, make_person
from tht_portal.logs import OneLine
from tht_portal.middleware import real_address

HTTPS = {"secure": True}
PUBLIC = ["/", "/privacy/", "/accounts/login/"]
PERSONAL = ["/", "/privacy/", "/accounts/password/", "/admin/"]


@pytest.fixture
def production(settings):
    """The settings in which production differs, as test_settings has proved them."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE = True


# --- Every page -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*PUBLIC, "/nothing-here/", "/healthz/", "/readyz/"])
def test_every_page_is_guarded_by_headers(client, address):
    headers = client.get(address).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*PUBLIC, "/nothing-here/", "/?q=%00", "/admin/"])
def test_every_page_runs_and_loads_what_is_ours_alone(client, address):
    policy = client.get(address).headers["Content-Security-Policy"]

    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    for kind in ("script-src", "style-src", "font-src", "media-src", "form-action"):
        assert rules[kind] == "'self'"
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


@pytest.mark.django_db
def test_the_admin_works_under_the_same_policy(client):
    client.force_login(make_person(is_staff=True, is_superuser=True))

    page = client.get("/admin/")

    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text and "<style>" not in page.text


@pytest.mark.django_db
def test_plain_http_is_sent_to_https(client, production):
    answer = client.get("/privacy/?a=b")

    assert answer.status_code == 301
    assert answer["Location"] == "https://testserver/privacy/?a=b"


@pytest.mark.django_db
def test_https_is_remembered_for_a_year(client, production):
    header = client.get("/", **HTTPS)["Strict-Transport-Security"]

    assert header == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz/", "/readyz/"])
def test_those_who_watch_are_not_sent_to_https(client, production, address):
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_cookies_are_for_https_and_for_no_script(client, production):
    person = make_person(username="officer")
    page = client.get("/accounts/login/", **HTTPS)
    sent = {"username": person.username, "password": "a long demonstration password"}

    client.post("/accounts/login/", sent, **HTTPS)

    assert page.cookies
    for cookie in client.cookies.values():
        assert cookie["secure"] and cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
    assert client.cookies["sessionid"]["max-age"] == ""  # gone with the browser


# --- Caches ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", PERSONAL)
def test_no_cache_keeps_what_someone_signed_in_reads(client, address):
    client.force_login(make_governance_administrator())

    answer = client.get(address)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer and "Last-Modified" not in answer


@pytest.mark.django_db
def test_no_cache_keeps_an_answer_to_a_form(client):
    answer = client.post("/accounts/login/", {})

    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_no_cache_keeps_a_page_that_sets_a_cookie(client):
    answer = client.get("/accounts/login/")

    assert answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/privacy/", "/accessibility/"])
def test_a_public_page_is_the_same_for_everyone_without_a_session(client, address):
    answer = client.get(address)

    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"


# --- Proxies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        (0, "", "192.0.2.9"),
        (0, "198.51.100.1", "192.0.2.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.5, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.5, 198.51.100.1, 192.0.2.8", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.9"),
        (1, "", "192.0.2.9"),
        (1, "unknown", "192.0.2.9"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_who_asks_is_whom_our_own_proxies_saw(proxies, forwarded_for, address):
    assert real_address("192.0.2.9", forwarded_for, proxies) == address


def test_a_socket_without_an_address_has_one_for_the_database():
    assert real_address("", "", 0) == "0.0.0.0"


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [0, 1])
def test_forwarding_headers_of_strangers_are_dropped(rf, settings, proxies):
    from tht_portal.middleware import TrustedProxies

    settings.TRUSTED_PROXIES = proxies
    seen = {}
    forwarded = {
        "x-forwarded-for": "198.51.100.1",
        "x-forwarded-host": "evil.example",
        "x-forwarded-port": "444",
        "x-forwarded-proto": "https",
        "x-real-ip": "198.51.100.2",
        "forwarded": "for=198.51.100.3",
    }

    TrustedProxies(lambda request: seen.update(request.headers))(rf.get("/", headers=forwarded))

    kept = {name for name in seen if name.lower() in forwarded}
    assert kept == ({"X-Forwarded-Proto"} if proxies else set())


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "status"), [(0, 301), (1, 200)])
def test_https_at_the_proxy_counts_when_the_proxy_is_ours(settings, production, proxies, status):
    settings.TRUSTED_PROXIES = proxies
    if proxies:
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    answer = Client().get("/", headers={"x-forwarded-proto": "https"})

    assert answer.status_code == status


# --- The log --------------------------------------------------------------------------------------


def logged(message, *arguments, exc_info=None):
    record = logging.LogRecord("portal", logging.ERROR, "", 0, message, arguments, exc_info)
    return OneLine().format(record)


def test_an_event_is_one_line_whatever_it_tells():
    line = logged("Not Found: %s", "/a\nb\r\x1b[31m\u2028c")

    assert len(line.splitlines()) == 1
    assert r"\x0a" in line and r"\x1b" in line


def test_the_log_leaves_out_what_was_searched_for():
    line = logged("GET /localities/find/?q=E3+4AB HTTP/1.1")

    assert "/localities/find/" in line
    assert "E3" not in line


def test_the_log_tells_where_an_exception_arose_and_not_what_it_says():
    try:
        try:
            raise KeyError("My doctor was rude")
        except KeyError as error:
            raise ValueError("Mrs Begum, E3 4AB") from error
    except ValueError as error:
        line = logged("Failed", exc_info=(type(error), error, error.__traceback__))

    assert "ValueError < KeyError at tests/project/test_headers.py:" in line
    assert "Begum" not in line and "rude" not in line


@pytest.mark.django_db
def test_a_page_that_fails_does_not_log_what_was_sent(monkeypatch, capsys, settings):
    from tht_portal import views

    def fail(self, request, *args, **kwargs):
        raise RuntimeError(f"cannot take {request.POST['message']}")

    monkeypatch.setattr(views.SignInView, "post", fail)
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    client = Client(raise_request_exception=False)

    try:
        answer = client.post("/accounts/login/?next=/secret/", {"message": "My doctor was rude"})
    finally:
        logger.removeHandler(handler)

    said = capsys.readouterr().err
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "Internal Server Error: /accounts/login/" in said
    assert "RuntimeError at tests/project/test_headers.py:" in said
    assert "rude" not in said and "secret" not in said


# --- Over the wire --------------------------------------------------------------------------------

TAKES_GZIP = {"accept-encoding": "gzip"}


@pytest.mark.django_db
def test_a_page_that_is_not_kept_is_compressed_for_those_without_a_session(client):
    answer = client.get("/localities/", headers=TAKES_GZIP)

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert "Content-Encoding" not in client.get("/localities/")


@pytest.mark.django_db
def test_the_form_for_residents_is_compressed_with_a_new_token_each_time(client):
    plain = client.get("/feedback/")
    pages = [client.get("/feedback/", headers=TAKES_GZIP) for _ in range(2)]

    assert "Content-Encoding" not in plain and "Accept-Encoding" in plain["Vary"]
    for page in pages:
        assert page["Content-Encoding"] == "gzip" and "Accept-Encoding" in page["Vary"]
        assert int(page["Content-Length"]) == len(page.content) < 12_000
    texts = [gzip.decompress(page.content).decode() for page in pages]
    tokens = {re.search(r'name="token" value="([^"]+)"', text)[1] for text in texts}
    assert len(tokens) == 2
    assert not re.search(r"[0-9a-f]{64}-[a-z_]+-", "".join(texts))  # no gap is left
    sizes = {len(text) for text in (*texts, plain.text)}
    assert len(sizes) == 1


@pytest.mark.django_db
def test_what_someone_signed_in_reads_is_not_compressed(client):
    client.force_login(make_person())

    assert "Content-Encoding" not in client.get("/staff/", headers=TAKES_GZIP)
