"""What single words tell of a message: each a little, and all together often enough.

A clue is a word in any of its forms, two words side by side, or a family of words. Its weight
speaks for a topic (or for “urgent”) or against it. Weights are rows that the engagement team edits;
`engagement.learning` finds them in messages of which somebody has said what they are about.
"""

import re
from collections import defaultdict
from math import sqrt
from sys import intern
from typing import NamedTuple

from engagement.languages import LANGUAGES_OF
from engagement.phrase_book import comparable, families_in
from engagement.words import stem

ALWAYS = "*"  # what counts in every message
NUMBER = "0"
URGENT = ""  # what a clue without a topic is a clue to
MOST_WORDS = 2
POINTS = 10  # as phrases are weighed in, to one of a clue’s weight
FEW = 24  # features: a message of fewer words says too little for clues to tell much
SHORTEST_NAMED = 3  # letters of a word that says something by itself
NAMED = 3  # clues that are named as reasons, at most
WORTH_NAMING = 0.25  # of what the strongest one adds

SHAPE = re.compile(r"\*|\{[^{}]+\}|\w+( \w+)?")


class Telling(NamedTuple):
    """A clue that was found: the words that it takes, and what it adds."""

    pk: int
    span: tuple[int, ...]
    adds: float


def feature_of(text):
    """A clue's text as it is looked up: with the stems of its words."""
    if text == ALWAYS or text.startswith("{"):
        return text.casefold()
    return " ".join(as_feature(stem(word)) for word in comparable(text).split())


def as_feature(stem_of_word):
    return NUMBER if stem_of_word.isdigit() else stem_of_word


def features_in(words, stems, families):
    """Every word, pair of words and family of a text, each with where it stands first.

    `stems` and `families` are those that a phrase book finds in the `words`.
    """
    found = {}
    tokens = [as_feature(each) for each in stems]
    for at, token in enumerate(tokens):
        found.setdefault(token, (at,))
        if at and words[at - 1].sentence == words[at].sentence:
            found.setdefault(f"{tokens[at - 1]} {token}", (at - 1, at))
    for name, places in families.items():
        first = min(places)
        found[f"{{{name}}}"] = tuple(range(first, places[first]))
    return found


def share_of_each(features):
    """How much of its weight a clue counts among so many features."""
    return 1 / sqrt(max(len(features), FEW))


class Clues:
    """All clues, by what they are looked up by."""

    def __init__(self, rows):
        self.by_feature, self.topics = defaultdict(list), set()
        for pk, text, topic, weight in rows:
            topic = intern(topic or URGENT)  # one text for tens of thousands of rows
            self.by_feature[feature_of(text)].append((pk, topic, float(weight)))
            if topic:
                self.topics.add(topic)

    def told_by(self, features):
        """The points that they give to each topic, those to “urgent”, and what speaks for each.

        The sum is over the root of the number of features: a long message needs more clues than a
        short one. What they tell of topics is told against the others: what speaks for all of them
        speaks for none.
        """
        sums, tellings = defaultdict(float), defaultdict(list)
        if not features:
            return {}, 0, tellings
        share = share_of_each(features)
        for feature, span in features.items():
            for pk, topic, weight in self.by_feature.get(feature, ()):
                sums[topic] += weight * share
                if weight > 0:
                    tellings[topic].append(Telling(pk, span, weight * share))
        for _, topic, weight in self.by_feature.get(ALWAYS, ()):
            sums[topic] += weight
        usual = sum(sums[topic] for topic in self.topics) / (len(self.topics) or 1)
        points = {topic: POINTS * (sums[topic] - usual) for topic in self.topics}
        return points, POINTS * sums[URGENT], tellings


def most_telling(tellings, words):
    """The clues that are named as reasons, the strongest first, each with words of its own.

    Small words, such as “and my”, are named only where nothing else tells anything.
    """
    named = each_in_its_words(saying(tellings, words) or tellings)[:NAMED]
    return [each for each in named if each.adds >= WORTH_NAMING * named[0].adds]


def saying(tellings, words):
    """Those that are not of small words alone."""
    return [each for each in tellings if any(says_something(words[at]) for at in each.span)]


def each_in_its_words(tellings):
    """The strongest, and of the others in turn those in words that none has taken."""
    apart, taken = [], set()
    for each in sorted(tellings, key=lambda each: (-each.adds, each.span)):
        if taken.isdisjoint(each.span):
            taken.update(each.span)
            apart.append(each)
    return apart


def says_something(word):
    return len(word.written) >= SHORTEST_NAMED and word.written not in LANGUAGES_OF


def fault_in(text, families):
    """Why a clue could fit nothing, or an empty text; `families` are the names there are."""
    if not SHAPE.fullmatch(text):
        return f"Enter a word, {MOST_WORDS} words, or a family as {{name}}"
    unknown = [name for name in families_in(text) if name not in families]
    return f"There is no family “{unknown[0]}”" if unknown else ""
