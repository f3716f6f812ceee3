"""How the cost of the structure grows with the number of bodies.

    python -m benchmarks.structure [--db sqlite|postgres] [--sizes 16,160,1600]

Each structure covers twenty years: bodies that begin, are renamed and close, lines that move. Every
figure is CPU time for one body, divided by that of the smallest structure: 1.0 throughout means
that the cost grows no faster than the number of bodies. Memory is that of the structure kept.

Then the pages as readers get them, as ratios to a bare Django page on the same gunicorn: kept as
they are asked for again and again, and made anew as at the first request after an edit.
"""

import argparse
import random
import time
import tracemalloc
from datetime import date, timedelta

from benchmarks.fresh_portal import fresh_portal
from benchmarks.measuring import cpu_per_request, served

TODAY = date(2026, 11, 22)
YEARS = 20
RUNG = 12  # bodies that answer to one
PAGES = ("/structure/", "/bodies/body-1/", "/structure/changes/")
# A page that is asked for with a word it does not know is not kept.
ANEW = "?anew=1"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--sizes", default="16,160,1600,16000")
    options = arguments.parse_args()

    with fresh_portal(options.db, facts=()) as (folder, _):
        sizes = [int(size) for size in options.sizes.split(",")]
        measure(sizes, options.db)
        ask_for_pages(sizes, folder)


def measure(sizes, db):
    from governance import changes, chart, chart_layout, lines
    from governance.structure import _build

    print(f"database: {db}; CPU of one body, as ratio to that of {sizes[0]} bodies")
    print(f"{'bodies':>8}{'building':>12}{'tree':>10}{'chart':>10}{'changes':>10}{'KB a body':>12}")
    first = None
    for size in sizes:
        fill(size)
        tracemalloc.start()
        structure = _build(None, date(2006, 1, 1), TODAY, None)
        memory = tracemalloc.get_traced_memory()[0] / 1024 / size
        tracemalloc.stop()
        costs = [
            cpu(lambda: _build(None, date(2006, 1, 1), TODAY, None)),
            cpu(structure.tree),
            cpu(lambda drawn=structure: chart.draw(drawn), forget(chart, chart_layout, lines)),
            cpu(lambda: changes.changes_between(TODAY - timedelta(days=365), TODAY)),
        ]
        each = [cost / size for cost in costs]
        first = first or each
        ratios = [cost / reference for cost, reference in zip(each, first, strict=True)]
        print(
            f"{size:>8}{ratios[0]:>12.2f}{ratios[1]:>10.2f}{ratios[2]:>10.2f}{ratios[3]:>10.2f}"
            f"{memory:>12.1f}   ({', '.join(f'{cost * 1000:.1f}' for cost in costs)} ms)"
        )


def ask_for_pages(sizes, run_dir):
    from django.db import connection

    with served("benchmarks.constant_site", run_dir) as site:
        constant = cpu_per_request(site, lambda n: site.get("/"), 300)
    print(f"\n{'bodies':>8}  CPU of a page, as ratio to a bare page ({constant:.2f} ms)")
    for size in sizes:
        fill(size)
        renew()
        connection.close()
        with served("tht_portal.wsgi", run_dir) as site:
            for page in PAGES:
                kept = cpu_per_request(site, lambda n, page=page: site.get(page), 300)
                tries = max(3, 300 // size)
                made = cpu_per_request(site, lambda n, page=page: site.get(page + ANEW), tries)
                ratios = f"kept {kept / constant:6.1f}   anew {made / constant:9.1f}"
                print(f"{size:>8}  {page:24} {ratios}")


def renew():
    """What was filled in without a deed is a new version of the record."""
    from governance.actions.structure import structure_edited

    structure_edited()


def forget(*modules):
    """Take away what modules keep of what they have drawn: of few bodies they would keep it all."""
    keepers = [each for module in modules for each in vars(module).values()]
    clear = [each.cache_clear for each in keepers if hasattr(each, "cache_clear")]
    return lambda: [each() for each in clear]


def cpu(deed, beforehand=lambda: None):
    """The least CPU time of a few tries, in seconds."""
    tries = []
    while len(tries) < 3 and sum(tries) < 20:
        beforehand()
        before = time.process_time()
        deed()
        tries.append(time.process_time() - before)
    return min(tries)


def fill(size):
    """A structure of `size` bodies today, each answering to one above, with twenty years behind."""
    from django.db import transaction

    from governance.models import Body, BodyKind, BodyName, ReportingLine, Seat

    chance = random.Random(size)
    with transaction.atomic():
        for model in (Seat, ReportingLine, BodyName, Body):
            model.objects.all().delete()
        kinds = [
            BodyKind.objects.get_or_create(
                slug=f"tier-{n}", defaults={"name": f"Tier {n}", "plural": f"Tiers {n}", "order": n}
            )[0]
            for n in range(4)
        ]
        bodies = Body.objects.bulk_create(
            Body(slug=f"body-{n}", kind=kinds[min(3, (n + RUNG - 1) // RUNG)]) for n in range(size)
        )
        names, lines, seats = [], [], []
        for n, body in enumerate(bodies):
            renamed = some_day(chance)
            names.append(BodyName(body=body, name=f"Group {n}", end_date=renamed))
            names.append(
                BodyName(body=body, name=f"Committee {n}", start_date=renamed + timedelta(days=1))
            )
            seats.append(Seat(body=body, role=Seat.Role.CHAIR))
            if n:
                above = bodies[(n - 1) // RUNG]
                moved = some_day(chance)
                lines.append(
                    ReportingLine(
                        from_body=body, to_body=bodies[0], kind="supports", end_date=moved
                    )
                )
                for kind in ("reports_to", "escalates_to"):
                    lines.append(ReportingLine(from_body=body, to_body=above, kind=kind))
        BodyName.objects.bulk_create(names, batch_size=1000)
        ReportingLine.objects.bulk_create(lines, batch_size=1000)
        Seat.objects.bulk_create(seats, batch_size=1000)


def some_day(chance):
    return TODAY - timedelta(days=chance.randrange(30, 365 * YEARS))


if __name__ == "__main__":
    main()
