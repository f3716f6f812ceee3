"""A connection to PostgreSQL is kept between requests, and a dead one is never handed on."""

import contextlib

import dj_database_url
import pytest
from django.db.utils import ConnectionHandler, OperationalError

from tests.plugins import postgres


@pytest.fixture(scope="module")
def address():
    with postgres.server() as url:
        yield url


@pytest.fixture
def database(address, django_db_blocker):
    """The portal's connection as it is after a request, and the way to end it from elsewhere."""
    settings = dj_database_url.parse(
        address, engine="tht_portal.postgresql", conn_max_age=60, conn_health_checks=True
    )
    handler = ConnectionHandler({"default": settings, "other": settings})
    with django_db_blocker.unblock():
        asked(handler["default"])
        yield handler["default"], lambda: ended(handler["default"], handler["other"])
    handler.close_all()


def asked(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def ended(database, other):
    """What an administrator does, or a server that is stopped."""
    process = asked(database)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


def next_request(database):
    database.close_if_unusable_or_obsolete()
    return asked(database)


@pytest.fixture
def questions(monkeypatch):
    """How often Django's own check asked the server."""
    from django.db.backends.postgresql import base

    made = []
    check = base.DatabaseWrapper.is_usable
    monkeypatch.setattr(
        base.DatabaseWrapper, "is_usable", lambda self: made.append(self) or check(self)
    )
    return made


def test_a_connection_that_lives_is_used_again_without_a_question(database, questions):
    connection, _ = database
    process = asked(connection)

    assert next_request(connection) == process
    assert not questions


def test_one_that_the_server_ended_is_opened_anew(database):
    connection, end = database
    process = asked(connection)

    end()

    assert next_request(connection) != process


def test_after_an_error_the_server_is_asked(database, questions):
    connection, end = database
    process = asked(connection)
    end()
    with contextlib.suppress(OperationalError):
        asked(connection)

    assert connection.errors_occurred
    assert next_request(connection) != process


def test_after_an_error_that_did_not_end_it_the_server_is_asked_once(database, questions):
    connection, _ = database
    process = asked(connection)
    connection.errors_occurred = True

    assert next_request(connection) == process
    assert len(questions) == 1


def test_one_that_was_closed_here_is_not_usable(database):
    connection, _ = database
    connection.connection.close()

    assert not connection.is_usable()
