"""pytest plug-in: which database the suite runs on, and where it may write.

Settings read the environment when pytest-django imports them, before any conftest.
"""

import os
import subprocess
import sys
import tempfile

import pytest

# Playwright keeps an event loop in the test's thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OF_THE_MODELS = {"auth_permission", "django_content_type"}
FLUSH = "django.core.management.commands.flush"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser):
    group = parser.getgroup("portal")
    group.addoption(
        "--db",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="the database the suite runs on; a PostgreSQL server is started for it",
    )
    group.addoption(
        "--only-database-tests",
        action="store_true",
        help="leave out the tests that use no database",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    # The workers of a parallel run inherit what the first process has set here.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="portal-tests-", ignore_cleanup_errors=True)
        early_config.add_cleanup(folder.cleanup)
        os.environ["VAR_DIR"] = folder.name
        os.environ["DATABASE_URL"] = f"sqlite:///{folder.name}/portal.sqlite3"
        if early_config.known_args_namespace.db == "postgres":
            os.environ["DATABASE_URL"] = start_postgres(early_config)
    return (yield)


def start_postgres(config):
    """Start a server that ends with this process; give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.plugins.postgres"],
        cwd=config.rootpath,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for pytest, which still has a database to drop.
    )
    url = process.stdout.readline().strip()
    if not url:
        raise pytest.UsageError(process.stderr.read().strip())
    config.add_cleanup(process.communicate)
    return url


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    """A test that commits leaves few rows behind, but PostgreSQL takes as long to truncate an empty
    table as a full one, and there are many. So the rows are deleted.

    What Django itself wrote of the models stays: writing it anew takes longer than all the rest.
    """
    from django.db import connection

    emptied = type(connection.ops).sql_flush

    def sql_flush(operations, style, tables, **options):
        tables = [table for table in tables if table not in OF_THE_MODELS]
        if connection.vendor != "postgresql":
            return emptied(operations, style, tables, **options)
        deletions = (f"DELETE FROM {operations.quote_name(table)}" for table in tables)
        # Whether each row that goes is still referred to is no question when all go.
        return ["; ".join(["SET LOCAL session_replication_role = replica", *deletions])]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "sql_flush", sql_flush)
        patch.setattr(f"{FLUSH}.emit_post_migrate_signal", lambda *args, **options: None)
        yield


def pytest_report_header(config):
    return f"database: {config.option.db}"


def pytest_collection_modifyitems(config, items):
    if not config.option.only_database_tests:
        return
    kept = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
    items[:] = kept


def uses_database(item):
    return bool(item.get_closest_marker("django_db")) or not DATABASE_FIXTURES.isdisjoint(
        item.fixturenames
    )
