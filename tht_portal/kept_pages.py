"""Pages of the structure are rendered once a version, and then handed out as bytes.

Only for readers without a session. A kept page is good for one address and host, for one day in
London, one build of the portal and one version of the structure. The version is read from the
database at every request, so every process is fresh on the first request after an edit; and a
reader whose own copy is still good is told so before anything is rendered.
"""

import gzip
import hashlib
from functools import cache
from threading import Lock

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags

from governance import record

MOST_PAGES = 512
LONGEST_PAGE = 2 * 1024 * 1024  # bytes
BUILT_FROM = {
    "tht_portal": (".py", ".html", ".mo"),
    "engagement": (".py", ".html"),
    "governance": (".py", ".html"),
    "localities": (".py", ".html"),
    "templates": (".html",),
    "static": (".js", ".svg", ".png", ".ico"),
    "build/static": (".css", ".js"),
}
PACKAGES = "requirements.txt"  # some of them bring templates
# What the answer to a reader whose copy is still good must say again.
SAID_AGAIN = ("Cache-Control", "ETag", "Vary")


class KeptPages:
    """Keeps the pages of views marked with `keep_page`, and answers from what it keeps."""

    def __init__(self, get_response):
        self.get_response = get_response
        self._pages, self._lock = {}, Lock()

    def __call__(self, request):
        if request.method != "GET" or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        # It says the language too.
        address = request.get_full_path(), request.META.get("HTTP_HOST"), request.is_secure()
        page = self._pages.get(address)
        if page is None:
            return self._made(request, address)
        # What was kept is made by a view that only reads: it need not ask once more.
        with record.asked_once():
            if (page.version, page.day) != (record.pages_version(), london_day()):
                return self._made(request, address)
        page.compress_well()
        return page.answer(request)

    def _made(self, request, address):
        response = self.get_response(request)
        if not hasattr(response, "of_version") or not is_the_same_for_all(response):
            return response
        page = Page(address, response)
        if len(response.content) <= LONGEST_PAGE:
            self._keep(address, page)
        return page.answer(request)

    def _keep(self, address, page):
        with self._lock:
            self._pages.pop(address, None)
            while len(self._pages) >= MOST_PAGES:
                self._pages.pop(next(iter(self._pages)))
            self._pages[address] = page


class Page:
    """The bytes of a page, kept compressed, with what it says of itself to caches.

    Whoever comes first does not wait until it is compressed well; whoever comes second does.
    """

    def __init__(self, address, response):
        self.version, self.day = response.of_version, london_day()
        self.compressed = gzip.compress(response.content, compresslevel=1, mtime=0)
        self.is_compressed_well = False
        self.headers = dict(response.headers)
        mark = hashlib.blake2b(repr((build(), address, self.day, self.version)).encode())
        self.etag = f'W/"{mark.hexdigest()[:32]}"'
        self.headers |= {
            "ETag": self.etag,
            "Cache-Control": "public, max-age=0, must-revalidate",
            "Vary": "Accept-Encoding",
        }

    def compress_well(self):
        if not self.is_compressed_well:
            content = gzip.decompress(self.compressed)
            self.compressed = gzip.compress(content, compresslevel=9, mtime=0)
            self.is_compressed_well = True

    def answer(self, request):
        if self.etag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
            said_again = {name: self.headers[name] for name in SAID_AGAIN}
            return HttpResponseNotModified(headers=said_again)
        content, headers = self.compressed, {**self.headers, "Content-Encoding": "gzip"}
        if "gzip" not in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            content, headers = gzip.decompress(content), self.headers
        return HttpResponse(content, headers={**headers, "Content-Length": str(len(content))})


def is_the_same_for_all(response):
    return response.status_code == 200 and not response.streaming and not response.cookies


def london_day():
    return timezone.localdate()


@cache
def build():
    """A mark of what pages are made from: the same code and settings on every machine have it."""
    shown = (settings.PORTAL_URL, settings.PORTAL_NOTICE, settings.LANGUAGES)
    mark, base = hashlib.blake2b(repr(shown).encode()), settings.BASE_DIR
    paths = [
        path
        for folder, endings in BUILT_FROM.items()
        for path in sorted((base / folder).rglob("*"))
        if path.suffix in endings
    ]
    for path in (*base.glob(PACKAGES), *paths):
        mark.update(path.relative_to(base).as_posix().encode())
        mark.update(path.read_bytes())
    return mark.hexdigest()
