"""Settings come from the environment; what is missing or weak is told in one sentence."""

import os
import random
import runpy
import sqlite3
import string
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import ConnectionHandler
from django.template import engines

from tests.project.serving import PROJECT, get, manage, served

# The same in every process, since it is part of the names of tests.
SECRET = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=60))
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "portal.example.org",
    "DATABASE_URL": "postgresql://portal:hunter2@database.invalid/portal",
    "EMAIL_HOST": "mail.example.org",
    "DEFAULT_FROM_EMAIL": "Tower Hamlets Together <portal@example.org>",
}
KEPT = ("PATH", "HOME", "LANG")


def only(environment):
    """This environment, and what a process needs to run at all."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | environment


@pytest.fixture
def read_settings(monkeypatch, tmp_path):
    """`read_settings(**environment)`: the settings as a process with this environment has them."""

    def read_settings(**environment):
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", only({"VAR_DIR": str(tmp_path)} | environment))
            return runpy.run_path(PROJECT / "tht_portal" / "settings.py")

    return read_settings


# --- What must be set -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"]
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_says_what_is_missing(read_settings, name, value):
    environment = {key: kept for key, kept in PRODUCTION.items() if key != name}
    if value is not None:
        environment[name] = value

    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        read_settings(**environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_MODE", "prod"),
        ("DEBUG", "yes"),
        ("DEBUG", "perhaps"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", "development-only-" + "0" * 50),
        ("SECRET_KEY_FALLBACKS", f"{SECRET},old"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ","),
        ("PORTAL_URL", "http://portal.example.org"),
        ("PORTAL_URL", "portal.example.org"),
        ("DATABASE_URL", "portal"),
        ("DATABASE_URL", "postgresql://portal:hunter2@host:port/portal"),
        ("DATABASE_URL", "mysql://portal:hunter2@host/portal"),
        ("EMAIL_PORT", "smtp"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "one"),
        ("TRUSTED_PROXIES", "١"),
    ],
)
def test_production_refuses_what_is_wrong_or_weak(read_settings, name, value):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(**PRODUCTION | {name: value})

    sentence = str(refusal.value)
    assert sentence.startswith(name)
    assert "\n" not in sentence
    assert "hunter2" not in sentence


def test_production_is_what_runs_when_nothing_is_said(read_settings):
    with pytest.raises(ImproperlyConfigured, match="^SECRET_KEY"):
        read_settings()


def test_development_needs_nothing_set(read_settings):
    settings = read_settings(PORTAL_MODE="development")

    assert settings["DEBUG"] is False
    assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"


def test_a_command_without_its_settings_ends_with_one_sentence(tmp_path):
    result = manage("check", env=only({"VAR_DIR": str(tmp_path)}))

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("SECRET_KEY is not set.")
    assert result.stderr.count("\n") == 1


def test_a_web_server_without_its_settings_ends_with_one_sentence(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "tht_portal.wsgi", "--bind", "127.0.0.1:0"]
        + ["--no-control-socket", "--log-level", "critical"],
        cwd=PROJECT,
        env=only({"VAR_DIR": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode == 3
    assert result.stderr.startswith("SECRET_KEY is not set.")
    assert "Traceback" not in result.stderr


def test_django_has_nothing_against_the_settings_of_production(tmp_path):
    environment = only(PRODUCTION | {"VAR_DIR": str(tmp_path)})

    result = manage("check", "--deploy", "--fail-level", "INFO", env=environment)

    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_production_serves_and_believes_no_header_about_the_visitor(tmp_path):
    own = {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3"}
    told = {"Host": "portal.example.org", "X-Forwarded-Proto": "https"}

    with served(only(PRODUCTION | own), tmp_path / "log") as port:
        alive = get(port, "/healthz/", **told)
        page = get(port, "/privacy/", **told)
        elsewhere = get(port, "/privacy/", **told | {"SCRIPT_NAME": "/elsewhere"})

    assert (alive[0], alive[2]) == (200, "ok")
    assert "Strict-Transport-Security" not in alive[1]  # which is for https alone
    for answer in page, elsewhere:
        assert answer[0] == 301
        assert answer[1]["Location"] == "https://portal.example.org/privacy/"


def test_production_behind_its_proxy_knows_what_came_by_https(tmp_path):
    own = {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3"}
    told = {"Host": "portal.example.org", "X-Forwarded-Proto": "https"}

    with served(only(PRODUCTION | own | {"TRUSTED_PROXIES": "1"}), tmp_path / "log") as port:
        alive = get(port, "/healthz/", **told)

    assert alive[1]["Strict-Transport-Security"].startswith("max-age=31536000")


# --- What is set ----------------------------------------------------------------------------------


def test_production_keeps_to_https(read_settings):
    settings = read_settings(**PRODUCTION)

    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
    assert settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]
    assert settings["PORTAL_URL"] == "https://portal.example.org"


def test_a_session_lasts_a_working_day_and_no_script_reads_its_cookie(settings):
    assert settings.SESSION_COOKIE_AGE == 12 * 60 * 60
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


@pytest.mark.parametrize(("value", "is_so"), [("", False), ("no", False), ("yes", True)])
def test_connections_may_be_pooled_by_transaction(read_settings, value, is_so):
    settings = read_settings(**PRODUCTION, DATABASE_POOLED=value)

    assert settings["DATABASES"]["default"]["DISABLE_SERVER_SIDE_CURSORS"] is is_so


def test_a_proxy_is_believed_only_when_there_is_one(read_settings):
    assert "SECURE_PROXY_SSL_HEADER" not in read_settings(**PRODUCTION)

    behind_one = read_settings(**PRODUCTION, TRUSTED_PROXIES="1")

    assert behind_one["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert not behind_one.get("USE_X_FORWARDED_HOST")


def test_no_error_is_sent_by_mail(read_settings):
    settings = read_settings(**PRODUCTION)

    assert not settings.get("ADMINS") and not settings.get("MANAGERS")
    assert list(settings["LOGGING"]["handlers"]) == ["stderr"]


def test_templates_are_read_once(settings):
    [outermost] = engines["django"].engine.template_loaders

    assert type(outermost).__module__ == "django.template.loaders.cached"


# --- The database ---------------------------------------------------------------------------------


@pytest.fixture
def sqlite_of_production(read_settings, tmp_path, django_db_blocker):
    """Two connections to a SQLite file of its own, as the portal opens them."""
    url = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    databases = read_settings(**PRODUCTION | {"DATABASE_URL": url})["DATABASES"]
    handler = ConnectionHandler({"default": databases["default"], "other": databases["default"]})
    with django_db_blocker.unblock():
        yield handler["default"], handler["other"]
    handler.close_all()


def pragma(database, name):
    with database.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def test_sqlite_keeps_what_was_acknowledged_and_lets_writers_queue(sqlite_of_production):
    database, _ = sqlite_of_production

    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "synchronous") == 2  # FULL
    assert pragma(database, "secure_delete") == 1  # what is erased is overwritten
    assert pragma(database, "busy_timeout") == 20_000
    assert pragma(database, "foreign_keys") == 1


def test_sqlite_transactions_take_their_turn_from_the_start(sqlite_of_production):
    first, second = sqlite_of_production
    with second.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")

    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.connection.execute("BEGIN IMMEDIATE")


def test_connections_are_kept_and_looked_at_before_use(read_settings):
    database = read_settings(**PRODUCTION)["DATABASES"]["default"]

    assert database["CONN_MAX_AGE"] == 60
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["OPTIONS"]["connect_timeout"] == 5
    assert database["ENGINE"] == "tht_portal.postgresql"


@pytest.mark.django_db
def test_the_suite_s_own_connections_are_kept_too():
    assert connection.settings_dict["CONN_MAX_AGE"] == 60
    assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
