"""What the pages of matters cost at a thousand, a hundred thousand and a million of them.

    python -m benchmarks.escalations [--db postgres] [--sizes 1000,100000,1000000] [--requests 60]

Each database holds the real structure, the people of the demonstration and made-up matters. CPU is
that of the server's process and of PostgreSQL, and stands beside that of a bare Django page asked
in turn with it; growth is that of this ratio since the smallest size of the same run, so that a
machine that is slower for some minutes does not count as growth.
A page that shows more matters takes longer to draw, so how many it shows stands beside: growth is
of the database alone where that is the same. A common word stands in a third of all matters and a
seldom one in a thousandth, so more have them in a larger database; that of a few only in some
twenty of each load. Queries are counted, and on PostgreSQL their plans
read: the tables of matters of which a page looks at every row are named.
"""

import argparse
import re

from benchmarks.fresh_portal import fresh_portal, manage
from benchmarks.measuring import asking, cheapest, served

OFFICER = "demo-operational-management-group-officer"
MEMBER = "demo-living-well-officer"
BOARD = "demo-executive-board-officer"
PAGES = (
    ("Officer’s page", OFFICER, "/staff/"),
    ("List, what is due first", OFFICER, "/escalations/"),
    ("List, the newest first", OFFICER, "/escalations/?order=newest"),
    ("List, open, of one kind", OFFICER, "/escalations/?status=open&category=workforce"),
    ("List, overdue", OFFICER, "/escalations/?status=overdue"),
    ("List, waiting on others", OFFICER, "/escalations/?status=waiting"),
    ("List, withdrawn", OFFICER, "/escalations/?status=withdrawn"),
    ("List, of one body", OFFICER, "/escalations/?body=living-well"),
    ("List, a common word", OFFICER, "/escalations/?q=appointment"),
    ("List, a seldom word", OFFICER, "/escalations/?q=chiropodist"),
    ("List, a word of a few", OFFICER, "/escalations/?q=zither"),
    ("List, far in", OFFICER, "/escalations/?order=newest&before={middle}"),
    ("Another officer’s page", MEMBER, "/staff/"),
    ("Another officer’s list", MEMBER, "/escalations/"),
    ("The Board’s page", BOARD, "/staff/"),
    ("The Board’s list", BOARD, "/escalations/"),
    ("The Board’s, overdue", BOARD, "/escalations/?status=overdue"),
    ("The Board’s, waiting", BOARD, "/escalations/?status=waiting"),
    ("A matter", OFFICER, "/escalations/{matter}/"),
)
SHOWN = re.compile(r"E-\d{4}-\d{6,}")
READS_ALL = re.compile(r"Seq Scan on (governance_escalation\w*)")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="postgres")
    arguments.add_argument("--sizes", default="1000,100000,1000000")
    arguments.add_argument("--requests", type=int, default=60)
    options = arguments.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]

    with fresh_portal(options.db, with_people=True) as (folder, postgres_pids):
        print(f"database: {options.db}, {options.requests} requests each")
        print(f"{'matters':>9}  {'page':25}queries  shown   CPU ms   ratio  growth  reads all of")
        first = {}
        for before, size in zip([0, *sizes], sizes, strict=False):
            manage("make_load", "0", "--matters", str(size - before), "--force")
            settle(options.db)
            for name, *measured in measure(folder, postgres_pids, options.requests):
                tell(size, name, *measured, first)


def settle(db):
    """Let the database finish what loading left to it, as it would have been over the years."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if db == "postgres" else "ANALYZE")
        if db == "postgres":
            cursor.execute("CHECKPOINT")


def tell(size, name, queries, shown, whole, cpu, constant, first):
    ratio = cpu / constant
    growth = ratio / first.setdefault(name, ratio)
    words = ", ".join(sorted(whole)) or "none"
    numbers = f"{queries:>7}{shown:>7}{cpu:>9.1f}{ratio:>8.1f}{growth:>8.2f}"
    print(f"{size:>9}  {name:25}{numbers}  {words}", flush=True)


def measure(run_dir, postgres_pids, requests):
    """For each page what is found of it and then what CPU it takes, and a bare page."""
    from django.db import connection
    from django.test import Client

    from governance.models import Escalation

    some = Escalation.objects.filter(current_body__slug="operational-management-group")
    middle = Escalation.objects.order_by("-pk").first().pk // 2
    values = {"matter": some.filter(status="accepted").first().reference, "middle": middle}
    pages = [(name, who, address.format(**values)) for name, who, address in PAGES]
    found, sessions = {}, {}
    for name, who, address in pages:
        client = Client(headers={"Host": "localhost"})
        client.force_login(person(who))
        sessions[who] = client.cookies["sessionid"].value
        found[name] = looked_at(client, address)
    connection.close()
    with (
        served("benchmarks.constant_site", run_dir) as bare,
        served("tht_portal.wsgi", run_dir) as site,
    ):
        for name, who, address in pages:
            site.cookies = {"sessionid": sessions[who]}
            tries = [
                asking(site, lambda n, address=address: site.get(address), postgres_pids),
                asking(bare, lambda n: bare.get("/")),
            ]
            yield name, *found[name], *cheapest(tries, requests)


def person(username):
    from governance.models import User

    return User.objects.get(username=username)


def looked_at(client, address):
    """How many queries a page makes, how many matters it shows, and which tables it reads whole."""
    from django.db import connection

    asked, whole = [], set()

    def explained(execute, sql, params, many, context):
        asked.append(sql)
        if sql.startswith("SELECT") and connection.vendor == "postgresql":
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                whole.update(READS_ALL.findall("\n".join(row[0] for row in cursor)))
        return execute(sql, params, many, context)

    client.get(address)
    with connection.execute_wrapper(explained):
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}.")
    return len(asked), len(set(SHOWN.findall(answer.text))), whole


if __name__ == "__main__":
    main()
