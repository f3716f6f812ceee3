"""On whose behalf seats are held."""

from governance.models import Organisation
from governance.record import as_known


def organisations_of(structure, seats):
    """The organisations of seats by primary key, also those that do not exist on the day."""
    asked = {seat.on_behalf_of for seat in seats if seat.on_behalf_of}
    found = {pk: structure.organisation(pk) for pk in asked}
    missing = [pk for pk, organisation in found.items() if organisation is None]
    if missing:
        rows = as_known(Organisation, structure.known_on).filter(id__in=missing)
        found |= {each.pk: each for each in rows}
    return found
