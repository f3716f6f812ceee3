"""What residents read on their way is plain: school years by Flesch and Kincaid, no long sentences.

The measure counts syllables by their vowels, which is near enough for whole pages. Names of bodies
and places are not ours to choose and count as one word of two syllables.
"""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from engagement.actions import referrals
from engagement.models import Referral
from tests.factories import feedback_answers, make_partnership, make_signpost, send_feedback

pytestmark = pytest.mark.django_db

FORM, CHECK, SENT, DOOR = (f"/feedback/{page}" for page in ("", "check/", "sent/", "receipt/"))
HIGHEST_YEAR = 6.0  # the sixth school year of the formula: eleven years old
LONGEST_SENTENCE = 32


class Prose(HTMLParser):
    """The sentences of a page's main part; each block ends one."""

    ENDS = {"p", "li", "h1", "h2", "h3", "legend", "label", "button", "div", "dt", "dd", "summary"}

    def __init__(self):
        super().__init__()
        self.depth, self.parts, self.hidden = 0, [], 0

    def handle_starttag(self, tag, attrs):
        if tag == "main":
            self.depth += 1
        if tag in {"script", "textarea"}:
            self.hidden += 1
        if tag in self.ENDS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if tag == "main":
            self.depth -= 1
        if tag in {"script", "textarea"}:
            self.hidden -= 1
        if tag in self.ENDS:
            self.parts.append("\n")

    def handle_data(self, data):
        if self.depth and not self.hidden:
            self.parts.append(data)


def sentences_of(html):
    """Sentences of four words and more; shorter ones are labels, which pull the measure down."""
    prose = Prose()
    prose.feed(html)
    text = re.sub(r"[ \t\r]+", " ", "".join(prose.parts).replace("\xa0", " "))
    found = re.split(r"(?<=[.?!:;])\s+|\n+", text)
    words = (re.findall(r"[A-Za-z’'-]+", each) for each in found)
    return [each for each in words if len(each) > 3]


def syllables(word):
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith("le") and count > 1:
        count -= 1
    return max(count, 1)


def school_year(sentences):
    words = [word for sentence in sentences for word in sentence]
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * per_word - 15.59


def test_the_measure_tells_plain_from_hard():
    plain = sentences_of("<main><p>We read what you send. You can ask us to call you.</p></main>")
    hard = sentences_of(
        "<main><p>Notwithstanding aforementioned considerations, governance arrangements "
        "necessitate comprehensive organisational accountability.</p></main>"
    )

    assert school_year(plain) < 3
    assert school_year(hard) > 20


@pytest.fixture
def pages():
    partnership = make_partnership()
    make_signpost()
    client = Client()
    asked = send_feedback(topic="healthy")
    lead = Referral.objects.leading().get(submission=asked.submission)
    officer = partnership.officers["living-well"]
    referrals.ask(referral=lead, by=officer, text="Which day was it?")
    opened = Client()
    opened.post(DOOR, {"reference": asked.submission.reference, "secret": asked.secret})
    form = client.get(FORM)
    answers = {key: value for key, value in feedback_answers().items() if value is not False}
    answers["token"] = form.context["token"]
    return {
        "form": form.text,
        "form with errors": client.post(CHECK, {}).text,
        "question": client.post(CHECK, answers | {"place": "Mile End"}).text,
        "check": client.post(CHECK, answers).text,
        "receipt after sending": client.post(SENT, answers).text,
        "door": client.get(DOOR).text,
        "receipt": opened.get(DOOR).text,
    }


def test_a_child_of_eleven_can_read_what_residents_read(pages):
    years = {name: round(school_year(sentences_of(page)), 1) for name, page in pages.items()}

    assert {name: year for name, year in years.items() if year > HIGHEST_YEAR} == {}


def test_no_sentence_is_long(pages):
    long = {
        name: " ".join(sentence)
        for name, page in pages.items()
        for sentence in sentences_of(page)
        if len(sentence) > LONGEST_SENTENCE
    }

    assert long == {}
