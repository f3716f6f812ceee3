"""What the first reader would have to wait for is read and drawn before there is one."""

import contextlib
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.urls import reverse

from engagement.catalogue import catalogue_today


def warm_up(application):
    """Load views and templates, and the phrases that messages are read by, once for all processes.

    A database that is away is no reason not to begin.
    """
    with contextlib.suppress(DatabaseError, InterfaceError):
        read_phrases(catalogue_today())
        get(application, reverse("engagement:feedback"))
    connections.close_all()  # Each process has its own.


def read_phrases(catalogue):
    return catalogue.reader


def get(application, path):
    environ = {"PATH_INFO": path, "HTTP_HOST": settings.ALLOWED_HOSTS[0].lstrip(".")}
    environ["wsgi.url_scheme"] = "https"
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers: None)
    b"".join(answer)
    answer.close()
