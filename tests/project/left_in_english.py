"""A language made up for tests, and a reader that finds what a page in it still says in English.

Whatever goes through gettext comes out in Arabic letters, word by word, and is written from right
to left; what stays in Latin letters never went through it.
"""

import re
from html.parser import HTMLParser

from django.utils.translation import trans_real

# Django knows how to write it, so that its addresses are taken for one. No other test may speak it,
# because what was drawn in a language is kept.
MADE_UP = "ur"
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ابجدهفقحيژكلمنوپخرستعڤصشىز" * 2
)
# What a sentence must keep as it is: placeholders, tags and entities.
KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|%\{\w+\}|\{\w*\}|<[^>]+>|&#?\w+;)")
READ_ALOUD = {"alt", "aria-label", "data-label", "placeholder", "title"}
VOID = {"br", "circle", "hr", "img", "input", "link", "meta", "path", "polygon", "rect", "source"}
UNREAD = {"code", "script", "style", "path"}
LATIN = re.compile(r"[A-Za-z][A-Za-z’'-]*[A-Za-z]")
CODE_OF_A_RECEIPT = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
# Postcodes, codes and short names in capitals, addresses, and what is quoted.
NO_LANGUAGE = re.compile(
    r"\b[A-Z]{1,4}[0-9][A-Z0-9]*( [0-9][A-Z]{2})?\b|\b[A-Z]{3,4}\b|“[^”]*”"
    r"|[\w.+-]+@[\w.-]+|[\w.-]+(:\d+)?(/[\w-]+)+/|\b[\w-]+(\.[\w-]+)+\b"
)


class MadeUp:
    """What `gettext` finds in the made-up language: every sentence there is."""

    plural = staticmethod(lambda number: int(number != 1))

    def gettext(self, message):
        context, separator, words = message.rpartition("\x04")
        parts = KEPT.split(words)
        parts[::2] = [part.translate(LETTERS) for part in parts[::2]]
        return "".join(parts)

    def ngettext(self, one, many, number):
        return self.gettext(one if number == 1 else many)

    def to_language(self):
        return MADE_UP

    def language(self):
        return MADE_UP


def speak_it(monkeypatch, settings):
    """Make it the second language of the portal, until the end of a test."""
    settings.LANGUAGES = [("en-gb", "English"), (MADE_UP, "اردو")]
    monkeypatch.setitem(trans_real._translations, MADE_UP, MadeUp())


class Reader(HTMLParser):
    """The texts of a page that are not marked as English."""

    def __init__(self):
        super().__init__()
        self.texts, self.open = [], []

    @property
    def is_silent(self):
        return any(silent for _, silent in self.open)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        is_english = (said.get("lang") or "").startswith(("en", "bn", "so")) and tag != "html"
        if not self.is_silent and not is_english:
            self.texts += [said[name] for name in READ_ALOUD & set(said) if said[name]]
            if said.get("name") == "description" or said.get("property") == "og:description":
                self.texts.append(said["content"])
        if tag not in VOID:
            # A name on the chart stands in several lines.
            is_name = tag == "tspan" and "class" not in said
            self.open.append((tag, is_english or is_name or tag in UNREAD))

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.is_silent and data.strip():
            self.texts.append(data.strip())


def left_in_english(html, names):
    """The texts of a page that hold more Latin letters than the names in them."""
    reader = Reader()
    reader.feed(html)
    left = []
    for text in reader.texts:
        words = CODE_OF_A_RECEIPT.sub(" ", " ".join(text.split()))
        for name in names:  # the longest first
            words = words.replace(name, " ")
        words = NO_LANGUAGE.sub(" ", words)
        if found := LATIN.findall(words):
            left.append((" ".join(found), " ".join(text.split())[:160]))
    return left
