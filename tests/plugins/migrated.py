"""pytest plug-in: the way of a database from nothing to today is gone once in a test run.

It takes ten seconds; a copy of what comes of it takes a tenth of one. Every process of the run has
a copy of its own, and so does a test that starts the portal on a database apart.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from scripts.processes import end_with_parent
from tests.plugins.database import uses_database

PROJECT = Path(__file__).resolve().parent.parent.parent
FIRST = "migrated"
MIGRATE = """
from tests.plugins import garbage  # seldom looked for, as in the run
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "migrate", "--skip-checks", "--verbosity=0"])
"""


def pytest_collection_finish(session):
    """It is made while tests run that need none."""
    if any(uses_database(item) for item in session.items):
        threading.Thread(target=make_first, daemon=True).start()


def address_of(name):
    """The address of a database of the run."""
    url = os.environ["DATABASE_URL"]
    if on_postgres():
        return urlsplit(url)._replace(path=f"/{name}").geturl()
    return f"sqlite:///{file_of(name)}"


def make_empty(name):
    """Make a database with nothing in it; give its address."""
    if on_postgres():
        tell_server(f"CREATE DATABASE {name}")
    return address_of(name)


def make_migrated(name):
    """Make a copy of the database that went all the way; give its address."""
    make_first()
    return copy(FIRST, name)


def copy(first, name):
    """Make a copy of a database to which nobody is connected; give its address."""
    if on_postgres():
        tell_server(f"CREATE DATABASE {name} TEMPLATE {first}")
    else:
        shutil.copyfile(file_of(first), file_of(name))
    return address_of(name)


def go_by(name):
    """The name of a database, as the settings of a connection have it."""
    return name if on_postgres() else file_of(name)


def remove(name):
    if on_postgres():
        tell_server(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        file_of(name).unlink(missing_ok=True)


def make_first():
    """Let a database go all the way, if none has yet."""
    once(FIRST, lambda: migrate(make_empty(FIRST)))


def once(name, make):
    """Make a database of the run; where another process is about it, wait for that."""
    with file_of(name).with_suffix(".lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read():
            return
        make()
        lock.write("done")


def migrate(address):
    subprocess.run(
        [sys.executable, "-c", MIGRATE],
        cwd=PROJECT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": address,
        },
        preexec_fn=end_with_parent,
        check=True,
    )


def on_postgres():
    return os.environ["DATABASE_URL"].startswith("postgres")


def file_of(name):
    return Path(os.environ["VAR_DIR"], f"{name}.sqlite3")


def tell_server(statement):
    with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
