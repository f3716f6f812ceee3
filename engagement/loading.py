"""Load topics, rules, phrases, families, clues, signposts and periods from engagement/data/.

As with the structure it may run again at any time: what someone has edited or removed since it was
loaded is left as it is, and reported.
"""

from pathlib import Path

from django.db import transaction

from engagement.clue_files import load_clues, read_clues
from engagement.models import (
    Phrase,
    RetentionPeriod,
    RoutingRule,
    Signpost,
    Topic,
    WordFamily,
)
from governance.actions.structure import lock_structure, structure_edited
from governance.loading import CannotLoad, Loader, read_facts
from governance.models import Body

DATA = Path(__file__).resolve().parent / "data"
CLUES = "clues"  # the folder of their files
STEP = 10  # room between two rules for one that an administrator puts there


@transaction.atomic
def load_routing(facts=None):
    """Bring all of them up to the facts; a tally for each kind."""
    lock_structure()  # first, as whoever edits one of them in the admin does
    tallies = RoutingLoader(facts or routing_facts()).load()
    if any(tally.added or tally.changed for tally in tallies):
        structure_edited(work_stays=True)
    return tallies


def routing_facts():
    """Everything in the data files, as it stands there."""
    return read_facts(DATA) | {CLUES: read_clues(DATA / CLUES)}


class RoutingLoader(Loader):
    """The same for what messages are routed and read by, and what residents are pointed to."""

    def __init__(self, facts):
        super().__init__(facts, only=None)

    def load(self):
        return [
            self.put(Topic, self.topics(), key=["slug"]),
            self.put(RoutingRule, self.rules(), key=["name"]),
            self.put(WordFamily, self.families(), key=["name"]),
            self.put(Phrase, self.phrases(), key=["text", "sign", "topic_id"], at_once=True),
            load_clues(self.facts[CLUES]),
            self.put(Signpost, self.signposts(), key=["title"]),
            self.put(RetentionPeriod, self.periods(), key=["slug"]),
        ]

    def topics(self):
        for order, entry in enumerate(self.facts["topics"]["topic"], start=1):
            yield entry | {"order": order * STEP}

    def rules(self):
        bodies = dict(Body.objects.values_list("slug", "pk"))
        for order, entry in enumerate(self.facts["rules"]["rule"], start=1):
            slug = entry.get("body")
            if slug and slug not in bodies:
                raise CannotLoad(f"There is no body “{slug}”. Run load_structure first.")
            yield {
                "name": entry["name"],
                "order": order * STEP,
                "topic_id": entry.get("topic"),
                "about": entry.get("about", ""),
                "language": entry.get("language", ""),
                "translations": entry.get("translations", {}),
                "destination": entry.get("destination", "body"),
                "body_id": bodies.get(slug),
            }

    def families(self):
        for entry in self.facts["families"]["family"]:
            yield {"name": entry["name"], "words": ", ".join(entry["words"])}

    def phrases(self):
        for group in self.facts["phrases"]["phrases"] + self.facts["combinations"]["phrases"]:
            for text in group["texts"]:
                yield {
                    "text": text,
                    "sign": group.get("sign", Phrase.Sign.TOPIC),
                    "topic_id": group.get("topic"),
                    "weight": group["weight"],
                    "language": group.get("language", "en"),
                }

    def signposts(self):
        checked_on = self.facts["signposts"]["checked_on"]
        for order, entry in enumerate(self.facts["signposts"]["signpost"], start=1):
            blank = {"text": "", "phone": "", "url": "", "email": "", "source_url": ""}
            yield blank | entry | {"order": order * STEP, "checked_on": checked_on}

    def periods(self):
        for order, entry in enumerate(self.facts["retention"]["period"], start=1):
            yield {"months": None, "source_url": ""} | entry | {"order": order * STEP}
