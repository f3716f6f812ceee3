"""What bodies are called today, or were called last."""

from django.db.models import F

from governance.models import Body
from governance.structure import structure_today


def named_bodies(pks, structure=None):
    """Bodies by primary key, read afresh, each with its kind and its name."""
    bodies = Body.objects.select_related("kind").in_bulk(pks)
    for pk, name in names_of(pks, structure).items():
        bodies[pk].name = name
    return bodies


def names_of(bodies, structure=None, *, short=False):
    """What bodies are called today, or were called last, by primary key.

    Whoever holds the structure of today already gives it.
    """
    structure = structure or structure_today()
    names = {pk: on_day for pk in bodies if (on_day := structure.body(pk))}
    names = {pk: (each.short_name if short else each.name) for pk, each in names.items()}
    if closed := set(bodies) - set(names):
        # The newest name comes last, and stays.
        former = Body.objects.filter(pk__in=closed).order_by(
            F("names__start_date").asc(nulls_first=True), "names"
        )
        for pk, slug, name, short_name in former.values_list(
            "pk", "slug", "names__name", "names__short_name"
        ):
            names[pk] = (short_name if short else "") or name or slug
    return names


def slugs_of(bodies):
    """The addresses of bodies, also of those that have closed, by primary key."""
    return dict(Body.objects.filter(pk__in=bodies).values_list("pk", "slug"))
