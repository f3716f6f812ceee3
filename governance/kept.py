"""Pages that are the same for many readers, until the structure changes.

Whoever has no session gets them as whole pages, which `tht_portal.kept_pages` keeps. For signed-in
readers the content is kept here, where a view says what of a reader it depends on. What is the
reader's own stands around it, where the template tag `own` marks it. That is kept as well, once for
each kind of reader, with gaps for what nobody shares: their name, and the token of their forms.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from threading import Lock

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from governance import record
from governance.gaps import Gapped, gap
from governance.permissions import standing_at_hand

MOST_CONTENTS = 128
MOST_PARTS = 1024
# No text that anyone wrote can hold this, so nobody can have a template put in.
_SECRET = secrets.token_hex()
_OPEN, _CLOSE = f"<!--{_SECRET} ", "-->"


def keep_page(*parameters, seen_as=None):
    """Mark a view whose pages show the structure as worth keeping.

    `parameters` are those of the address that the view reads; a page asked for with others is not
    kept, so that nobody can fill the memory by making them up. The version is read before the
    page is made: an edit in between makes it too old, never too new.

    Without `seen_as`, pages are kept for readers without a session alone. It tells of a request
    what its content depends on, besides the address: all whom it gives the same see the same.
    """

    def decorate(view):
        @wraps(view)
        @record.asked_once()
        def answer(request, *args, **kwargs):
            if not set(request.GET) <= set(parameters):
                response = view(request, *args, **kwargs)
                # Drawn here, while what it asks for more than once is asked once.
                return response.render() if hasattr(response, "render") else response
            kept = record.current()
            version = kept and kept.pages_version
            request.standing = SimpleLazyObject(lambda: standing_at_hand(request.user, kept))
            if seen_as is None:
                response = view(request, *args, **kwargs)
            else:
                whose = seen_as(request)
                response = with_own_parts(view, version, whose, request, *args, **kwargs)
            response.of_version = version
            return response

        return answer

    return decorate


def all_alike(request):
    """For pages of which every reader sees the same."""


@dataclass(frozen=True)
class Content:
    """A response with its text cut where parts of the reader's own stand: at each odd place the
    name of the template to put in. `drawn` holds it with those put in, for each kind of reader.
    """

    version: str
    day: date
    headers: dict
    pieces: tuple
    drawn: dict = field(default_factory=dict)


class SomeReader:
    """Stands for all readers of a kind while a part is drawn that shows their name."""

    is_authenticated = True

    def __str__(self):
        return gap("name")


_kept, _lock = OrderedDict(), Lock()
_parts = {}


def with_own_parts(view, version, whose, request, *args, **kwargs):
    """The page, its content made or as it was kept, with the parts of this reader."""
    host = request.META.get("HTTP_HOST")
    address = request.get_full_path(), host, request.is_secure(), get_language(), whose
    day = timezone.localdate()
    content = _kept.get(address)
    if content is None or (content.version, content.day) != (version, day):
        request.leaves_open = True
        try:
            response = view(request, *args, **kwargs)
            text = text_of(response)
        finally:  # else the page about an error would be left open too
            request.leaves_open = False
        pieces = pieces_of(text)
        content = Content(version, day, dict(response.headers), pieces)
        if response.status_code != 200 or response.cookies:
            response.content = filled(content, request)
            return response
        keep(address, content)
    return HttpResponse(filled(content, request), headers=content.headers)


def text_of(response):
    """What it says; where it is yet to be drawn, without making bytes of it and text again."""
    if getattr(response, "is_rendered", True):
        return response.content.decode()
    return response.rendered_content


def keep(address, content):
    with _lock:
        _kept.pop(address, None)
        while len(_kept) >= MOST_CONTENTS:
            _kept.popitem(last=False)
        _kept[address] = content


def pieces_of(text):
    first, *rest = text.split(_OPEN)
    pieces = [first]
    for each in rest:
        pieces += each.split(_CLOSE, 1)
    return tuple(pieces)


def left_open(template):
    """What stands in a kept text for a part of the reader's own."""
    return mark_safe(f"{_OPEN}{template}{_CLOSE}")


def filled(content, request):
    """The text with the parts of this reader."""
    # Without a session there is nobody to ask the database about, and nothing to tell them.
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    if has_session and len(get_messages(request)):  # told once, to one reader
        return "".join(
            render_to_string(piece, request=request) if place % 2 else piece
            for place, piece in enumerate(content.pieces)
        )
    signed_in = has_session and request.user.is_authenticated
    kind = kind_of_reader(request) if signed_in else None
    text = content.drawn.get(kind)
    if text is None:
        shared = {"csrf_token": gap("token")}
        if signed_in:
            shared["user"] = SomeReader()
        text = "".join(with_parts(content.pieces, request, shared, kind))
        text = content.drawn[kind] = Gapped(text)
    if not text.has_gaps:
        return text.filled()
    return text.filled(name=str(request.user), token=get_token(request))


def kind_of_reader(request):
    """All that the parts show of someone signed in, but for what has a gap."""
    standing = request.standing
    return request.user.is_staff, standing.is_engagement_team, bool(standing.officer_of)


def with_parts(pieces, request, shared, kind):
    def put_in(template):
        return part(template, request, lambda: render_to_string(template, shared, request), kind)

    return [put_in(piece) if place % 2 else piece for place, piece in enumerate(pieces)]


def part(template, request, draw, kind=None):
    """What stands around the content of a page, for a kind of reader; None is without a session.

    It has nothing of the structure in it, and so stays as it was after an edit.
    """
    at = (template, kind, request.method, request.get_full_path(), get_language())
    at += (settings.PORTAL_URL, settings.PORTAL_NOTICE, tuple(settings.LANGUAGES))
    found = _parts.get(at)
    if found is None:
        found = draw()
        if len(_parts) >= MOST_PARTS:
            _parts.clear()
        _parts[at] = found
    return found
