"""The yardstick: a bare Django site with a constant page of 30 KB and a form that stores one row.

It runs on the same gunicorn and database as the portal, with Django's standard middleware, so that
a ratio to it says what the portal itself costs.
"""

import os

import dj_database_url
from django.conf import settings

settings.configure(
    SECRET_KEY="benchmark" * 8,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": dj_database_url.parse(
            os.environ["DATABASE_URL"], conn_max_age=60, conn_health_checks=True
        )
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    settings.DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django import forms  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpResponse, HttpResponseRedirect  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import path  # noqa: E402

PAGE = ("<!doctype html><title>Constant</title>" + "<p>The same words every time.</p>\n" * 1024)[
    :30_000
]


class Note(models.Model):
    """One row with one text: the least a form can store."""

    text = models.TextField(max_length=5000)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "benchmark"

    def __str__(self):
        return f"Note {self.pk}"


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text"]


if Note._meta.db_table not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Note)
connection.close()


def constant(request):
    return HttpResponse(PAGE)


def note(request):
    """GET gives the form's CSRF token, POST stores a row and redirects."""
    if request.method == "GET":
        get_token(request)
        return HttpResponse('<form method="post"></form>')
    form = NoteForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Not stored", status=422)
    with transaction.atomic():
        form.save()
    return HttpResponseRedirect("/")


urlpatterns = [path("", constant), path("note/", note)]
