"""The yardstick: a bare Django site with a constant page of 30 KB, a form that stores one row, and
the list of the newest rows.

It runs on the same gunicorn and database as the portal, with Django's standard middleware, so that
a ratio to it says what the portal itself costs.
"""

import os
import sys

import dj_database_url
from django.conf import settings

PER_PAGE = 25
NOTES = """<!doctype html><title>Notes</title><table>
{% for note in notes %}<tr><td><a href="/note/{{ note.pk }}/">{{ note.pk }}</a></td>
<td>{{ note.stored_at|date:"j F Y" }}</td><td>{{ note.text|truncatechars:80 }}</td></tr>
{% endfor %}</table>"""

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
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"notes": NOTES})]},
        }
    ],
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
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

PAGE = ("<!doctype html><title>Constant</title>" + "<p>The same words every time.</p>\n" * 1024)[
    :30_000
]


class Note(models.Model):
    """One row with one text: the least a form can store."""

    text = models.TextField(max_length=5000)
    stored_at = models.DateTimeField(auto_now_add=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        app_label = "benchmark"
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(is_open=True), name="benchmark_note_open"
            )
        ]

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


def notes(request):
    """The newest that are open, from a key on: the least a queue can show."""
    found = Note.objects.filter(is_open=True, pk__lt=request.GET.get("before", sys.maxsize))
    return render(request, "notes", {"notes": found.order_by("-pk")[:PER_PAGE]})


urlpatterns = [path("", constant), path("note/", note), path("notes/", notes)]
