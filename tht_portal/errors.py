"""Pages for when something is wrong. They need neither the database nor the session: whoever is
signed in keeps the way on to their own pages where that can be told.
"""

import sys

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from tht_portal import languages
from tht_portal.context import reader_may
from tht_portal.typed import words_typed

SENTENCES = {
    DisallowedHost: _("The portal does not answer to the name in this address."),
    MultiPartParserError: _("The form arrived in a shape we cannot read. Send it again."),
    RequestDataTooBig: _("What was sent is too large. Shorten it, and send it again."),
    TooManyFieldsSent: _("What was sent has too many fields."),
    TooManyFilesSent: _("What was sent has too many files."),
}
SECONDS_UNTIL_RETRY = 30


def bad_request(request, exception):
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    sentence = SENTENCES.get(type(exception), "")
    if isinstance(exception, BadRequest):
        sentence = str(exception)
    return page("400.html", status, sentence)


def permission_denied(request, exception):
    """Where it says why, it says so for people: see permissions.py."""
    return page("403.html", 403, str(exception), **reader_of(request))


def page_not_found(request, exception):
    return page("404.html", 404, **reader_of(request))


def server_error(request):
    """A database that is away is not a fault of ours, and passes.

    Where it went in the middle of an answer, the driver says no more than that there is an error.
    """
    error = sys.exception()
    if isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError:
        return database_away()
    return page("500.html", 500)


def database_away():
    response = page("503.html", 503)
    response["Retry-After"] = SECONDS_UNTIL_RETRY
    return response


def reader_of(request):
    """What a page says of who is signed in, with what they typed; nothing if it cannot be told."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return {}
    try:
        if not request.user.is_authenticated:
            return {}
        may, typed = reader_may(request), words_typed(request)
    except Exception:  # whatever it is: a page about an error does not fail in turn
        return {}
    token = get_token(request)
    return {
        "signed_in": True,
        "user": request.user,
        "reader_may": may,
        "csrf_token": token,
        "typed": typed,
    }


def page(template, status, sentence="", **reader):
    context = {"sentence": sentence, **languages.of_page(), **reader}
    response = HttpResponse(render_to_string(template, context), status=status)
    response["Cache-Control"] = "no-store"
    return response
