"""What a message says of itself: its topic, whom it is about, and what calls for care.

Phrases say it plainly, clues tell a little each. Both are rows, with their weights, that the
engagement team edits; what is here only adds them up. Each conclusion carries the words that made
it. Nothing is guessed: where little speaks for a topic, or nearly as much for another, the reading
is not sure, and a person looks.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from engagement import personal_data
from engagement.clues import (
    POINTS,
    URGENT,
    each_in_its_words,
    features_in,
    most_telling,
    saying,
)
from engagement.languages import ENGLISH, LANGUAGES_OF, is_partly_english, language_of
from engagement.models import About, Flag, Phrase
from engagement.phrase_book import without_overlaps
from engagement.words import LINK, words_of

Sign = Phrase.Sign

ENOUGH = 3  # points for a topic, for a flag, and for whom it is about
ENOUGH_FOR_SPAM = 3
WORDS_TO_A_POINT = 20  # of a message: the longer, the more of it must look like spam
FEWEST_STRANGE = 3  # words that cannot be spoken, of a text that is no message
ENOUGH_BY_CLUES = 11  # points for a topic of which no phrase speaks
FAINT = 3  # points below which such a topic is not even named
FEWEST_CLUES = 2  # each in words of its own, for what no phrase calls urgent
WORTH_COUNTING = 1  # points of one of them
PLAIN_CLUE = 6  # points of a clue that needs no second one
LEAD = 1.4  # times the points of the next topic
MOST_OF_PHRASES = 8  # points that they give a topic at most, beside what clues tell
MOST_OF_PHRASES_IF_URGENT = 6
REPEATED = (1, 0.5, 0.25)  # of its weight counts a phrase each time, and nothing after
FIRST_SENTENCE = 1.15
AFTER_PRAISE = 0.25
SCOPE = 7  # words to which a cue reaches
PRAISED = 2  # words after praise that it is of: “lovely nurse, but”
NEGATED_WITHIN = 3

CHANNELS = {
    Sign.TOPIC: "topic",
    Sign.URGENT: "urgent",
    Sign.CALMS: "calm",
    Sign.COMPLAINT: "complaint",
    Sign.SPAM: "spam",
    Sign.CHILD: "about",
    Sign.MATERNITY: "about",
    Sign.SETS_ASIDE: "cue",
    Sign.POINTS_TO: "cue",
    Sign.PLEASES: "cue",
}
NEGATIONS = frozenset(
    "not no never nobody none isnt wasnt arent werent without hasnt havent aint nor neither dont "
    "didnt doesnt wouldnt".split()
)
AGE = re.compile(
    r"\b(\d{1,2}) ?(?:-? ?(years?|yrs?|yr|months?|mths?|weeks?|wks?|days?)[ -]?(?:old|olds)\b|"
    r"(?:yo|y/o|yrs?)\b)"
)
# “My son is 45”, “aged 9”: a number that can only be an age, after a word that makes it one.
AGE_AFTER = re.compile(r"\b(?:son|daughter|child|boy|girl|s?he|s?hes) (?:is |aged )?(\d{1,2})\b")
ADULT_FROM = 18
VOWELS = re.compile("[aeiouy]")
UNSPEAKABLE = re.compile(
    r"[bcdfghjklmnpqrstvwxz]{6}|(.)\1{3}|asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwer|wert|zxcv|xcvb"
)


@dataclass(frozen=True)
class Reading:
    """What was read in one message. `topic` is the likeliest, sure or not, or empty."""

    language: str = ENGLISH
    topic: str = ""
    is_sure: bool = False
    words: tuple[str, ...] = ()
    phrases: tuple[int, ...] = ()
    clues: tuple[int, ...] = ()
    points: dict = field(default_factory=dict)
    about: str = ""
    about_words: tuple[str, ...] = ()
    flags: dict = field(default_factory=dict)

    @property
    def is_spam(self):
        return Flag.SPAM in self.flags


class Reader:
    """Reads messages by one book of phrases, with their families, and by clues."""

    def __init__(self, book, clues):
        self.book, self.clues = book, clues

    def read(self, text):
        words = words_of(text)
        language = language_of(text, words)
        is_english = language == ENGLISH
        stems = self.book.stems_in(words, forgiving=is_english)
        families = self.book.families_at(stems)
        found = by_channel(self.book.matches(words, stems, families))
        has_english = is_english or is_partly_english(words)
        features = features_in(words, stems, families) if has_english else {}
        cues = Cues(words, found.get("cue", ()))
        said, matches = topics_in(words, found.get("topic", ()), cues)
        all_told = self.clues.told_by(features)
        told, _, tellings = (
            self.clues.told_by(cues.without_what_is_set_aside(features)) if cues.aside else all_told
        )
        points = points_of(said, told)
        topic, is_sure = likeliest(points, said)
        mine = [match for match in matches if match.phrase.topic == topic] if topic else []
        clues = most_telling(tellings.get(topic, ()), words) if topic else []
        about, about_words = whom(text, words, found.get("about", ()), cues)
        return Reading(
            language=language,
            topic=topic,
            is_sure=is_sure and is_english,
            words=tuple(written_once(words, [*mine, *apart_from(mine, clues)])),
            phrases=tuple(dict.fromkeys(match.phrase.pk for match in mine)),
            clues=tuple(clue.pk for clue in clues),
            points=points,
            about=about,
            about_words=about_words,
            flags=flags_of(text, words, language, found, all_told, said.get(topic, 0)),
        )


def flags_of(text, words, language, found, told, points):
    flags = {}
    urgent = urgent_in(words, found, told)
    if urgent is not None:
        flags[Flag.URGENT.value] = urgent
    complaint = [each for each in found.get("complaint", ()) if not negated(words, each)]
    if sum(each.phrase.weight for each in once(complaint)) >= ENOUGH:
        flags[Flag.COMPLAINT.value] = written_once(words, complaint)
    spam = spam_in(text, words, found.get("spam", ()), points, language)
    if spam:
        flags[Flag.SPAM.value] = spam
    if language != ENGLISH:
        flags[Flag.LANGUAGE.value] = [language]
    kinds = personal_data.kinds_in(text)
    if kinds:
        flags[Flag.PERSONAL_DATA.value] = kinds
    return flags


def urgent_in(words, found, told):
    """The words for which it may be urgent; None if it is not."""
    urgent, said = said_of_urgent(words, found)
    _, told_of_urgent, tellings = told
    if said + told_of_urgent < ENOUGH:
        return None
    if not said and hangs_by_a_word(tellings[URGENT], words):
        return None
    clues = most_telling(tellings[URGENT], words)
    return written_once(words, [*urgent, *apart_from(urgent, clues)])


def hangs_by_a_word(tellings, words):
    """Whether one clue alone tells it. In few words each weighs much: “dirty” is no danger yet."""
    points = [POINTS * each.adds for each in each_in_its_words(saying(tellings, words))]
    return sum(each >= WORTH_COUNTING for each in points) < FEWEST_CLUES and not any(
        each >= PLAIN_CLUE for each in points
    )


def said_of_urgent(words, found):
    """The phrases that are signs of danger, and what they say together."""
    urgent = [each for each in found.get("urgent", ()) if not negated(words, each)]
    said = urgency(words, urgent, found.get("calm", ()))
    return urgent, min(said, MOST_OF_PHRASES_IF_URGENT)


def by_channel(matches):
    """The matches that count, by what they are a sign of: the longest takes its words."""
    channels = defaultdict(list)
    of_nothing = [match for match in matches if match.is_nothing]
    for match in matches:
        if not match.is_nothing:
            channels[CHANNELS[match.phrase.sign]].append(match)
    for channel, its_matches in channels.items():
        # Words that mean nothing outweigh equally long ones of a flag, but not of a topic.
        its_matches += of_nothing
        its_matches.sort(
            key=lambda match: (-match.length, match.is_nothing == (channel == "topic"))
        )
    return {
        channel: [
            match for match in without_overlaps(its_matches) if match.phrase.sign != Sign.NOTHING
        ]
        for channel, its_matches in channels.items()
    }


class Cues:
    """How much a match counts for the words around it: set aside, pointed to, or praised."""

    def __init__(self, words, cues):
        self.words = words
        self.aside, self.pointed, self.pleased = set(), {}, set()
        points = [cue for cue in cues if cue.phrase.sign == Sign.POINTS_TO]
        last_point = max((cue.start for cue in points), default=-1)
        for cue in cues:
            if cue.phrase.sign == Sign.SETS_ASIDE:
                self.aside.update(self.scope(cue, across_lists=True))
        for cue in points:
            if cue.start in self.aside:
                # “It is not about A&E, it is about the lift”: here the other thing begins.
                self.aside -= set(range(cue.start, len(words)))
            for at in self.scope(cue, to_sentence_end=True):
                self.pointed[at] = 1 + cue.phrase.weight / 10
        for cue in cues:
            if cue.phrase.sign == Sign.PLEASES and last_point > cue.start:
                clause = words[cue.start].clause
                reach = range(max(cue.start - SCOPE, 0), min(cue.end + PRAISED, len(words)))
                self.pleased.update(at for at in reach if words[at].clause == clause)

    def scope(self, cue, *, across_lists=False, to_sentence_end=False):
        """The words to which a cue reaches."""
        first = self.words[cue.end - 1]
        for at in range(cue.end, min(cue.end + SCOPE, len(self.words))):
            word = self.words[at]
            if word.sentence != first.sentence:
                return
            if word.clause != first.clause and not to_sentence_end:
                ahead = self.words[at : at + 5]
                if not (across_lists and any(each.written in {"or", "nor"} for each in ahead)):
                    return
            yield at

    def of(self, match):
        if any(at in self.aside for at in match.span):
            return 0
        factor = self.pointed.get(match.start, 1)
        if match.start in self.pleased:
            factor *= AFTER_PRAISE
        return factor * (FIRST_SENTENCE if self.words[match.start].sentence == 0 else 1)

    def without_what_is_set_aside(self, features):
        return {each: span for each, span in features.items() if self.aside.isdisjoint(span)}


def points_of(said, told):
    """What phrases say and clues tell of each topic, together."""
    return {
        topic: round(min(said.get(topic, 0), MOST_OF_PHRASES) + told.get(topic, 0), 2)
        for topic in sorted({*said, *told})
    }


def topics_in(words, matches, cues):
    """The points of each topic, and the matches that gave any."""
    points, seen, counting = Counter(), Counter(), []
    for match in heaviest(matches):
        weight = match.phrase.weight * cues.of(match)
        if not weight:
            continue
        if seen[match.phrase] < len(REPEATED):
            points[match.phrase.topic] += weight * REPEATED[seen[match.phrase]]
            counting.append(match)
        seen[match.phrase] += 1
    return {topic: round(number, 2) for topic, number in points.items()}, counting


def heaviest(matches):
    """Of the phrases that find the same words for the same thing, the one that weighs most."""
    best = {}
    for match in matches:
        known = best.setdefault((match.span, match.phrase.topic), match)
        if match.phrase.weight > known.phrase.weight:
            best[match.span, match.phrase.topic] = match
    return best.values()


def likeliest(points, said):
    """The topic with most points, and whether that is enough and plain.

    `said` are the topics of which a phrase speaks.
    """
    if not points:
        return "", False
    (topic, most), *others = sorted(points.items(), key=lambda pair: (-pair[1], pair[0]))
    if topic not in said and most < FAINT:
        return "", False
    enough = ENOUGH if topic in said else ENOUGH_BY_CLUES
    next_most = others[0][1] if others else 0
    return topic, most >= enough and most >= LEAD * next_most


def whom(text, words, matches, cues):
    """Whether it is about a child, or about pregnancy and birth, and the words that say so."""
    points, said = Counter(), defaultdict(list)
    for match in matches:
        if cues.of(match) and not negated(words, match):
            points[match.phrase.sign] += match.phrase.weight
            said[match.phrase.sign].append(written(words, match))
    text = text.casefold()
    for age in [*AGE.finditer(text), *AGE_AFTER.finditer(text)]:
        unit = age[2] if age.re is AGE else "years"
        is_young = (unit or "y")[0] != "y" or int(age[1]) < ADULT_FROM
        if is_young:
            points[Sign.CHILD] += ENOUGH
            said[Sign.CHILD].append(age[0])
        elif points[Sign.CHILD]:
            points[Sign.CHILD] -= ENOUGH  # a grown-up son
    for sign, about in ((Sign.MATERNITY, About.MATERNITY), (Sign.CHILD, About.CHILD)):
        if points[sign] >= ENOUGH:
            return about.value, tuple(dict.fromkeys(said[sign]))
    return "", ()


def spam_in(text, words, matches, points, language):
    """Why it looks like spam, or nothing."""
    reasons = written_once(words, matches)
    score = weight_of_distinct(matches)
    links = len(LINK.findall(text.casefold()))
    if links > 1:
        score += 2 * (links - 1)
    if links and score:
        score += 1
        reasons.append(f"{links} links" if links > 1 else "a link")
    score -= min(points / 4, 2) + len(words) / WORDS_TO_A_POINT
    if score >= ENOUGH_FOR_SPAM:
        return reasons
    return ["no words that can be read"] if language == ENGLISH and is_gibberish(words) else []


def weight_of_distinct(matches):
    """What phrases weigh together; of those in the same words the heaviest counts, each once."""
    taken, counted, weight = set(), set(), 0
    for match in sorted(matches, key=lambda match: (-match.phrase.weight, match.start)):
        if match.phrase not in counted and taken.isdisjoint(match.span):
            weight += match.phrase.weight
            taken.update(match.span)
            counted.add(match.phrase)
    return weight


def is_gibberish(words):
    """Whether most of the words cannot be spoken and hardly any is English."""
    long = [word.written for word in words if len(word.written) > 3 and word.written.isascii()]
    strange = [
        each
        for each in long
        if each.isalpha() and (UNSPEAKABLE.search(each) or not VOWELS.search(each))
    ]
    small = sum(word.written in LANGUAGES_OF for word in words)
    return (
        len(strange) >= FEWEST_STRANGE
        and len(strange) >= 0.4 * len(long)
        and small <= len(words) / 5
    )


def urgency(words, urgent, calming):
    """What the signs of danger weigh, less what in the same sentence says that it is over."""
    points = Counter()
    for match in once(heaviest(urgent)):
        points[words[match.start].sentence] += match.phrase.weight
    for match in once(calming):
        points[words[match.start].sentence] -= match.phrase.weight
    return sum(number for number in points.values() if number > 0)


def negated(words, match):
    """Whether a “not” stands right before it."""
    before = words[max(match.start - NEGATED_WITHIN, 0) : match.start]
    clause = words[match.start].clause
    return any(word.written in NEGATIONS and word.clause == clause for word in before)


def once(matches):
    """One match of each phrase."""
    return {match.phrase: match for match in matches}.values()


def written(words, match):
    """The words of a match or a clue, with “…” where others stand between."""
    text, last = "", match.span[0] - 1
    for at in match.span:
        word = words[at].written
        text += (" " if at == last + 1 else " … ") + ("A&E" if word == "ae" else word)
        last = at
    return text.lstrip()


def written_once(words, matches):
    return list(dict.fromkeys(written(words, match) for match in matches))


def apart_from(matches, clues):
    """The clues in words that no match has taken."""
    taken = {at for match in matches for at in match.span}
    return [clue for clue in clues if taken.isdisjoint(clue.span)]
