"""Those who watch over the portal are told the truth, and a database that is away is no failure."""

import contextlib
import json
import os
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.models import OutboxMessage
from scripts.processes import end_with_parent
from tests.factories import make_governance_administrator, make_person
from tests.plugins import migrated, postgres
from tests.project.serving import environment, get, served
from tht_portal import health, views


def make_mail(due_at=None, **fields):
    due_at = due_at or timezone.now()
    return OutboxMessage.objects.create(
        to="a@example.org", subject="S", text="T", due_at=due_at, **fields
    )


def ready(client):
    answer = client.get("/readyz/")
    return answer.status_code, json.loads(answer.content)


# --- Does it live? --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_that_the_process_lives_asks_nothing_of_database_or_session(
    client, django_assert_num_queries
):
    client.force_login(make_person())

    with django_assert_num_queries(0):
        answer = client.get("/healthz/")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "Cookie" not in answer.get("Vary", "")
    assert "no-store" in answer["Cache-Control"]


# --- Is it ready? ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_portal_that_can_work_is_ready(client):
    assert ready(client) == (
        200,
        {"ready": True, "database": "ok", "migrations": "ok", "mail": "ok"},
    )


@pytest.mark.django_db
def test_a_portal_whose_migrations_wait_is_not_ready(client, monkeypatch):
    behind = health.migrations_on_disk() | {("governance", "9999_of_the_next_version")}
    monkeypatch.setattr(health, "migrations_on_disk", lambda: behind)

    status, told = ready(client)

    assert status == 503
    assert told == {"ready": False, "database": "ok", "migrations": "not ok", "mail": "not ok"}


@pytest.mark.django_db
def test_mail_that_waits_for_long_is_told_and_turns_nobody_away(client):
    make_mail(due_at=timezone.now() - timedelta(minutes=16))

    status, told = ready(client)

    assert status == 200
    assert told["ready"] and told["mail"] == "not ok"


@pytest.mark.django_db
def test_mail_that_is_due_sent_or_tried_again_later_is_on_time(client):
    long_ago = timezone.now() - timedelta(days=1)
    make_mail()
    make_mail(due_at=long_ago, status=OutboxMessage.Status.SENT)
    make_mail(due_at=timezone.now() + timedelta(hours=1))

    assert ready(client)[1]["mail"] == "ok"


@pytest.mark.django_db
def test_figures_are_for_governance_administrators(client):
    make_mail()
    make_mail(status=OutboxMessage.Status.DEAD)
    client.force_login(make_person())
    others_are_told = ready(client)[1]
    client.force_login(make_governance_administrator())

    told = ready(client)[1]

    assert set(others_are_told) == {"ready", "database", "migrations", "mail"}
    assert told["mails waiting"] == told["mails given up"] == 1
    assert told["minutes the first of them has waited"] == 0


# --- The database is away -------------------------------------------------------------------------


@pytest.fixture
def without_database(monkeypatch):
    """Every attempt to ask the database fails as if it were away."""

    def away(*args, **kwargs):
        raise OperationalError("connection to server at 10.0.0.7 failed: hunter2")

    monkeypatch.setattr(connection, "cursor", away)


def assert_unavailable(answer):
    assert answer.status_code == 503
    assert "The portal is not available just now" in answer.text
    assert answer["Retry-After"] == "30"
    assert answer["Cache-Control"].endswith("no-store")
    assert "hunter2" not in answer.text


@pytest.mark.django_db
def test_readiness_says_that_the_database_is_away(without_database):
    status, told = ready(Client())

    assert status == 503
    assert told == {"ready": False, "database": "not ok", "migrations": "not ok", "mail": "not ok"}


@pytest.mark.django_db
def test_a_page_says_that_the_records_are_away(without_database):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32

    assert_unavailable(client.get("/accounts/password/"))
    assert_unavailable(client.post("/accounts/login/", {"username": "a", "password": "b"}))


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError])
def test_a_database_that_goes_in_the_middle_of_a_page_is_the_same(monkeypatch, error):
    def fail(*args, **kwargs):
        raise error("terminating connection due to administrator command")

    monkeypatch.setattr(views, "tiers", fail)
    structure_edited()  # so that home is made, and not one that was kept

    assert_unavailable(Client(raise_request_exception=False).get("/"))


@pytest.mark.django_db
def test_a_mistake_of_ours_is_not_blamed_on_the_database(monkeypatch):
    def fail(*args, **kwargs):
        raise ProgrammingError("there is no such column")

    monkeypatch.setattr(views, "tiers", fail)
    structure_edited()

    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert "no such column" not in answer.text


# --- A real PostgreSQL, stopped and started again under a running portal --------------------------


@contextlib.contextmanager
def restarted(folder):
    """The server of this folder, which has been stopped, once more."""
    programs = postgres.find_programs()
    account = postgres.account_for(folder)
    programs = folder / "programs" / programs.name if (folder / "programs").exists() else programs
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", "-F"],
            stdout=log,
            stderr=log,
            env=postgres.environment(folder),
            preexec_fn=end_with_parent,
            **account,
        )
        try:
            postgres.wait_until_ready(process, folder)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def stop(folder):
    """Stop the server as an administrator would who cannot wait."""
    process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGINT)
    while (folder / "data" / "postmaster.pid").exists():
        time.sleep(0.05)


def test_the_portal_outlives_its_database(tmp_path):
    with postgres.server() as url:
        folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        env = environment(tmp_path, url)
        migrated.migrate(url)

        with served(env, tmp_path / "log") as port:
            before = get(port, "/readyz/")
            stop(folder)
            alive = get(port, "/healthz/")
            away = get(port, "/readyz/")
            page = get(port, "/accounts/password/", Cookie="sessionid=" + "a" * 32)
            with restarted(folder):
                after = get(port, "/readyz/")

    assert before[0] == 200
    assert alive[0] == 200
    assert away[0] == 503 and '"database": "not ok"' in away[2]
    assert page[0] == 503 and "The portal is not available just now" in page[2]
    assert after[0] == 200
    assert "Traceback" not in (tmp_path / "log").read_text()
