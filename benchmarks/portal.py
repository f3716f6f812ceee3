"""What the portal's pages cost, as ratios to a bare Django page in the same run.

    python -m benchmarks.portal [--db sqlite|postgres] [--requests 300]

Both sites are served in turn by the same gunicorn with one worker, on the same database. CPU is
that of the server's processes and of PostgreSQL. Ratios of one run can be compared between
machines; the milliseconds cannot.

The first request after an edit has the structure of the day to load, which is measured by itself,
and so is what the edit costs PostgreSQL: what is left beyond these and a bare page is what making
the page anew costs.
"""

import argparse
import time

from benchmarks.fresh_portal import fresh_portal
from benchmarks.measuring import Form, cpu_of, cpu_per_request, served

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
NO_ANSWER = (200, "")  # of a site that is not asked


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--requests", type=int, default=300)
    options = arguments.parse_args()

    with fresh_portal(options.db, with_people=True) as (run_dir, postgres_pids):
        with served("benchmarks.constant_site", run_dir) as site:
            constant = cpu_per_request(site, lambda n: site.get("/"), options.requests)
            site.get("/note/")
            minimal_post = cpu_per_request(
                site,
                lambda n: site.post("/note/", {"text": FEEDBACK["message"]}),
                options.requests,
                postgres_pids,
            )
        print(f"database: {options.db}, {options.requests} requests each")
        print(f"{'':30}{'CPU ms':>8}{'ratio':>8}")
        print(f"{'Constant page':30}{constant:8.2f}{1:8.1f}")
        with served("tht_portal.wsgi", run_dir) as site:

            def tell(name, ask):
                cost = cpu_per_request(site, ask, options.requests, postgres_pids)
                print(f"{name:30}{cost:8.2f}{cost / constant:8.1f}", flush=True)
                return cost

            for name, path in PAGES:
                tell(name, lambda n, path=path: site.get(path))
            for name, path in STRUCTURE:
                etag = site.etag_of(path)
                tell(f"{name}, 304", lambda n, path=path, etag=etag: site.get(path, etag))
            loading = cpu_of_loading(postgres_pids)
            print(f"{'Loading the structure':30}{loading:8.2f}{loading / constant:8.1f}")
            editing = tell("The edit itself", lambda n: edited(n) or NO_ANSWER)
            for name, path in STRUCTURE:
                cost = tell(f"{name}, edited", lambda n, path=path: edited(n) or site.get(path))
                beyond = cost - editing - constant - loading
                print(f"{'  beyond that and a page':30}{beyond:8.2f}{beyond / constant:8.1f}")
            site.cookies = {"sessionid": session_of(READER)}
            for name, path in STRUCTURE:
                tell(f"{name}, signed in", lambda n, path=path: site.get(path))
            site.cookies = {}
            filled = [filled_form(site, n) for n in range(options.requests + 30)]
            forms = iter(filled)
            cost = cpu_per_request(
                site,
                lambda n: site.post("/feedback/sent/", next(forms), from_someone(n)),
                options.requests,
                postgres_pids,
            )
        print(f"{'Minimal POST':30}{minimal_post:8.2f}{1:8.1f}")
        print(f"{'Submit feedback':30}{cost:8.2f}{cost / minimal_post:8.1f}")


def edited(n):
    """A body has another name, in a new version of the structure."""
    from django.db import transaction

    from governance.actions.structure import structure_edited
    from governance.models import BodyName

    with transaction.atomic():
        BodyName.objects.filter(body__slug=EDITED, end_date=None).update(name=f"Living Well {n}")
        structure_edited(work_stays=True)


def cpu_of_loading(postgres_pids):
    """The CPU milliseconds in which the structure of today is read and put together.

    Here the least of many tries, and of PostgreSQL their mean.
    """
    from django.db import connection
    from django.utils import timezone

    from governance import record
    from governance.structure import _build

    kept, today, tries = record.current(), timezone.localdate(), []
    of_database = cpu_of(postgres_pids)
    for _ in range(100):
        before = time.process_time()
        _build(kept.version, kept.first_day, today, None)
        tries.append(time.process_time() - before)
    of_database = cpu_of(postgres_pids) - of_database
    connection.close()
    return (min(tries) + of_database / len(tries)) * 1000


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
