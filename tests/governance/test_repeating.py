"""Commands that go on until they are told to stop."""

import signal

import pytest
from django.db import OperationalError

from governance import repeating


@pytest.fixture
def told(monkeypatch):
    """What the process does when it is told to stop; no connection of the tests is closed."""
    handlers = {}
    monkeypatch.setattr(repeating.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(repeating, "close_old_connections", lambda: None)
    monkeypatch.setattr(repeating.connection, "close", lambda: None)
    return lambda: handlers[signal.SIGTERM]()


def test_without_an_interval_it_looks_once(told):
    looked = []

    repeating.repeat(lambda: looked.append(1), every=None)

    assert looked == [1]


def test_it_looks_until_it_is_told_to_stop_and_waits_for_a_database_that_is_away(told, caplog):
    looked = []

    def look():
        looked.append(1)
        if len(looked) == 2:
            raise OperationalError
        if len(looked) == 3:
            told()

    repeating.repeat(look, every=0.0001)

    assert len(looked) == 3
    assert "The database cannot be reached (OperationalError)." in caplog.text
