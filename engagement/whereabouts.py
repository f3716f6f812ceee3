"""Which locality a message is about: what its place says, or what we were told when we asked."""

from dataclasses import dataclass

from engagement.forms import UNKNOWN
from localities.finder import Choice, find
from localities.models import Locality

# What became of the place; `rehearse_routing` writes these.
STATUSES = {
    "found": "ok",
    "ambiguous": "ambiguous",
    "outside": "outside",
    "not-understood": "not-understood",
}
NO_PLACE = "none"


@dataclass(frozen=True)
class Whereabouts:
    """A locality by its code, if one is settled, the ward if there is one, and the facts of it."""

    status: str
    facts: dict
    locality: str | None = None
    ward: str | None = None
    choices: tuple[Choice, ...] = ()
    can_be_asked: bool = True


def settle(place, nearest="", day=None):
    """The whereabouts of a place as it was typed, and of the answer to "Which is nearest?"."""
    answer = find(place, day) if place.strip() else None
    status = STATUSES[answer.answer] if answer else NO_PLACE
    facts = {"status": status, "answer": answer and answer.facts, "nearest": None}
    if status == "ok":
        return Whereabouts(
            status, facts, locality=answer.locality.pk, ward=answer.ward and answer.ward.pk
        )
    choices = getattr(answer, "choices", ())
    if nearest == UNKNOWN:
        return Whereabouts(
            status, facts | {"nearest": UNKNOWN}, choices=choices, can_be_asked=False
        )
    told = chosen(nearest, choices) if nearest else None
    if told is None:
        return Whereabouts(status, facts, choices=choices)
    facts["nearest"] = {"locality": told.pk, "locality_name": told.name}
    return Whereabouts(status, facts, locality=told.pk, choices=choices)


def chosen(code, choices):
    """The locality told, if it is one of those that were offered."""
    offered = {choice.locality.pk: choice.locality for choice in choices}
    if offered:
        return offered.get(code)
    return Locality.objects.filter(pk=code).first()
