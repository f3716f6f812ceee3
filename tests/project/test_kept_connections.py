"""A connection to PostgreSQL is kept between requests, and a dead one is never handed on.

What is asked often is prepared on it.
"""

import contextlib
from threading import Event

import dj_database_url
import pytest
from django.db.utils import ConnectionHandler, OperationalError

from localities.preparable import Preparable
from tests.plugins import postgres
from tht_portal.postgresql import preparing
from tht_portal.postgresql.preparing import MOST, OFTEN


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


@pytest.fixture
def pooled(address, django_db_blocker):
    """A connection that says that it may be another one in the next transaction."""
    settings = dj_database_url.parse(
        address, engine="tht_portal.postgresql", disable_server_side_cursors=True
    )
    handler = ConnectionHandler({"default": settings})
    with django_db_blocker.unblock():
        yield handler["default"]
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


# --- What is asked often --------------------------------------------------------------------------

DOUBLE = Preparable("SELECT %s::int * 2, 'of 100%%'")


def answers(connection, sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def prepared(connection):
    return answers(connection, "SELECT name FROM pg_prepared_statements")


def test_what_is_asked_often_is_prepared_once_and_answered_as_before(database):
    connection, _ = database

    found = [answers(connection, DOUBLE, number) for number in range(OFTEN - 1)]
    assert not prepared(connection)

    found += [answers(connection, DOUBLE, number) for number in range(OFTEN - 1, 3 * OFTEN)]
    assert found == [[(2 * number, "of 100%")] for number in range(3 * OFTEN)]
    assert len(prepared(connection)) == 1


def test_what_does_not_say_that_it_may_be_is_not_prepared(database):
    connection, _ = database

    for _ in range(2 * OFTEN):
        answers(connection, str(DOUBLE), 1)

    assert not prepared(connection)


def test_it_says_in_full_what_it_asked(database):
    connection, _ = database
    with connection.cursor() as cursor:
        for _ in range(2 * OFTEN):
            cursor.execute(DOUBLE, [21])

        said = connection.ops.last_executed_query(cursor, DOUBLE, [21])

    assert said == "SELECT 21::int * 2, 'of 100%'"


def test_what_is_prepared_goes_with_its_connection(database):
    connection, end = database
    for _ in range(2 * OFTEN):
        answers(connection, DOUBLE, 1)
    end()
    next_request(connection)

    assert answers(connection, DOUBLE, 4) == [(8, "of 100%")]
    assert not prepared(connection)


def test_what_was_undone_stays_prepared(database):
    connection, _ = database
    connection.set_autocommit(False)
    for _ in range(OFTEN):
        answers(connection, DOUBLE, 1)
    connection.rollback()
    connection.set_autocommit(True)

    assert answers(connection, DOUBLE, 4) == [(8, "of 100%")]


def test_no_connection_prepares_without_end(database):
    connection, _ = database

    for number in range(MOST + 5):
        sql = Preparable(f"SELECT {number}")
        assert [answers(connection, sql) for _ in range(OFTEN)] == [[(number,)]] * OFTEN

    assert len(prepared(connection)) == MOST


def test_behind_a_pool_nothing_is_prepared(pooled):
    for number in range(2 * OFTEN):
        assert answers(pooled, DOUBLE, number) == [(2 * number, "of 100%")]

    assert not prepared(pooled)


@pytest.fixture
def hidden_pool(database, monkeypatch):
    """`change()`: a connection is another one from now on, though nobody said so."""
    connection, _ = database
    monkeypatch.setattr(preparing, "is_shared", Event())

    def change():
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")

    return connection, change


def test_a_pool_that_nobody_told_of_costs_no_page_that_only_asks(hidden_pool, caplog):
    connection, change = hidden_pool
    for _ in range(OFTEN):
        answers(connection, DOUBLE, 1)

    for number in range(2 * OFTEN):
        change()
        assert answers(connection, DOUBLE, number) == [(2 * number, "of 100%")]

    assert not prepared(connection)
    assert [record.message for record in caplog.records] == [
        "The database is behind a pool that shares connections: set DATABASE_POOLED"
    ]


def test_nothing_is_done_twice_where_a_pool_takes_the_connection_away(hidden_pool):
    connection, change = hidden_pool
    for _ in range(OFTEN):
        answers(connection, DOUBLE, 1)
    change()

    connection.set_autocommit(False)
    with pytest.raises(OperationalError, match="does not exist"):
        answers(connection, DOUBLE, 1)
    connection.rollback()
    connection.set_autocommit(True)

    assert answers(connection, DOUBLE, 4) == [(8, "of 100%")]
