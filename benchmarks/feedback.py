"""What residents' feedback costs, and how that grows with the number of messages.

    python -m benchmarks.feedback [--db sqlite|postgres] [--sizes 1000,100000,1000000]
                                  [--requests 200]

At each size: the CPU of one request, with that of PostgreSQL, as a ratio to a bare Django site on
the same gunicorn and database, asked in turn with it, and how this ratio has grown since the
smallest size; beside it the queries of the page, which must not grow at all.
"""

import argparse

from benchmarks.fresh_portal import PASSWORD, fresh_portal, manage
from benchmarks.measuring import WARMING, asking, cheapest, served
from benchmarks.portal import FEEDBACK, filled_form, from_someone

WHO = "demo-engagement"
# What each page is set against: the constant page, the list of notes, the form that stores a row.
PAGE, LIST, POST = "bare page", "bare list", "bare POST"
MIDDLING = "wheelchair"  # in a hundredth of the made-up messages


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--sizes", default="1000,100000,1000000")
    arguments.add_argument("--requests", type=int, default=200)
    options = arguments.parse_args()

    with fresh_portal(options.db, with_people=True) as (folder, postgres_pids):
        trial = Trial(folder, postgres_pids, options.requests)
        print(f"database: {options.db}, {options.requests} requests each")
        trial.measure_pages([int(size) for size in options.sizes.split(",")])


class Trial:
    def __init__(self, folder, postgres_pids, requests):
        self.folder, self.postgres_pids, self.requests = folder, postgres_pids, requests

    def measure_pages(self, sizes):
        first, made = {}, 0
        print(f"{'messages':>9}{'CPU ms':>36}{'ratio':>8}{'growth':>22}{'queries':>9}")
        for size in sizes:
            manage("make_load", str(size - made), "--matters", "0", "--force")
            made = size
            settle()
            pages = self.pages()
            queries = queries_of(page for page, _ in pages.values())
            for name, cost, reference, to in self.costs(pages):
                ratio = cost / reference
                growth = ratio / first.setdefault(name, ratio)
                number = queries.get(pages[name][0], "") if name in pages else ""
                print(
                    f"{size:>9,}  {name:26}{cost:8.2f}{ratio:8.1f} to {to:10}"
                    f"{growth:8.2f}{number:>9}",
                    flush=True,
                )

    def costs(self, pages):
        """Each page with its cost, and that of what it is set against."""
        with (
            served("benchmarks.constant_site", self.folder) as bare,
            served("tht_portal.wsgi", self.folder) as site,
        ):
            bare.get("/note/")
            note = {"text": FEEDBACK["message"]}
            yardsticks = {
                PAGE: lambda n: bare.get("/"),
                POST: lambda n: bare.post("/note/", note),
                LIST: lambda n: bare.get("/notes/"),
            }

            def measured(name, ask, to):
                tries = [(site, ask), (bare, yardsticks[to])]
                tries = [asking(client, each, self.postgres_pids) for client, each in tries]
                return name, *cheapest(tries, self.requests), to

            yield measured("Feedback form", lambda n: site.get("/feedback/"), PAGE)
            yield measured("Submit", self.sending(site), POST)
            sign_in(site)
            for name, (page, to) in pages.items():
                yield measured(name, lambda n, page=page: site.get(page), to)

    def pages(self):
        """Each page of the team with its address, and what it is set against."""
        from engagement.models import Referral

        newest = Referral.objects.order_by("-pk").values_list("pk", flat=True).first()
        queue = "/staff/feedback/"
        return {
            "Team's first page": ("/staff/", LIST),
            "Queue": (queue, LIST),
            "Queue, deep": (f"{queue}?status=all&before={newest // 2}", LIST),
            "Queue, one topic": (f"{queue}?topic=urgent-care", LIST),
            "Queue, one locality, all": (f"{queue}?locality=ne&status=all", LIST),
            "Queue, one topic, all": (f"{queue}?topic=urgent-care&status=all", LIST),
            "Queue, a rare channel": (f"{queue}?channel=interpreter&status=all", LIST),
            "Queue, a rare language": (f"{queue}?language=not-en&status=all", LIST),
            "Search": (f"{queue}?q={MIDDLING}&status=all", LIST),
            "Figures": ("/staff/figures/", LIST),
        }

    def sending(self, site):
        """Send a form that was filled in before anything is measured."""
        forms = iter([filled_form(site, n) for n in range(self.requests + WARMING)])
        return lambda n: site.post("/feedback/sent/", next(forms), from_someone(n))


def settle():
    """Give the planner what it would know after a night, and no work of the load's behind it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    connection.close()


def sign_in(site):
    site.get("/accounts/login/")
    status, _ = site.post("/accounts/login/", {"username": WHO, "password": PASSWORD})
    if status != 302:
        raise SystemExit("The engagement team could not sign in.")


def queries_of(pages):
    """The queries that each page asks, once what is kept is kept."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(get_user_model().objects.get(username=WHO))
    counted = {}
    for page in pages:
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        counted[page] = len(asked)
    connection.close()
    return counted


if __name__ == "__main__":
    main()
