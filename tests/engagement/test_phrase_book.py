"""Which phrases a text holds: side by side, of a family, and near each other."""

from typing import NamedTuple

import pytest

from engagement.clues import Clues
from engagement.phrase_book import PhraseBook, fault_in, without_overlaps
from engagement.reading import Reader, written
from engagement.words import words_of

FAMILIES = [("nurses", "nurse, matron, sister on the ward"), ("late", "late, did * not/never come")]


class Row(NamedTuple):
    pk: int
    text: str
    sign: str = "topic"
    topic: str = "gp"
    weight: int = 3


def found(text, *phrases, families=FAMILIES):
    rows = [
        Row(pk, *each) if isinstance(each, tuple) else Row(pk, each)
        for pk, each in enumerate(phrases)
    ]
    words = words_of(text)
    matches = without_overlaps(PhraseBook(rows, families).matches(words))
    return [(match.phrase.text, written(words, match)) for match in matches]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("{nurses} visited", "The matron visits us.", "matron visits"),
        ("{nurses} visited", "A sister on the ward visited.", "sister on the ward visited"),
        ("the {nurses}", "Where are the nurses?", "the nurses"),
        ("{nurses} & {late}", "The nurse is late.", "nurse … late"),
        (
            "{nurses} & {late}",
            "They did really not come, those nurses.",
            "did really not come … nurses",
        ),
        ("{nurses} & bandage", "A new bandage. The nurse forgot.", "bandage … nurse"),
        ("{nurses}", "A matronn came.", "matronn"),
        ("{late}", "They were late.", "late"),
    ],
)
def test_a_family_stands_for_each_of_its_words(phrase, text, words):
    assert found(text, phrase) == [(phrase, words)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("{nurses} & {late}", "The nurse came."),
        ("{nurses} & {late}", "The nurse came. It was good. I was late."),
        ("{nurses} & {late}", f"The nurse {'very ' * 20} late."),
        ("{nurses} & {nurses}", "One nurse."),
        ("{unknown} & {late}", "An unknown was late."),
        ("{unknown}", "An unknown was late."),
        ("* & {late}", "It was late."),
        ("&", "This & that."),
    ],
)
def test_what_is_not_near_or_not_there_does_not_fit(phrase, text):
    assert found(text, phrase) == []


def test_what_is_joined_leaves_its_words_to_others_unless_they_mean_nothing():
    joined, alone = "{nurses} & {late}", "nurse"

    assert found("The nurse is late.", joined, alone) == [
        (joined, "nurse … late"),
        (alone, "nurse"),
    ]
    assert found("The late nurse.", joined, ("the late nurse", "nothing")) == [
        ("the late nurse", "the late nurse")
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{nurses} & {late}", ""),
        ("taken * tablets/pills", ""),
        ("* pills", "Enter words that begin with a word, not with “*”"),
        ("{nurses} & * pills", "Enter words that begin with a word, not with “*”"),
        ("{nurses} &", "Enter a word"),
        ("!", "Enter a word"),
        ("/", "Enter a word"),
        ("{porters} late", "There is no family “porters”"),
    ],
)
def test_a_phrase_that_could_fit_nothing_is_told(text, fault):
    assert fault_in(text, {"nurses", "late"}) == fault


@pytest.mark.parametrize(
    ("text", "is_urgent"),
    [
        ("He hits me.", True),
        ("He hit me years ago.", False),
        ("Years ago he was kind. Now he hits me.", True),
        ("He hits me and I am in danger, as years ago.", True),
    ],
)
def test_what_is_over_is_not_urgent(text, is_urgent):
    rows = [
        Row(1, "hit me", "urgent", None, 4),
        Row(2, "in danger", "urgent", None, 4),
        Row(3, "years ago", "calms", None, 4),
    ]
    reader = Reader(PhraseBook(rows), Clues([]))

    assert ("urgent-review" in reader.read(text).flags) == is_urgent


def test_each_further_word_of_a_family_counts_less():
    reader = Reader(PhraseBook([Row(1, "{nurses}", weight=4)], FAMILIES), Clues([]))

    assert reader.read("Hello. The nurse.").points == {"gp": 4}
    assert reader.read("Hello. The nurse, the matron, the nurses and the nurse.").points == {
        "gp": 4 + 2 + 1
    }
