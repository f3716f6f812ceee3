"""Whatever arrives, the answer is a page with a sentence, and never a failure of ours."""

import contextlib
import io
import re
import string
from itertools import cycle
from time import monotonic
from urllib.parse import quote

import pytest
from django.conf import settings as portal_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import QueryDict
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.project.addresses import all_addresses, own_addresses
from tests.project.serving import environment, say, scratch_database, served
from tests.project.world import path_of, posted_to, undone
from tht_portal import guard
from tht_portal.wsgi import application

pytestmark = pytest.mark.django_db

FORM = "/accounts/login/"
ODD_TYPES = [
    "text/plain; charset=utf-7",
    "text/plain; charset=rot13",
    "text/plain; charset=idna",
    "text/plain; charset=punycode",
    "text/plain; charset=base64",
    "text/plain; charset=utf-16",
    "text/plain; charset=undefined",
    "text/plain; charset=unheard-of",
    "text/plain; charset=é",
    "text/plain; charset=",
    'text/plain; charset=""',
    "text/plain; charset=utf-8; charset=utf-7",
    "text/plain; charset*=utf-8''utf-7",
    "text/plain; charset*=unheard-of''utf-8",
    "text/plain; charset*=utf-8''%00",
    "application/x-www-form-urlencoded; charset=iso-8859-1",
    "multipart/form-data; boundary=x; charset=utf-7",
    "; charset=utf-8",
    "text",
    "é",
    "text/plain; é=é",
]
PLAIN_TYPES = [
    "",
    "text/plain",
    "text/plain;charset=UTF-8",
    'text/plain; charset="utf-8"',
    "text/plain; charset=us-ascii; format=flowed",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf8;",
    "multipart/form-data; boundary=----WebKitFormBoundaryAbC123",
    "multipart/form-data; boundary=---------------------------9051914041544843365972754266",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
]


def ask(method="GET", path="/", *, query=b"", body=b"", headers=None, **environ):
    """Ask as a server does, with any bytes at all; give the status, the headers and the text."""
    asked = RequestFactory()._base_environ(
        **{
            "REQUEST_METHOD": method,
            "PATH_INFO": path if isinstance(path, str) else path.decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
    )
    for name, value in (headers or {}).items():
        asked[f"HTTP_{name.upper().replace('-', '_')}"] = value
    told = []
    with the_suite_s_connection():
        answer = application(asked, lambda status, sent, *_: told.append((status, dict(sent))))
        text = b"".join(answer).decode(errors="replace")
        answer.close()
    [(status, sent)] = told
    return int(status.split()[0]), sent, text


@contextlib.contextmanager
def the_suite_s_connection():
    """A request closes connections that are old, which one in a test's transaction seems to be."""
    for signal in request_started, request_finished:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in request_started, request_finished:
            signal.connect(close_old_connections)


def assert_refused(answer, sentence, status=400):
    assert answer[0] == status
    assert str(sentence) in answer[2]
    assert "<h1>" in answer[2]


# --- Encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ODD_TYPES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_encoding_that_is_not_ours_is_refused_in_a_sentence(method, content_type):
    answer = ask(method, FORM, query=b"next=/", body=b"username=a", CONTENT_TYPE=content_type)

    assert_refused(answer, guard.ODD_TYPE)


@pytest.mark.parametrize("content_type", PLAIN_TYPES)
def test_what_browsers_send_is_taken(content_type):
    assert ask("GET", FORM, CONTENT_TYPE=content_type)[0] == 200


def test_a_long_content_type_is_judged_at_once():
    gaps = f"text/plain{'; ' * 24}!"
    started = monotonic()

    answer = ask("GET", FORM, CONTENT_TYPE=gaps)

    # What doubles with each space takes 24 of them to many seconds, and 60 to longer than we live.
    assert monotonic() - started < 2
    assert_refused(answer, guard.ODD_TYPE)


def test_text_in_utf_8_is_read_as_it_was_written(client):
    page = client.get(FORM, {"next": "/পথ/"})

    assert 'value="/পথ/"' in page.text


# --- Addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/\0", b""),
        ("/bodies/a\0b/", b""),
        ("/", b"q=%00"),
        ("/", b"q=\0"),
        ("/", b"%00=q"),
        ("/accounts/login/", b"next=/a%00"),
    ],
)
def test_nul_in_an_address_is_refused_in_a_sentence(path, query):
    assert_refused(ask("GET", path, query=query), guard.ODD_CHARACTERS)


@pytest.mark.parametrize("path", [b"/\xff\xfe/", b"/bodies/\xc3\x28/", b"/\xed\xa0\x80/", b"//x"])
def test_a_path_that_is_not_utf_8_is_not_found(path):
    assert ask("GET", path)[0] == 404


