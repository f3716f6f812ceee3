"""What a reader reads of a page, what a browser sends, and the sentences in which deeds refuse."""

import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
UNREAD = re.compile(r"(?s)<(script|style|svg)\b.*?</\1>")


def text_of(html):
    """The words of a piece of HTML, with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", UNREAD.sub(" ", html))).split())


def main_of(response):
    """The HTML of the main part of a page."""
    return response.text.partition("<main")[2].partition("</main>")[0]


def hidden_fields(page, action=None):
    """What the hidden fields of a page send, or those of its form that posts to `action`."""
    html = page.text
    if action:
        html = html.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    return {name: unescape(value) for name, value in HIDDEN.findall(html)}


def refused(deed, **given):
    """The sentences in which a deed is refused, as one text, and the fields they stand at."""
    with pytest.raises(ValidationError) as caught:
        deed(**given)
    fields = set(caught.value.message_dict) if hasattr(caught.value, "error_dict") else set()
    return " ".join(caught.value.messages), fields


def refusal(deed, **given):
    """The sentences in which a deed is refused, as one text."""
    return refused(deed, **given)[0]
