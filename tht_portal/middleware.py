"""What stands between the network and the pages."""

from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import UnreadablePostError
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from governance.gaps import GappedPage
from tht_portal import guard

FORWARDED = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
UNKNOWN = "0.0.0.0"
OWN_BROWSER = "private, no-cache"  # may store it, and asks anew before it shows it
COMPRESSIBLE = ("text/", "application/xml", "application/atom+xml", "application/json")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class TrustedProxies:
    """REMOTE_ADDR becomes who really asks, for all that counts attempts by address.

    With TRUSTED_PROXIES = n that is the address which the outermost of n proxies saw: the nth from
    the end of X-Forwarded-For. What stands further left, anyone may have written. With none, every
    forwarding header is dropped.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        meta = request.META
        meta["REMOTE_ADDR"] = real_address(
            meta.get("REMOTE_ADDR", ""),
            meta.get("HTTP_X_FORWARDED_FOR", ""),
            settings.TRUSTED_PROXIES,
        )
        for name in [name for name in meta if name.startswith(FORWARDED)]:
            if not (settings.TRUSTED_PROXIES and name == "HTTP_X_FORWARDED_PROTO"):
                del meta[name]
        return self.get_response(request)


def real_address(peer, forwarded_for, proxies):
    """An address that a database takes for one; the peer's own where the proxies name none."""
    addresses = [address.strip() for address in forwarded_for.split(",")]
    if proxies and len(addresses) >= proxies:
        return as_address(addresses[-proxies]) or as_address(peer) or UNKNOWN
    return as_address(peer) or UNKNOWN


def as_address(text):
    """“192.0.2.1”, also out of “192.0.2.1:4711” and “[2001:db8::1]:4711”; None for all else."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None


class ReadableRequest:
    """A request that cannot be read is answered with a sentence, and goes no further."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if sentence := guard.refusal(request.META):
            raise BadRequest(sentence)
        if request.method == "POST":
            read_form(request)
        # Between quotation marks a cookie may write NUL as \000. None of ours does.
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {
                name: value for name, value in request.COOKIES.items() if "\0" not in value
            }
        return self.get_response(request)


def read_form(request):
    # Files are written to the disk as they arrive, whoever sends them and to whichever address.
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.LARGEST_REQUEST:
        raise RequestDataTooBig
    try:
        return request.POST
    except UnreadablePostError:
        sentence = guard.CUT_SHORT
    except (LookupError, ValueError):
        # A part of the form that names an encoding there is not.
        sentence = guard.ODD_FORM
    raise BadRequest(sentence)


class PageHeaders:
    """What every page says to the browser, and what a personal one says to every cache.

    Personal is what someone with a session sees, what answers a form, and what sets a cookie,
    unless its view says that the reader's own browser may store it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or request.method not in {"GET", "HEAD", "OPTIONS"}
            or (response.cookies and response.get("Cache-Control") != OWN_BROWSER)
        ):
            response.headers["Cache-Control"] = "private, no-store"
            for name in ("ETag", "Last-Modified", "Expires"):
                response.headers.pop(name, None)
        return response


class Compressed(GZipMiddleware):
    """Pages that are made for one request are sent compressed, as kept ones are.

    But not those of someone with a session: what compresses well tells of what is in it.
    """

    def process_response(self, request, response):
        is_text = response.get("Content-Type", "").startswith(COMPRESSIBLE)
        if response.streaming or not is_text or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        if isinstance(response, GappedPage):
            return self.put_together(request, response)
        return super().process_response(request, response)

    def put_together(self, request, page):
        patch_vary_headers(page, ("Accept-Encoding",))
        if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            page.content = page.compressed()
            page["Content-Encoding"] = "gzip"
            page["Content-Length"] = str(len(page.content))
        return page
