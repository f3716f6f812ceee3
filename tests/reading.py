"""What a reader reads of a page."""

import re
from html import unescape

UNREAD = re.compile(r"(?s)<(script|style|svg)\b.*?</\1>")


def text_of(html):
    """The words of a piece of HTML, with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", UNREAD.sub(" ", html))).split())


def main_of(response):
    """The HTML of the main part of a page."""
    return response.text.partition("<main")[2].partition("</main>")[0]