@pytest.mark.parametrize(
    "query", [b"next=%ff%fe", b"next=\xff", b"%ed%a0%80=1", b"&&&=&=", b"?" * 99]
)
def test_a_query_that_is_not_utf_8_does_no_harm(query):
    assert ask("GET", FORM, query=query)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver:port", "a b", "", "é", "[::1", "x" * 999]
)
def test_a_name_that_is_not_ours_is_refused_in_a_sentence(host):
    answer = ask("GET", "/", headers={"Host": host})

    assert_refused(answer, "does not answer to the name")


# --- Bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("body", [b"", b"username=a", b"--x\r\nContent-Disposition: form-data; "])
def test_a_body_cut_short_is_refused_and_not_taken_for_a_whole_one(content_type, body):
    length = {"CONTENT_LENGTH": "4000", "CONTENT_TYPE": content_type}

    answer = ask("POST", FORM, body=body, **length)

    assert_refused(answer, guard.CUT_SHORT)


@pytest.mark.parametrize("length", ["many", "-1", "1e3", "٣", "9" * 30])
def test_a_length_that_is_no_number_is_refused_in_a_sentence(length):
    answer = ask("POST", FORM, body=b"a=b", CONTENT_LENGTH=length)

    assert_refused(answer, guard.ODD_LENGTH)


def test_too_many_fields_are_refused_in_a_sentence():
    fields = b"&".join(b"f%d=1" % number for number in range(1001))
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}

    assert_refused(ask("POST", FORM, body=fields, **form), "too many fields")
    assert_refused(ask("GET", FORM, query=fields), "too many fields")


def test_too_large_a_form_is_refused_in_a_sentence():
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}

    answer = ask("POST", FORM, body=b"a=" + b"b" * 2_621_440, **form)

    assert_refused(answer, "too large", status=413)


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "text/plain"])
def test_what_is_larger_than_anything_we_take_is_refused_before_it_is_read(content_type):
    class Unread:
        def read(self, size=-1):
            raise AssertionError("It was read")

        readline = read

    length = portal_settings.LARGEST_REQUEST + 1
    form = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(length), "wsgi.input": Unread()}

    assert_refused(ask("POST", FORM, **form), "too large", status=413)


@pytest.mark.parametrize(
    ("boundary", "body"),
    [
        ("", b"x"),
        ("x" * 300, b"x"),
        ("\xe9", b"x"),
        ("x", b"no boundary at all"),
        ("x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb"),
        ("x", b"--x\r\nContent-Disposition: form-data; name*=unheard-of''a\r\n\r\nb\r\n--x--"),
        (
            "x",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n"
            b"Content-Type: text/plain; charset=rot13\r\n\r\nb\r\n--x--",
        ),
        (
            "x",
            b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n=a=\r\n--x--",
        ),
        ("x", b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--x--'),
        ("x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--" + b"\0" * 999),
    ],
)
def test_a_form_in_parts_that_cannot_be_read_is_no_failure(boundary, body):
    content_type = f"multipart/form-data; boundary={boundary}"

    assert ask("POST", FORM, body=body, CONTENT_TYPE=content_type)[0] in {400, 403}


@pytest.mark.parametrize(
    "cookie",
    [
        "sessionid=x",
        "sessionid=" + "x" * 4000,
        r'sessionid="\000\000\000\000\000\000\000\000"',
        "sessionid=é%00\xffaaaaaaa",
        "csrftoken=short",
        r'csrftoken="\000"; sessionid="\000aaaaaaaaaaaaa"',
        ";;;=;=,",
        "=",
        'a="',
        "messages=1:2:3",
    ],
)
def test_a_garbled_cookie_is_as_good_as_none(cookie):
    assert ask("GET", FORM, headers={"Cookie": cookie})[0] == 200
    assert ask("GET", "/staff/", headers={"Cookie": cookie})[0] in {302, 404}


@pytest.mark.parametrize("name", ["User-Agent", "Referer", "Accept-Language", "Accept", "Origin"])
def test_a_header_with_nul_is_refused(name):
    assert_refused(ask("GET", FORM, headers={name: "a\0b"}), guard.ODD_CHARACTERS)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "x"])
def test_an_unusual_method_is_no_failure(method):
    assert ask(method, FORM)[0] < 500
    assert ask(method, "/healthz/")[0] in {403, 405}
    assert ask(method, "/")[0] in {200, 403, 405}


# --- Page numbers, dates and filters --------------------------------------------------------------

