"""What the form offers, what decides and who receives, kept in memory.

Topics, routing rules, phrases with their families, clues and signposts, and the bodies that can
receive a message, with where their mail goes. They are read anew when the record of the structure
has a new version. Every edit of them gives it one, as an edit of the structure does, so that each
process knows at its next request.
"""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import Count, F, Max, Sum

from engagement.clues import Clues
from engagement.models import Clue, Phrase, RoutingRule, Signpost, Topic, WordFamily
from engagement.phrase_book import PhraseBook
from engagement.reading import Reader
from engagement.receivers import receivers_on
from engagement.routing import frozen_name
from governance.models import Body
from governance.outbox import addresses_of
from governance.structure import Structure, structure_today


class PhraseInUse(NamedTuple):
    pk: int
    text: str
    sign: str
    topic: str
    weight: int


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Topics, rules and signposts of one version of the record, each in its order."""

    structure: Structure
    topics: tuple[Topic, ...]
    rules: tuple[RoutingRule, ...]
    signposts: tuple[Signpost, ...]
    receivers: dict[int, Body]  # who can receive a message
    addresses: dict[int, list] = field(default_factory=dict)  # of those that had one

    @property
    def offered_topics(self):
        return tuple(topic for topic in self.topics if topic.is_offered)

    def rules_on(self, day):
        return tuple(rule for rule in self.rules if rule.is_in_force_on(day))

    def topic(self, slug):
        return next((topic for topic in self.topics if topic.slug == slug), None)

    def topic_called(self, slug):
        """Its name as the page says it."""
        topic = self.topic(slug)
        return topic.said["name"] if topic else slug

    def frozen_topic(self, slug):
        """Its name, with its translations, as reasons keep it."""
        topic = self.topic(slug)
        return frozen_name(topic) if topic else {"name": slug}

    def addresses_of(self, body):
        """Where mail for a receiver goes."""
        if body.pk not in self.addresses:
            self.addresses[body.pk] = addresses_of(body, day=self.structure.day)
        return self.addresses[body.pk]

    @cached_property
    def reader(self):
        """What reads messages by the phrases and the clues of this version."""
        phrases = Phrase.objects.filter(is_used=True).order_by("pk")
        phrases = phrases.values_list("pk", "text", "sign", "topic", "weight")
        families = WordFamily.objects.values_list("name", "words")
        book = book_of(tuple(PhraseInUse(*row) for row in phrases), tuple(families))
        return Reader(book, clues_by(stamp_of_clues()))

    @property
    def signposts_checked_on(self):
        """The day since which none of those on the form has been checked, or None."""
        shown = (each for each in self.signposts if each.group in Signpost.ON_THE_FORM)
        return min((each.checked_on for each in shown), default=None)

    def signposts_in(self, group):
        return tuple(each for each in self.signposts if each.group == group)


def catalogue_today():
    """The catalogue of today, with the structure it belongs to: one query, if both are known."""
    return catalogue_of(structure_today())


def whom_to_call(progress):
    """Where to turn at once for who wrote a message that may be urgent, until it is answered.

    One that is held has nobody yet who is to answer it; one that was put with another waits for
    the answer to that.
    """
    answered = progress.together or progress
    waits = progress.is_held or (answered.lead is not None and answered.lead.is_open)
    if not (progress.submission.is_urgent and waits):
        return ()
    return catalogue_today().signposts_in(Signpost.Group.URGENT)


@lru_cache(maxsize=4)
def catalogue_of(structure):
    """The catalogue as it is with this structure, which stands for the version of the record."""
    rules = tuple(RoutingRule.objects.order_by("order", "pk"))
    named = {pk for rule in rules for pk in (rule.body_id, rule.copy_to_id) if pk}
    bodies = Body.objects.named().in_bulk(named)
    for rule in rules:
        rule.body, rule.copy_to = bodies.get(rule.body_id), bodies.get(rule.copy_to_id)
    return Catalogue(
        structure=structure,
        topics=tuple(Topic.objects.all()),
        rules=rules,
        signposts=tuple(Signpost.objects.filter(is_shown=True)),
        receivers=receivers_on(structure.day),
    )


# Both are compiled anew only when one of their rows has changed, whatever else has.


@lru_cache(maxsize=2)
def book_of(phrases, families):
    return PhraseBook(phrases, families)


@lru_cache(maxsize=2)
def clues_by(stamp):
    rows = Clue.objects.filter(is_used=True).order_by("pk")
    return Clues(rows.values_list("pk", "text", "topic", "weight"))


def stamp_of_clues():
    """What no two states of the clues have in common; reading all of them takes much longer.

    Each edit has its row of history; what is learned and loaded anew changes numbers and weights.
    """
    used = Clue.objects.filter(is_used=True).aggregate(
        Count("pk"), Max("pk"), Sum("weight"), by_key=Sum(F("weight") * F("pk"))
    )
    edits = Clue.history.order_by("-history_id").values_list("history_id", "history_date")
    return (*used.values(), edits.first())
