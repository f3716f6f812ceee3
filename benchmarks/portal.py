"""What the portal's pages cost, as ratios to a bare Django page in the same run.

    python -m benchmarks.portal [--db sqlite|postgres] [--requests 300]

Both sites are served side by side by the same gunicorn with one worker each, on the same database,
and asked in turn. CPU is that of the server's processes and of PostgreSQL. Ratios of one run can be
compared between machines; the milliseconds cannot.

The first request after an edit has the structure of the day to load, which is measured by itself
with what the edit costs PostgreSQL: what is left beyond these and a bare page is what making the
page anew costs.
"""

import argparse
import time

from benchmarks.fresh_portal import fresh_portal
from benchmarks.measuring import WARMING, Form, asking, cheapest, cpu_of, served

FEEDBACK = {
    "message": "It took three weeks to get an appointment, and then it was cancelled.",
    "topic": "gp-pharmacy-dentist-optician",
    "about": "adult",
    "place": "E3 4AB",
    "kind": "feedback",
}
STRUCTURE = (
    ("Structure page", "/structure/"),
    ("Body page", "/bodies/executive-board/"),
    ("Organisation page", "/organisations/barts-health/"),
)
PAGES = (
    *STRUCTURE,
    ("Bodies as JSON", "/data/bodies.json"),
    ("Feedback form", "/feedback/"),
)
READER = "demo-living-well-officer"
EDITED = "living-well"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--requests", type=int, default=300)
    options = arguments.parse_args()

    with (
        fresh_portal(options.db, with_people=True) as (run_dir, postgres_pids),
        served("benchmarks.constant_site", run_dir) as bare,
        served("tht_portal.wsgi", run_dir) as portal,
    ):
        print(f"database: {options.db}, {options.requests} requests each")
        print(f"{'':32}{'CPU ms':>8}{'to':>8}{'ratio':>8}")
        Trial(bare, portal, postgres_pids, options.requests).measure()


class Trial:
    """Both sites, and what each page of the one costs beside the other."""

    def __init__(self, bare, portal, postgres_pids, requests):
        self.bare, self.portal = bare, portal
        self.postgres_pids, self.requests = postgres_pids, requests

    def measure(self):
        for name, path in PAGES:
            self.tell(name, lambda n, path=path: self.portal.get(path))
        for name, path in STRUCTURE:
            etag = self.portal.etag_of(path)
            self.tell(f"{name}, 304", lambda n, path=path, etag=etag: self.portal.get(path, etag))
        for name, path in STRUCTURE:
            self.measure_after_edit(name, path)
        self.portal.cookies = {"sessionid": session_of(READER)}
        for name, path in STRUCTURE:
            self.tell(f"{name}, signed in", lambda n, path=path: self.portal.get(path))
        self.portal.cookies = {}
        self.measure_sending()

    def tell(self, name, ask):
        cost, constant = cheapest([self.asking(ask), self.asking_bare()], self.requests)
        say(name, cost, constant)

    def measure_after_edit(self, name, path):
        cost, loading, constant = cheapest(
            [
                self.asking(lambda n: edited(n) or self.portal.get(path)),
                self.editing_and_loading,
                self.asking_bare(),
            ],
            self.requests,
        )
        say(f"{name}, edited", cost, constant)
        say("  the edit, and loading it", loading, constant)
        say("  beyond that and a page", cost - loading - constant, constant)

    def measure_sending(self):
        self.bare.get("/note/")
        note = {"text": FEEDBACK["message"]}
        forms = iter([filled_form(self.portal, n) for n in range(self.requests + WARMING)])
        cost, minimal = cheapest(
            [
                self.asking(
                    lambda n: self.portal.post("/feedback/sent/", next(forms), from_someone(n))
                ),
                asking(self.bare, lambda n: self.bare.post("/note/", note), self.postgres_pids),
            ],
            self.requests,
        )
        say("Submit feedback, to a bare POST", cost, minimal)

    def asking(self, ask):
        return asking(self.portal, ask, self.postgres_pids)

    def asking_bare(self):
        return asking(self.bare, lambda n: self.bare.get("/"))

    def editing_and_loading(self, asked):
        """The CPU milliseconds of PostgreSQL in an edit, and of both in loading what it changed."""
        from django.db import connection
        from django.utils import timezone

        from governance import record
        from governance.structure import _build

        kept, today, here = record.current(), timezone.localdate(), 0
        of_database = cpu_of(self.postgres_pids)
        for n in asked:
            edited(n)
            before = time.process_time()
            _build(kept.version, kept.first_day, today, None)
            here += time.process_time() - before
        of_database = cpu_of(self.postgres_pids) - of_database
        connection.close()
        return (here + of_database) * 1000 / len(asked)


def say(name, cost, reference):
    print(f"{name:32}{cost:8.2f}{reference:8.2f}{cost / reference:8.1f}", flush=True)


def edited(n):
    """A body has another name, in a new version of the structure."""
    from django.db import transaction

    from governance.actions.structure import structure_edited
    from governance.models import BodyName

    with transaction.atomic():
        BodyName.objects.filter(body__slug=EDITED, end_date=None).update(name=f"Living Well {n}")
        structure_edited(work_stays=True)


def session_of(username):
    from django.db import connection
    from django.test import Client

    from governance.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    connection.close()
    return client.cookies["sessionid"].value


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


if __name__ == "__main__":
    main()