ODD_VALUES = [
    "٣",
    "1e9",
    "-1",
    "0",
    "99999999999999999999999",
    "½",
    "1.5",
    "",
    " ",
    "null",
    "\ufeff",
    "2026-02-30",
    "0000-00-00",
    "99999-01-01",
    "2026-13-01",
    "٢٠٢٦-٠١-٠١",
    "'\"<>",
    "a" * 3000,
]
NAMES = (
    "page as_on known_on from to q body status topic sort on locality after before day kind view "
    "measure next year category reference"
).split()
FIELDS = (
    "message topic about place kind name email phone wants_answer may_publish nearest token "
    "reference secret sure seen text to_body to was into question theme references lead_body "
    "remove title category situation asked tried needed_by_day needed_by_month needed_by_year "
    "note deed sending_token username password next old_password new_password1 new_password2 "
    "reason marked take_back reopen verdict weight how when agrees said state decision did "
    "evidence_url evidence_document locality channel language format_needs came_on_day "
    "came_on_month came_on_year step let_someone_read may_pass_on wrong"
).split()


ODD_TEXTS = ["a\0b", "٣", "-1", "9" * 30, "a" * 6000, "\ufeff\u202e"]
ODD_NOTES = ["a\0b", "a" * 6000, "\ufeff\u202e"]


def visitors(world):
    """One without a session, and one who may do much."""
    for who in "anonymous", "officer":
        client = Client(raise_request_exception=False)
        client.cookies.load(world.sessions[who])
        yield who, client


def mixed(names, values, *, shift):
    """An odd value for each name, others with another shift."""
    return {name: values[(n + shift) % len(values)] for n, name in enumerate(names)}


class Noted(QueryDict):
    """What was sent, which notes the names that a page asks it for.

    One that looks which names there are asks for none of what is sent under them.
    """

    asked_for = set()

    def setlistdefault(self, name, default_list=None):
        """It is filled by this, which asks for nothing."""
        if not dict.__contains__(self, name):
            self.setlist(name, default_list or [])
        return self._getlist(name)

    def __getitem__(self, name):
        self.asked_for.add(name)
        return super().__getitem__(name)

    def getlist(self, name, default=None):
        self.asked_for.add(name)
        return super().getlist(name, default)

    def __contains__(self, name):
        self.asked_for.add(name)
        return super().__contains__(name)

    def __iter__(self):
        return super().__iter__()  # as one that is not dict's own, lest ** take values unasked

    def lists(self):
        self.asked_for.update(self)
        return super().lists()

    def copy(self):
        self.asked_for.update(self)
        return super().copy()


@pytest.fixture
def asked_for(monkeypatch):
    """The names that pages ask a query or a form for, until it is emptied."""
    for module in "core.handlers.wsgi", "http.request", "http":
        monkeypatch.setattr(f"django.{module}.QueryDict", Noted)
    monkeypatch.setattr(Noted, "asked_for", set())
    return Noted.asked_for


def test_what_a_page_asks_a_query_for_is_noted(asked_for, rf):
    sent = {"a": "1", "b": "2"}

    for ask_for, noted in [
        (lambda query: query.get("a"), {"a"}),
        (lambda query: query["a"], {"a"}),
        (lambda query: query.getlist("c"), {"c"}),
        (lambda query: "d" in query, {"d"}),
        (lambda query: set(query) <= {"a"}, set()),
        (lambda query: [query[name] for name in query], {"a", "b"}),
        (lambda query: dict(query.items()), {"a", "b"}),
        (lambda query: query.dict(), {"a", "b"}),
        (lambda query: list(query.lists()), {"a", "b"}),
        (lambda query: list(query.values()), {"a", "b"}),
        (lambda query: query.copy(), {"a", "b"}),
        (lambda query: query.urlencode(), {"a", "b"}),
        (lambda query: {**query}, {"a", "b"}),
    ]:
        for request in rf.get("/", sent), rf.post("/", sent):
            query = request.POST or request.GET
            asked_for.clear()
            ask_for(query)
            assert asked_for == noted


def test_odd_values_in_a_query_are_no_failure(world, asked_for):
    """Odd values for all names together, then for each name by itself that the page asks for."""
    together = [mixed(NAMES, ODD_VALUES, shift=shift) for shift in (0, 5, 10)]
    values = cycle(ODD_VALUES)
    failures = []
    for path in sorted({path_of(pattern, world) for pattern in own_addresses()}):
        for who, client in visitors(world):
            asked_for.clear()
            if client.get(path).status_code == 302:
                continue  # to the sign-in page, or to the form
            queries = together[:1]
            alone = set()
            while queries:
                failures += [
                    (who, path, query)
                    for query in queries
                    if client.get(path, query).status_code >= 500
                ]
                names = sorted(asked_for - alone)
                # Where nothing was asked for, other values would be answered in the same way.
                queries = together[1:] if names and not alone else []
                queries += [{name: next(values)} for name in names]
                alone.update(names)

    assert failures == []


