"""Find clues, and their weights, in messages of which people have said what they are.

Each line of a file of them is `topic plain|hard flags|message`: the topic by its slug, `-` where it
does not matter; flags joined by commas, or none. Those in engagement/data/messages/ were written
for this: none is a resident’s.

A weight is the logarithm of how much more often a word stands in messages of one kind than in the
others (naive Bayes): 0.7 is twice as often, 2.3 ten times. They are then corrected by the messages
that they tell wrongly, beside what phrases say: those of topics until they tell them apart (softmax
regression on them, as Wang and Manning, “Baselines and bigrams”, 2012), those to “urgent” as far as
what holds them to half of where they began allows (logistic regression with that as its prior).
How far was chosen by files that were left out, one author’s or several’s at a time: not held, they
tell those worse. The same messages in the same order give the same weights.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random

from engagement.clues import (
    ALWAYS,
    NUMBER,
    POINTS,
    URGENT,
    feature_of,
    features_in,
    share_of_each,
)
from engagement.judging import NOT_SURE
from engagement.languages import ENGLISH, language_of
from engagement.models import Flag
from engagement.reading import (
    ENOUGH,
    MOST_OF_PHRASES,
    Cues,
    by_channel,
    said_of_urgent,
    topics_in,
)
from engagement.words import words_of

NO_TOPIC = "-"
HARD = "hard"
HOW = ("plain", HARD)
FLAGS = frozenset(Flag.values)

SMOOTHING = 0.3  # messages in which a word is taken to stand, unseen
FEWEST = 2  # messages of a kind in which a word stands, for it to speak for it
FEWEST_AGAINST_TOPIC = 20  # of other kinds, for it to speak against it
SMALLEST_FOR_TOPIC, SMALLEST_AGAINST_TOPIC, SMALLEST_TO_URGENT = 0.5, 0.7, 0.2

ROUNDS = 3
STEP = 0.1
ALREADY_TOLD = 0.01  # likelihood that is still missing, or wrongly given, and not worth a step
SEED = 1
NEARLY_NEVER = 40  # points below nought at which a likelihood is none

# What leans to “urgent” in every message: rather one too many looked at today than one too few.
LEANING_TO_URGENT = 0.1
ONE_MISSED = 200  # messages read in vain are as bad
BELIEVED = 0.5  # of how much more often a word stands in what is urgent
HELD = 5  # how firmly a weight is held to that
ROUNDS_TO_URGENT = 12
FARTHEST = 1.0  # that a weight moves at first


@dataclass(frozen=True)
class Labelled:
    """A message with what somebody said of it. Without a topic, any will do."""

    message: str
    topic: str
    is_hard: bool
    flags: frozenset[str]


class BadLine(Exception):
    """A line that does not say what its message is; its number and why."""


def read_labelled(lines, topics):
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            head, _, message = line.strip().partition("|")
            topic, how, flags = [*head.split(), "", "", ""][:3]
            flags = frozenset(flags.split(",")) - {""}
            if not message or how not in HOW or topic not in {NO_TOPIC, *topics} or flags - FLAGS:
                raise BadLine(f"Line {number} is not “topic plain|hard flags|message”: {head}")
            topic = "" if topic in {NO_TOPIC, NOT_SURE} else topic
            yield Labelled(message, topic, how == HARD, flags)


def learn(labelled, book):
    """The clues in these messages as `(text, topic, weight)`; `book` knows stems and families.

    Nothing is learned of a word that stands in one message alone: it may be a name.
    """
    told, written = [], defaultdict(Counter)
    for each in labelled:
        words = words_of(each.message)
        if Flag.SPAM not in each.flags and language_of(each.message, words) == ENGLISH:
            told.append((each, *features_of(words, book, written)))

    def as_text(feature):
        return written[feature].most_common(1)[0][0] if feature in written else feature

    to_urgent = weights_to_urgent(
        [(features, danger, Flag.URGENT in each.flags) for each, features, danger, _ in told]
    )
    to_topics = weights_to_topics(
        [(features, said, each.topic) for each, features, _, said in told if each.topic]
    )
    for topic, its_weights in ({URGENT: to_urgent} | to_topics).items():
        for feature, weight in sorted(its_weights.items()):
            if round(weight, 2):
                yield as_text(feature), topic, round(weight, 2)


def features_of(words, book, written):
    """The features of a text, and what phrases say of danger and of each topic.

    Counts in `written` how each feature was written.
    """
    stems = book.stems_in(words, forgiving=True)
    families = book.families_at(stems)
    phrases = by_channel(book.matches(words, stems, families))
    _, danger = said_of_urgent(words, phrases)
    said, _ = topics_in(words, phrases.get("topic", ()), Cues(words, phrases.get("cue", ())))
    found = features_in(words, stems, families)
    for feature, span in found.items():
        if not feature.startswith("{"):
            text = " ".join(as_written(words[at].written) for at in span)
            if feature_of(text) == feature:
                written[feature][text] += 1
    return [each for each in found if each.startswith("{") or each in written], danger, said


def as_written(word):
    return NUMBER if word.isdigit() else word


def weights(examples):
    """The weight of each feature, in order, and how many examples have it, here and elsewhere."""
    here, elsewhere = Counter(), Counter()
    number_here = sum(is_so for _, is_so in examples)
    number_elsewhere = len(examples) - number_here
    for features, is_so in examples:
        (here if is_so else elsewhere).update(features)
    for feature in sorted({*here, *elsewhere}):
        share_here = share(here[feature], number_here)
        share_elsewhere = share(elsewhere[feature], number_elsewhere)
        yield feature, log(share_here / share_elsewhere), here[feature], elsewhere[feature]


def share(number, of):
    return (number + SMOOTHING) / (of + 2 * SMOOTHING)


def weights_to_urgent(examples):
    """The weights of features; `examples` are they, what phrases say, and whether it is urgent."""
    believed = {
        feature: BELIEVED * weight
        for feature, weight, here, elsewhere in weights(
            [(features, is_urgent) for features, _, is_urgent in examples]
        )
        if (here if weight > 0 else elsewhere) >= FEWEST
    }
    return {ALWAYS: LEANING_TO_URGENT} | {
        feature: weight
        for feature, weight in corrected_to_urgent(believed, examples).items()
        if abs(weight) >= SMALLEST_TO_URGENT
    }


def corrected_to_urgent(believed, examples):
    """The weights with which all messages are told best that do not go far from those `believed`.

    One word after the other is moved by all messages in which it stands, as Genkin, Lewis and
    Madigan do (“Large-scale Bayesian logistic regression for text categorization”, 2007).
    """
    told, places = [], {feature: [] for feature in believed}
    for features, said, is_urgent in examples:
        mine = [each for each in features if each in believed]
        for one in mine:
            places[one].append(len(told))
        told.append(Told(is_urgent, share_of_each(features) * POINTS / ENOUGH))
        told[-1].move((said + POINTS * LEANING_TO_URGENT - ENOUGH) / ENOUGH)
        told[-1].move(told[-1].reach * sum(believed[one] for one in mine))
    found, farthest = dict(believed), dict.fromkeys(believed, FARTHEST)
    for _ in range(ROUNDS_TO_URGENT):
        for one, its_places in places.items():
            slope, bend = HELD * (believed[one] - found[one]), HELD
            for at in its_places:
                slope += told[at].slope
                bend += told[at].bend
            step = max(-farthest[one], min(slope / bend, farthest[one]))
            farthest[one] = max(2 * abs(step), farthest[one] / 2)
            found[one] += step
            for at in its_places:
                told[at].move(told[at].reach * step)
    return found


class Told:
    """How a message is told so far, and which way each of its words is pulled by that."""

    __slots__ = ("bend", "cost", "is_urgent", "points", "reach", "slope")

    def __init__(self, is_urgent, reach):
        self.is_urgent, self.reach, self.points = is_urgent, reach, 0
        self.cost = ONE_MISSED if is_urgent else 1

    def move(self, by):
        """As likely as not at nought, where what is said and told is just enough."""
        self.points += by
        likely = likelihood(self.points)
        self.slope = self.cost * self.reach * (self.is_urgent - likely)
        self.bend = self.cost * self.reach**2 * likely * (1 - likely)


def likelihood(points):
    return 1 / (1 + exp(-points)) if points > -NEARLY_NEVER else 0.0


def weights_to_topics(examples):
    """For each topic the weights of its features.

    `examples` are features, what phrases say of each topic, and the topic.
    """
    found = {}
    for topic in sorted({topic for *_, topic in examples}):
        found[topic] = {
            feature: weight
            for feature, weight, here, elsewhere in weights(
                [(features, its_topic == topic) for features, _, its_topic in examples]
            )
            if (weight >= SMALLEST_FOR_TOPIC and here >= FEWEST)
            or (weight <= -SMALLEST_AGAINST_TOPIC and elsewhere >= FEWEST_AGAINST_TOPIC)
        }
    return corrected(found, examples)


def corrected(found, examples):
    """The weights of each topic, grown where they were missed and shrunk where they misled."""
    examples, random = list(examples), Random(SEED)
    factors = {topic: dict.fromkeys(its_weights, 1.0) for topic, its_weights in found.items()}
    for _ in range(ROUNDS):
        random.shuffle(examples)
        for features, said, its_topic in examples:
            scale = 1 / sqrt(len(features) or 1)
            mine = {
                topic: [each for each in features if each in its_weights]
                for topic, its_weights in found.items()
            }
            likelihoods = softmax(
                {
                    topic: min(said.get(topic, 0), MOST_OF_PHRASES) / POINTS
                    + scale * sum(found[topic][one] * factors[topic][one] for one in ones)
                    for topic, ones in mine.items()
                }
            )
            for topic, ones in mine.items():
                missing = (topic == its_topic) - likelihoods[topic]
                if abs(missing) >= ALREADY_TOLD:
                    for one in ones:
                        factors[topic][one] += STEP * missing * scale * found[topic][one]
    return {
        topic: {one: weight * factors[topic][one] for one, weight in its_weights.items()}
        for topic, its_weights in found.items()
    }


def softmax(points):
    highest = max(points.values())
    powers = {each: exp(number - highest) for each, number in points.items()}
    whole = sum(powers.values())
    return {each: power / whole for each, power in powers.items()}
