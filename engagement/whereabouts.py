"""Which locality a message is about: what its place says, or what we were told when we asked."""

from dataclasses import dataclass, replace

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

    def told(self, locality):
        """The same, once we are told that this locality is the nearest."""
        nearest = {"locality": locality.pk, "locality_name": locality.name}
        return replace(self, facts=self.facts | {"nearest": nearest}, locality=locality.pk)

    def untold(self):
        """The same, once somebody does not know or say which is nearest."""
        return replace(self, facts=self.facts | {"nearest": UNKNOWN}, can_be_asked=False)


def settle(place, nearest="", day=None):
    """The whereabouts of a place as it was typed, and of the answer to "Which is nearest?"."""
    answer = find(place, day) if place.strip() else None
    status = STATUSES[answer.answer] if answer else NO_PLACE
    facts = {"status": status, "answer": answer and answer.facts, "nearest": None}
    if status == "ok":
        return Whereabouts(
            status, facts, locality=answer.locality.pk, ward=answer.ward and answer.ward.pk
        )
    where = Whereabouts(status, facts, choices=getattr(answer, "choices", ()))
    if nearest == UNKNOWN:
        return where.untold()
    locality = chosen(nearest, where.choices) if nearest else None
    return where.told(locality) if locality else where


def chosen(code, choices):
    """The locality told, if it is one of those that were offered."""
    offered = {choice.locality.pk: choice.locality for choice in choices}
    if offered:
        return offered.get(code)
    return Locality.objects.filter(pk=code).first()
