"""What the portal's pages cost, as ratios to a bare Django page in the same run.

    python -m benchmarks.portal [--db sqlite|postgres] [--requests 300]

Both sites are served in turn by the same gunicorn with one worker, on the same database. CPU is
that of the server's processes and of PostgreSQL. Ratios of one run can be compared between
machines; the milliseconds cannot.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import PROJECT, Form, cpu_per_request, served

FEEDBACK = {
    "message": "It took three weeks to get an appointment, and then it was cancelled.",
    "topic": "gp-pharmacy-dentist-optician",
    "about": "adult",
    "place": "E3 4AB",
    "kind": "feedback",
}
PAGES = (
    ("Structure page", "/structure/"),
    ("Body page", "/bodies/executive-board/"),
    ("Feedback form", "/feedback/"),
)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--requests", type=int, default=300)
    options = arguments.parse_args()

    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        database(options.db, Path(folder)) as (url, postgres_pids),
    ):
        run_dir = Path(folder)
        environment = {
            "PORTAL_MODE": "development",
            "VAR_DIR": folder,
            "DATABASE_URL": url,
            "TRUSTED_PROXIES": "1",
            "DEMO_PASSWORD": "a password for measuring",
        }
        for command in ("migrate", "load_localities", "load_structure", "load_routing"):
            manage(environment, command)
        manage(environment, "load_demo", "--force")
        manage(environment, "collectstatic", "--no-input")

        with served("benchmarks.constant_site", environment, run_dir) as site:
            constant = cpu_per_request(site, lambda n: site.get("/"), options.requests)
            site.get("/note/")
            minimal_post = cpu_per_request(
                site,
                lambda n: site.post("/note/", {"text": FEEDBACK["message"]}),
                options.requests,
                postgres_pids,
            )
        print(f"database: {options.db}, {options.requests} requests each")
        print(f"{'':24}{'CPU ms':>8}{'ratio':>8}")
        print(f"{'Constant page':24}{constant:8.2f}{1:8.1f}")
        with served("tht_portal.wsgi", environment, run_dir) as site:
            for name, path in PAGES:
                cost = cpu_per_request(
                    site, lambda n, path=path: site.get(path), options.requests, postgres_pids
                )
                print(f"{name:24}{cost:8.2f}{cost / constant:8.1f}")
            filled = [filled_form(site, n) for n in range(options.requests + 30)]
            forms = iter(filled)
            cost = cpu_per_request(
                site,
                lambda n: site.post("/feedback/sent/", next(forms), from_someone(n)),
                options.requests,
                postgres_pids,
            )
        print(f"{'Minimal POST':24}{minimal_post:8.2f}{1:8.1f}")
        print(f"{'Submit feedback':24}{cost:8.2f}{cost / minimal_post:8.1f}")


def filled_form(site, n):
    """What the check-your-answers page would send for the nth resident."""
    _, page = site.get("/feedback/")
    form = Form(page, "/feedback/check/").fields
    _, page = site.post("/feedback/check/", {**form, **FEEDBACK}, from_someone(n))
    fields = Form(page, "/feedback/sent/").fields
    if not fields:
        raise SystemExit("The check-your-answers page offered nothing to send.")
    return fields


def from_someone(n):
    """Each request comes from another address, as residents' do."""
    return {"X-Forwarded-For": f"203.0.{n // 250 % 250}.{n % 250 + 1}"}


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


def manage(environment, *command):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
