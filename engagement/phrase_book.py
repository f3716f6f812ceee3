"""Phrases, and which of them a text holds. Nothing here knows what a phrase is a sign of.

    dressing/bandage changed     words side by side, in any of their forms
    taken * tablets/pills        “*” stands for up to three words
    {carers} came late           any of the words of the family “carers”
    {carers} & {late}            both near each other, in either order

A slip of the keyboard in a longer word is forgiven where it is plain which word of a phrase or of a
family is meant.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, zip_longest
from pathlib import Path

from rapidfuzz.distance import OSA

from engagement.words import EMERGENCY_DEPARTMENT, plain, stem

GAP = 3  # words that “*” may stand for, at most
NEAR = 14  # words between what “&” joins, at most
SENTENCES_NEAR = 1  # on from that of the one to that of the other, at most
SHORTEST_CORRECTED = 5  # letters of a word in which a slip is forgiven
LONG = 9  # letters of a word in which two are

ORDINARY_WORDS = frozenset(
    (Path(__file__).parent / "data" / "ordinary_words.txt").read_text().split()
)

PART = re.compile(r"\{([^{}]*)\}|([\w/*\u0300-\u036f\u0900-\u0e4e]+)")


@dataclass(frozen=True, slots=True)
class Family:
    """A name, as it stands in a phrase."""

    name: str


@dataclass(frozen=True, slots=True)
class Match:
    phrase: object
    span: tuple[int, ...]  # the words that it takes, in their order
    length: int
    is_joined: bool = False

    @property
    def start(self):
        return self.span[0]

    @property
    def end(self):
        return self.span[-1] + 1

    @property
    def is_nothing(self):
        return self.phrase.sign == "nothing"


def comparable(text):
    """The text of a phrase as messages are compared with it."""
    return EMERGENCY_DEPARTMENT.sub("ae", plain(text))


def families_in(text):
    """The names of the families that a phrase speaks of."""
    return [name for name, _ in PART.findall(comparable(text)) if name]


def parts_of(text):
    """“taken * {medicines}” part by part: the stems of any word that will do, a family, a gap."""
    for name, written in PART.findall(comparable(text)):
        if name:
            yield Family(name)
        elif written == "*":
            yield None
        else:
            yield frozenset(stem(each) for each in written.split("/") if each)


def words_written(text):
    """Every word of a phrase, as it is written."""
    for _, written in PART.findall(comparable(text)):
        yield from (each for each in written.split("/") if each.isalpha())


class Pattern:
    """What is to stand side by side. A text without words fits nothing."""

    __slots__ = ("length", "parts")

    def __init__(self, text):
        self.parts = list(parts_of(text))
        self.length = sum(part is not None for part in self.parts)

    @property
    def first(self):
        return (self.parts[0] or None) if self.parts else None

    def end_of_match(self, stems, families, at, part=0):
        """Where the words end that fit from `at`, or None."""
        for index in range(part, len(self.parts)):
            wanted = self.parts[index]
            if wanted is None:
                for skipped in range(GAP + 1):
                    end = self.end_of_match(stems, families, at + skipped, index + 1)
                    if end is not None:
                        return end
                return None
            if isinstance(wanted, Family):
                at = families.get(wanted.name, {}).get(at)
                if at is None:
                    return None
            elif at >= len(stems) or stems[at] not in wanted:
                return None
            else:
                at += 1
        return at


class Beginnings:
    """Patterns by how they begin: many begin with “no” or “my”, few of them go on as the text."""

    def __init__(self):
        self.by_one, self.by_two = defaultdict(list), defaultdict(list)

    def add(self, pattern, *what):
        first, *rest = pattern.parts
        if isinstance(first, Family):
            self.by_one[first].append((pattern, *what))
        elif rest and isinstance(rest[0], frozenset):
            for pair in product(first, rest[0]):
                self.by_two[pair].append((pattern, *what))
        else:
            for stem_of_first in first:
                self.by_one[stem_of_first].append((pattern, *what))

    def at(self, stems):
        """Where in a text what may begin there."""
        for at, pair in enumerate(zip_longest(stems, stems[1:])):
            for found in self.by_one.get(pair[0], ()):
                yield at, *found
            for found in self.by_two.get(pair, ()):
                yield at, *found


class PhraseBook:
    """All phrases and families, compiled once; asked which phrases a text holds."""

    def __init__(self, phrases, families=()):
        self.members, self.beginnings = Beginnings(), Beginnings()
        self.alone = defaultdict(list)  # by the pattern that they are: phrases
        self.joined = defaultdict(list)  # by the first pattern of several: phrases, all patterns
        self.stems, known = set(), set()
        for name, words in families:
            for text in words.split(","):
                self.add_member(name.casefold(), Pattern(text))
                known.update(words_written(text))
        patterns = {}
        for phrase in phrases:
            texts = [text.strip() for text in comparable(phrase.text).split("&")]
            these = [patterns.setdefault(text, Pattern(text)) for text in texts]
            if any(pattern.first is None for pattern in these):
                continue
            if len(these) > 1:
                self.joined[these[0]].append((phrase, these))
            else:
                self.alone[these[0]].append(phrase)
            known.update(words_written(phrase.text))
        for pattern in patterns.values():
            self.add(pattern)
        self.known = defaultdict(list)
        for word in sorted(known):
            if len(word) >= SHORTEST_CORRECTED and word.isascii():
                self.known[word[0]].append(word)
        self.corrected = lru_cache(maxsize=20_000)(self._corrected)

    def add(self, pattern):
        if pattern.first is not None:
            self.beginnings.add(pattern)
            self.learn_stems(pattern)

    def add_member(self, name, pattern):
        # A family is made of words: one that named another family would fit nothing.
        if isinstance(pattern.first, frozenset):
            self.members.add(pattern, name)
            self.learn_stems(pattern)

    def learn_stems(self, pattern):
        for part in pattern.parts:
            if isinstance(part, frozenset):
                self.stems |= part

    def stems_in(self, words, *, forgiving):
        """The stems of the words; where `forgiving`, those that a slip of the keyboard hid.

        Only in the language of the phrases is a slip told from another word: be so there.
        """
        if not forgiving:
            return [word.stem for word in words]
        return [
            word.stem if word.stem in self.stems else self.corrected(word.written, word.stem)
            for word in words
        ]

    def _corrected(self, word, as_stem):
        """The stem of the one known word that this is, but for a slip; else its own stem."""
        if len(word) < SHORTEST_CORRECTED or word in ORDINARY_WORDS or not word.isalpha():
            return as_stem
        allowed = 2 if len(word) >= LONG else 1
        near = {}
        for known in self.known.get(word[0], ()):
            if abs(len(known) - len(word)) <= allowed:
                slips = OSA.distance(word, known, score_cutoff=allowed)
                if slips <= allowed:
                    near.setdefault(slips, set()).add(stem(known))
        nearest = near[min(near)] if near else ()
        return next(iter(nearest)) if len(nearest) == 1 else as_stem

    def matches(self, words, stems=None, families=None):
        """Every phrase that fits somewhere, the longest first.

        `stems` and `families` are those of the words, for who needs them too.
        """
        stems = self.stems_in(words, forgiving=True) if stems is None else stems
        families = self.families_at(stems) if families is None else families
        places = self.places(stems, families)
        found = [
            Match(phrase, tuple(range(*place)), pattern.length)
            for pattern, its_places in places.items()
            for phrase in self.alone.get(pattern, ())
            for place in its_places
        ]
        for pattern in places:
            for phrase, patterns in self.joined.get(pattern, ()):
                if all(each in places for each in patterns):
                    found += joined_matches(phrase, patterns, places, words)
        found.sort(key=lambda match: (-match.length, match.start, match.phrase.pk))
        return found

    def families_at(self, stems):
        """Of each family that occurs, where its members begin, and where the longest ends."""
        families = defaultdict(dict)
        for at, pattern, name in self.members.at(stems):
            end = pattern.end_of_match(stems, {}, at)
            if end is not None:
                families[name][at] = max(end, families[name].get(at, 0))
        return families

    def places(self, stems, families):
        """Of each pattern that occurs, where it begins and ends."""
        beginnings = list(self.beginnings.at(stems))
        for name, its_places in families.items():
            for (pattern,) in self.beginnings.by_one.get(Family(name), ()):
                beginnings += [(at, pattern) for at in its_places]
        places = defaultdict(list)
        for at, pattern in beginnings:
            end = pattern.end_of_match(stems, families, at)
            if end is not None:
                places[pattern].append((at, end))
        return places


def joined_matches(phrase, patterns, places, words):
    """Where all the patterns of a phrase stand near each other."""
    first, *others = patterns
    for place in places[first]:
        taken = [place]
        for pattern in others:
            near = [each for each in places[pattern] if are_near(place, each, taken, words)]
            if not near:
                break
            taken.append(min(near, key=lambda each: abs(each[0] - place[0])))
        else:
            span = sorted(at for each in taken for at in range(*each))
            length = sum(pattern.length for pattern in patterns)
            yield Match(phrase, tuple(span), length, is_joined=True)


def are_near(place, other, taken, words):
    between = max(other[0] - place[1], place[0] - other[1])
    sentences = abs(words[place[0]].sentence - words[other[0]].sentence)
    return (
        between <= NEAR
        and sentences <= SENTENCES_NEAR
        and all(other[0] >= end or other[1] <= start for start, end in taken)
    )


def without_overlaps(matches):
    """Of matches in order of preference, those whose words no earlier one has taken.

    The same words may stand in two phrases, and then speak for both. What “&” joins leaves its
    words to the others: it says more than each of them alone. Only “nothing” takes them from it.
    """
    taken, by_nothing, kept, spans = set(), set(), [], set()
    for match in matches:
        if match.is_joined and not match.is_nothing:
            if by_nothing.isdisjoint(match.span):
                kept.append(match)
            continue
        span = not match.is_nothing and match.span
        if span in spans or taken.isdisjoint(match.span):
            taken.update(match.span)
            if span:
                spans.add(span)
            else:
                by_nothing.update(match.span)
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def fault_in(text, families):
    """Why a phrase could fit nothing, or an empty text; `families` are the names there are."""
    for each in comparable(text).split("&"):
        if Pattern(each).first is None:
            return (
                "Enter words that begin with a word, not with “*”"
                if "*" in each
                else "Enter a word"
            )
    unknown = [name for name in families_in(text) if name not in families]
    return f"There is no family “{unknown[0]}”" if unknown else ""
