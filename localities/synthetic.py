"""Made-up postcodes in any number, to measure the finder with. None of them is a real one."""

from itertools import islice, product

from localities import bulk
from localities.models import Postcode
from localities.postcodes import INWARD_LETTERS

AREAS = ("QX", "QY", "QZ", "XQ", "XX", "XZ", "ZQ", "ZX")  # the Royal Mail has none of these
CHUNK = 100_000


def codes():
    """Postcodes of areas that there are not, up to some 3 million."""
    for area, district, sector in product(AREAS, range(1, 100), range(10)):
        for first, second in product(INWARD_LETTERS, INWARD_LETTERS):
            yield f"{area}{district}{sector}{first}{second}"


def make_postcodes(number, *, progress=lambda done: None):
    """Add so many postcodes to the table, all of them outside the borough."""
    Postcode.objects.filter(code__regex=f"^({'|'.join(AREAS)})").delete()
    made = islice(codes(), number)
    while chunk := list(islice(made, CHUNK)):
        bulk.write(
            Postcode,
            ["code", "ward_gss", "easting", "northing"],
            ((code, "E05000001", 100_000, 100_000) for code in chunk),
        )
        progress(len(chunk))
