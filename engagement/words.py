"""Words of a message and phrases that fit them. Nothing here knows what a phrase is a sign of.

Words are compared by their stems, so that “waited” fits “waiting”, and a slip of the keyboard in a
longer word is forgiven where it is plain which word of a phrase is meant.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import local

import snowballstemmer
from rapidfuzz.distance import OSA

LONGEST = 6000  # characters that are read
GAP = 3  # words that “*” may stand for, at most
SHORTEST_CORRECTED = 5  # letters of a word in which a slip is forgiven
LONG = 9  # letters of a word in which two are

ORDINARY_WORDS = frozenset(
    (Path(__file__).parent / "data" / "ordinary_words.txt").read_text().split()
)

# Combining marks belong to their word: Bengali writes its vowels with them.
WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0600-\u06ed\u0900-\u0e4e])*")
APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ′"))
SENTENCE_ENDS = frozenset(".!?\n;:…।")
EMERGENCY_DEPARTMENT = re.compile(r"\ba ?(?:&amp;|&|\+|/|and|n) ?e(?:s|d)?\b")
LINK = re.compile(r"(?:https?://|www\.)\S+")

# Words that the stemmer would take for forms of another.
OWN_STEMS = {
    word: own
    for own in (
        "consultant operator operating organ general hospitality university universe meet listing "
        "posting nursery nurseries training trainer stationary interesting portable rating"
    ).split()
    for word in (own, f"{own}s")
}

_stemmers = local()


@dataclass(frozen=True, slots=True)
class Word:
    written: str
    stem: str
    sentence: int
    clause: int


@lru_cache(maxsize=20_000)
def stem(word):
    if word >= "\u0980":
        return bengali_stem(word) if word <= "\u09ff\uffff" else word
    if word in OWN_STEMS:
        return OWN_STEMS[word]
    if not hasattr(_stemmers, "english"):
        _stemmers.english = snowballstemmer.stemmer("english")  # keeps the word in itself
    return _stemmers.english.stemWord(word)


def bengali_stem(word):
    """The word without its endings, one after the other, as long as three letters are left."""
    for ending in BENGALI_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return bengali_stem(word[: -len(ending)])
    return word


def plain(text):
    """Text as it is compared: lower case, without accents on Latin letters or apostrophes."""
    text = LINK.sub(" ", text[:LONGEST]).casefold().translate(APOSTROPHES)
    if not text.isascii():
        text = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", decomposed(text)))
    return EMERGENCY_DEPARTMENT.sub("ae", text).replace("e-mail", "email")


def decomposed(text):
    return unicodedata.normalize("NFKD", text)


BENGALI_ENDINGS = tuple(plain(ending) for ending in "গুলো দের য়ের ের টা টি কে তে রা য় ে র".split())


def words_of(text):
    """The words of a text, each with the number of its sentence and of its clause."""
    text = plain(text)
    words, sentence, clause, end = [], 0, 0, 0
    for found in WORD.finditer(text):
        between = text[end : found.start()]
        if between != " " and between:
            if not SENTENCE_ENDS.isdisjoint(between):
                sentence += 1
                clause += 1
            elif not frozenset(",()–—").isdisjoint(between) or " - " in between:
                clause += 1
        written = found[0]
        words.append(Word(written, stem(written), sentence, clause))
        end = found.end()
    return words


class Pattern:
    """The words of a phrase: for each its stems, or None for a gap."""

    __slots__ = ("length", "parts", "phrase")

    def __init__(self, phrase):
        self.phrase = phrase
        self.parts = [
            None if part == "*" else frozenset(stem(each) for each in part.split("/") if each)
            for part in pattern_parts(phrase.text)
        ]
        self.length = sum(part is not None for part in self.parts)

    def end_of_match(self, stems, at, part=0):
        """Where the words end that fit from `at`, or None."""
        for index in range(part, len(self.parts)):
            wanted = self.parts[index]
            if wanted is None:
                for skipped in range(GAP + 1):
                    end = self.end_of_match(stems, at + skipped, index + 1)
                    if end is not None:
                        return end
                return None
            if at >= len(stems) or stems[at] not in wanted:
                return None
            at += 1
        return at


def pattern_parts(text):
    """“taken * tablets/pills” as its words; a text without words fits nothing."""
    text = EMERGENCY_DEPARTMENT.sub("ae", plain(text).replace("e-mail", "email"))
    return re.sub(r"[^\w/*\u0300-\u036f\u0900-\u0e4e]+", " ", text).split()


@dataclass(frozen=True, slots=True)
class Match:
    phrase: object
    start: int
    end: int
    length: int

    @property
    def is_nothing(self):
        return self.phrase.sign == "nothing"

    @property
    def span(self):
        return range(self.start, self.end)


class PhraseBook:
    """All phrases, compiled once; asked which of them a text holds."""

    def __init__(self, phrases):
        self.by_first = defaultdict(list)
        known = set()
        for phrase in phrases:
            pattern = Pattern(phrase)
            if not pattern.parts or pattern.parts[0] is None:
                continue
            for first in pattern.parts[0]:
                self.by_first[first].append(pattern)
            for part in pattern_parts(phrase.text):
                known.update(each for each in part.split("/") if each.isalpha())
        self.stems = {each for pattern in self.patterns() for part in pattern.parts if part
                      for each in part}  # fmt: skip
        self.known = defaultdict(list)
        for word in sorted(known):
            if len(word) >= SHORTEST_CORRECTED and word.isascii():
                self.known[word[0]].append(word)
        self.corrected = lru_cache(maxsize=20_000)(self._corrected)

    def patterns(self):
        return (pattern for patterns in self.by_first.values() for pattern in patterns)

    def stems_in(self, words, *, forgiving):
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

    def matches(self, words, *, forgiving=True):
        """Every phrase that fits somewhere, the longest first.

        Only in the language of the phrases is a slip told from another word: be `forgiving` there.
        """
        stems = self.stems_in(words, forgiving=forgiving)
        found = []
        for at, first in enumerate(stems):
            for pattern in self.by_first.get(first, ()):
                end = pattern.end_of_match(stems, at)
                if end is not None:
                    found.append(Match(pattern.phrase, at, end, pattern.length))
        found.sort(key=lambda match: (-match.length, match.start, match.phrase.pk))
        return found


def without_overlaps(matches):
    """Of matches in order of preference, those whose words no earlier one has taken.

    The same words may stand in two phrases, and then speak for both.
    """
    taken, kept, spans = set(), [], set()
    for match in matches:
        span = not match.is_nothing and (match.start, match.end)
        if span in spans or taken.isdisjoint(match.span):
            taken.update(match.span)
            if span:
                spans.add(span)
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)
