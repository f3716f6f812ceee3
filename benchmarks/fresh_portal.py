"""A portal of its own for each benchmark: its folder, its database, the facts, its settings."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import PROJECT

FACTS = ("load_localities", "load_structure", "load_routing")
PASSWORD = "a password for measuring"


@contextlib.contextmanager
def fresh_portal(db, facts=FACTS, *, with_people=False):
    """Its folder, and the processes of its database. From then on Django can be asked here too.

    `facts` are the commands that fill it; with people it has those of the demonstration, who sign
    in by `PASSWORD`, and can be served.
    """
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        database(db, Path(folder)) as (url, postgres_pids),
    ):
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tht_portal.settings",
            "PORTAL_MODE": "development",
            "VAR_DIR": folder,
            "DATABASE_URL": url,
            "TRUSTED_PROXIES": "1",
            "DEMO_PASSWORD": PASSWORD,
        }
        for command in ("migrate", *facts):
            manage(command)
        if with_people:
            manage("load_demo", "--force")
        manage("collectstatic", "--no-input")
        import django

        django.setup()
        yield Path(folder), postgres_pids


@contextlib.contextmanager
def database(kind, folder):
    """The address of an empty database and the processes of its server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/portal.sqlite3", ()
        return
    from tests.plugins import postgres

    with postgres.server() as url:
        socket_folder = Path(url.rsplit("host=", 1)[1])
        yield url, (int((socket_folder / "data" / "postmaster.pid").read_text().split()[0]),)


def manage(*command, **environment):
    """A command of the portal that has to succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