def test_odd_values_in_a_form_are_no_failure(world, asked_for):
    """Odd wherever something is typed, and in one field of a form that is right."""
    failures = []

    def is_refused(client, path, posted):
        with undone():
            answer = client.post(path, posted)
        if answer.status_code >= 500:
            failures.append((path, posted))
        return answer.status_code == 405

    for path in sorted({path_of(pattern, world) for pattern in own_addresses()}):
        for _, client in visitors(world):
            if is_refused(client, path, {}):
                continue  # whatever is sent: it takes no form
            for shift in range(3):
                asked_for.clear()
                is_refused(client, path, mixed(FIELDS, ODD_TEXTS, shift=shift))
                if not asked_for:
                    break  # others would be answered in the same way
            for note in ODD_NOTES:
                asked_for.clear()
                is_refused(client, path, posted_to(path, world) | {"note": note})
                if "note" not in asked_for:
                    break  # another would be answered in the same way

    assert failures == []


# --- Anything -------------------------------------------------------------------------------------

PARAMETER = re.compile(r"<(?:\w+:)?\w+>")
odd_text = st.one_of(
    st.sampled_from(
        [*ODD_VALUES, "a-body", "ne", "E-2026-000001", "F-0000-000001", "E-9999-999999999999"]
    ),
    st.text(max_size=30),
    st.text(alphabet=string.ascii_letters + string.digits + "-_.~%+/", max_size=30),
)
odd_bytes = st.one_of(
    st.binary(max_size=40), odd_text.map(lambda text: text.encode("utf-8", "replace"))
)
header_text = st.text(
    alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40
)
plain_addresses = sorted({a.pattern for a in all_addresses() if not re.search(r"[(^$]", a.pattern)})


@st.composite
def paths(draw):
    pattern = draw(st.sampled_from(plain_addresses))
    path = PARAMETER.sub(lambda _: draw(odd_text), "/" + pattern)
    if draw(st.integers(0, 9)) == 0:
        path += draw(odd_text)
    return path.encode("utf-8", "replace")


@st.composite
def queries(draw):
    pairs = st.lists(st.tuples(st.sampled_from(NAMES) | odd_text, odd_bytes), max_size=4)
    return b"&".join(
        quote(name, errors="replace").encode()
        + b"="
        + (value if draw(st.booleans()) else quote(value).encode())
        for name, value in draw(pairs)
    )


bodies = st.one_of(st.just(b""), st.binary(max_size=200), queries())
types = st.one_of(st.sampled_from([*ODD_TYPES, *PLAIN_TYPES]), header_text)
methods = st.sampled_from(["GET", "GET", "HEAD", "POST", "POST", "PUT", "OPTIONS", "DELETE", "X"])
headers = st.dictionaries(
    st.sampled_from(
        [
            "Cookie",
            "Referer",
            "User-Agent",
            "Accept",
            "Accept-Language",
            "Origin",
            "Host",
            "If-None-Match",
            "If-Modified-Since",
            "Range",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "Accept-Encoding",
            "X-Requested-With",
        ]
    ),
    header_text,
    max_size=3,
)


@given(methods, paths(), queries(), bodies, types, headers)
@settings(max_examples=6 * settings().max_examples, suppress_health_check=list(HealthCheck))
def test_no_request_whatever_makes_the_portal_fail(
    method, path, query, body, content_type, headers
):
    status, _, text = ask(
        method, path, query=query, body=body, headers=headers, CONTENT_TYPE=content_type
    )

    assert status < 500, text


# --- Over a socket --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("socket")
    with scratch_database() as url, served(environment(folder, url), folder / "log") as port:
        yield port


def post_to(path, body, **headers):
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_visitor_who_goes_away_half_way_leaves_no_failure(port, content_type):
    half = post_to(FORM, b"username=a", Content_Type=content_type, Content_Length=4000)

    answer = say(port, half).decode()

    assert answer.startswith("HTTP/1.1 400 ")
    assert str(guard.CUT_SHORT) in answer


@pytest.mark.parametrize(
    "content_type", ["a/b; charset*=unheard-of''x", "a/b; charset*=utf-8''%00"]
)
def test_a_header_that_breaks_django_s_own_reading_leaves_no_failure(port, content_type):
    answer = say(port, post_to(FORM, b"", Content_Type=content_type, Content_Length=0)).decode()

    assert answer.startswith("HTTP/1.1 400 ")
    assert str(guard.ODD_TYPE) in answer
