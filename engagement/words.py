"""The words of a message, each with its stem, so that “waited” fits “waiting”."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from threading import local

import snowballstemmer

LONGEST = 6000  # characters that are read

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
        "posting nursery nurseries training trainer stationary interesting portable rating dressing"
    ).split()
    for word in (own, f"{own}s")
} | {own: own for own in ("bloods", "followers", "filling", "fillings")}

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
    while ending := next((each for each in BENGALI_ENDINGS if has_ending(word, each)), ""):
        word = word.removesuffix(ending)
    return word


def has_ending(word, ending):
    return word.endswith(ending) and len(word) > len(ending) + 2


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
