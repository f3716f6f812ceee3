"""Which rules, phrases and clues brought messages to the wrong body, for the team to mend."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from engagement.languages import LANGUAGES_OF
from engagement.models import Clue, Misrouting, Phrase, Referral, RoutingRule
from engagement.words import words_of

PERIOD = timedelta(days=90)
SHOWN = 20
OFFERED = 3  # phrases of a message
SHORTEST = 4  # letters of a word that may tell a topic


@dataclass(frozen=True)
class Wrong:
    """A rule, a phrase or a clue, how often it was wrong, and of how many messages if known."""

    row: RoutingRule | Phrase | Clue
    number: int
    of: int | None = None


@dataclass(frozen=True)
class WrongTopic:
    """A message that came with the wrong topic, and what would become of it now."""

    misrouting: Misrouting
    missing: list[str]  # phrases
    read_now: str  # a topic, if one is sure

    @property
    def is_mended(self):
        return self.read_now == self.misrouting.right_topic_id


def wrong_rules(since):
    """The rules that were wrong most, with how many messages each has put before a body."""
    counted = counted_by("rule", since, cause=Misrouting.Cause.RULE)
    rules = RoutingRule.objects.in_bulk(counted)
    routed = Referral.objects.filter(
        rule__in=counted, role=Referral.Role.LEAD, referred_at__gte=since
    )
    routed = dict(routed.order_by().values_list("rule").annotate(Count("pk")))
    return [Wrong(rules[pk], number, routed.get(pk, 0)) for pk, number in counted.items()]


def wrong_phrases(since):
    """The phrases that suggested a topic wrongly, most often wrong first."""
    return wrong_words(Phrase, "phrases", since)


def wrong_clues(since):
    """Likewise of the clues that were named as reasons."""
    return wrong_words(Clue, "clues", since)


def wrong_words(model, named, since):
    counted = counted_by(named, since)
    rows = model.objects.select_related("topic").in_bulk(counted)
    return [Wrong(rows[pk], number) for pk, number in counted.items()]


def counted_by(what, since, **only):
    found = Misrouting.objects.filter(at__gte=since, **only).exclude(**{what: None})
    found = found.order_by().values_list(what).annotate(number=Count("pk"))
    return dict(found.order_by("-number", what)[:SHOWN])


def wrong_topics(reader, *, since=None, submission=None):
    """What came with a wrong topic last."""
    found = Misrouting.objects.filter(right_topic__isnull=False)
    if since:
        found = found.filter(at__gte=since)
    if submission:
        found = found.filter(referral__submission=submission)
    found = found.select_related("referral__submission", "from_topic", "right_topic")
    return [wrong_topic(each, reader) for each in found.order_by("-pk")[:SHOWN]]


def wrong_topic(misrouting, reader):
    message = misrouting.referral.submission.message
    now = reader.read(message)
    return WrongTopic(
        misrouting, missing_phrases(message, reader), now.topic if now.is_sure else ""
    )


def missing_phrases(text, reader):
    """Words side by side of which no phrase knows any: what may have told the topic."""
    words = words_of(text)
    runs, run = [], []
    for word in [*words, None]:
        is_new = (
            word is not None
            and len(word.written) >= SHORTEST
            and word.written.isalpha()
            and word.written not in LANGUAGES_OF
            and word.stem not in reader.book.stems
        )
        if is_new:
            run.append(word.written)
        elif run:
            runs.append(" ".join(run[:3]))
            run = []
    return sorted(dict.fromkeys(runs), key=lambda run: -len(run))[:OFFERED]


def since_today():
    return timezone.now() - PERIOD
