"""What every test shares. Fixtures for the browser and the HTML checker are in tests/plugins/."""

import os
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from hypothesis import settings

from tests.factories import make_governance_administrator, make_ladder
from tests.plugins import migrated

MONDAY = date(2026, 11, 2)

# The same examples every time, so that a run says something about the change that was made.
settings.register_profile("quick", max_examples=25, derandomize=True, database=None, deadline=None)
# New examples every time, and many: HYPOTHESIS_PROFILE=deep ./test tests/governance
settings.register_profile("deep", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment):
    """The database of this process. It goes with the folder or the server of the run."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    migrated.make_migrated(name)
    connection.settings_dict["NAME"] = migrated.go_by(name)


@pytest.fixture
def ladder():
    """Three bodies, each of which escalates to the next."""
    return make_ladder(3)


@pytest.fixture
def administrator():
    return make_governance_administrator()


@pytest.fixture
def at(monkeypatch):
    """Set the clock to a day and an hour of London, in winter."""

    def set_clock(day, hour=12):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_clock(MONDAY)
    return set_clock
