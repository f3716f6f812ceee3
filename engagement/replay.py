"""The last 90 days once more, as other rules would have sent them: what would go elsewhere.

Messages that are alike in all that rules ask for are judged once and counted, so that it costs the
same for a hundred messages as for a million.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Case, Count, Q, Value, When

from engagement.languages import ENGLISH
from engagement.models import Channel, Flag, Submission
from engagement.models.submission import BEFORE_NOBODY
from engagement.routing import Outcome, decide
from engagement.whereabouts import Whereabouts

PERIOD = timedelta(days=90)
NAMED = 10  # messages that are named of those that go from one body to another
ASKED = ("topic", "about", "kind", "locality", "written_in")

# Of what staff keyed in, the language is what the resident speaks, not what it is written in.
WRITTEN_IN = Case(
    When(~Q(channel=Channel.ONLINE) & ~Q(flags__has_key=Flag.LANGUAGE.value), then=Value(ENGLISH)),
    default="language",
)


@dataclass
class Moved:
    """Messages that would go from one body to another."""

    from_body: str
    to_body: str
    number: int = 0
    references: list = field(default_factory=list)

    @property
    def more(self):
        return self.number - len(self.references)


@dataclass(frozen=True)
class Replayed:
    """How many messages there were, and those that would go elsewhere, most of a kind first."""

    number: int
    moved: list

    @property
    def elsewhere(self):
        return sum(each.number for each in self.moved)


def replay(before, after, structure, today):
    """Judge the messages of the last 90 days by the rules before and after a change."""
    sent = Submission.objects.filter(received_on__gt=today - PERIOD, received_on__lte=today)
    sent = sent.exclude(status__in=BEFORE_NOBODY).annotate(written_in=WRITTEN_IN)
    counted, ways = Counter(), {}
    for *asked, number in sent.order_by().values_list(*ASKED).annotate(number=Count("pk")):
        asked = tuple(asked)
        way = tuple(goes_to(asked, rules, structure) for rules in (before, after))
        counted[way] += number
        ways[asked] = way
    differ = {asked: way for asked, way in ways.items() if way[0] != way[1]}
    named = references_of(sent, differ)
    moved = [
        Moved(*way, number, named[way]) for way, number in counted.most_common() if way[0] != way[1]
    ]
    return Replayed(counted.total(), moved)


def goes_to(asked, rules, structure):
    """Who would have it to answer, and who would get a copy by the rule, in words."""
    topic, about, kind, locality, language = asked
    where = Whereabouts(
        "ok" if locality else "none", {"status": "none"}, locality=locality, can_be_asked=False
    )
    route = decide(
        topic=topic,
        about=about,
        kind=kind,
        language=language,
        where=where,
        rules=rules,
        structure=structure,
    )
    lead = route.lead.name if route.lead else "The engagement team"
    if route.outcome == Outcome.TRIAGE:
        lead = f"{lead} (to triage)"
    copy = route.because["copy_of_rule"]
    return f"{lead}, with a copy to {copy['name']}" if copy else lead


def references_of(sent, differ):
    """The newest messages of each way, by reference: one query for all ways."""
    named = defaultdict(list)
    if not differ:
        return named
    alike = Q()
    for asked in differ:
        alike |= Q(**dict(zip(ASKED, asked, strict=True)))
    rows = sent.filter(alike).order_by("-pk").only("received_on", *ASKED[:-1])
    for each in rows[: NAMED * 20]:
        asked = (each.topic_id, each.about, each.kind, each.locality_id, each.written_in)
        way = differ[asked]
        if len(named[way]) < NAMED:
            named[way].append(each.reference)
    return named
