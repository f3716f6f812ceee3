"""Whether a request can be read at all, judged before Django reads it.

Some headers make Django itself fail, outside of all that turns failures into pages.
"""

import codecs
import re
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext_lazy as _

TOKEN = r"[\w!#$&^.+-]+"
# No space can be read in two ways, or a header of many would be tried in all that there are.
PARAMETER = rf';\s*(?:({TOKEN})=("[^"\\]*"|[^\s;"]*)\s*)?'
CONTENT_TYPE = re.compile(rf"\s*{TOKEN}/{TOKEN}\s*(?:{PARAMETER})*", re.ASCII)
UTF_8 = {"utf-8", "ascii"}

ODD_TYPE = _("What was sent is not in UTF-8, which is all the portal reads.")
ODD_CHARACTERS = _("There are characters in the address that cannot stand in an address.")
ODD_LENGTH = _("What was sent does not say in digits how long it is.")
ODD_FORM = _("The form arrived in a shape we cannot read. Send it again.")
CUT_SHORT = _("What was sent arrived cut short, so nothing of it was taken. Send it again.")


class Guard:
    """The portal behind a check of what a server hands on. The refusal itself is a page of it."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if not is_utf_8(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = ""
            environ["portal.refusal"] = ODD_TYPE
        if is_number(length := environ.get("CONTENT_LENGTH", "")):
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return self.application(environ, start_response)


class CutShort(OSError):
    """The body ended before its Content-Length."""


class WholeBody:
    """A body that fails when it ends too early: half a message is not taken for a whole one."""

    def __init__(self, stream, length):
        self.stream = stream
        self.left = length

    def read(self, size=-1):
        data = self.stream.read(size)
        self.left -= len(data)
        has_ended = size is None or size < 0 or len(data) < size
        if has_ended and self.left > 0:
            raise CutShort
        return data

    def readline(self, size=-1):
        line = self.stream.readline(size)
        self.left -= len(line)
        has_ended = not line.endswith(b"\n") and (size is None or size < 0 or len(line) < size)
        if has_ended and self.left > 0:
            raise CutShort
        return line


def refusal(environ):
    """The sentence that says why a request cannot be read, or None."""
    if found := environ.get("portal.refusal"):
        return found
    if not is_utf_8(environ.get("CONTENT_TYPE", "")):
        return ODD_TYPE
    if not is_number(str(environ.get("CONTENT_LENGTH") or 0)):
        return ODD_LENGTH
    if b"\0" in unquote_to_bytes(environ.get("QUERY_STRING", "")):
        return ODD_CHARACTERS
    if any("\0" in value for value in environ.values() if isinstance(value, str)):
        return ODD_CHARACTERS
    return None


def is_number(text):
    return text.isascii() and text.isdigit() and len(text) < 20


def is_utf_8(content_type):
    """Whether a Content-Type is one, and names no encoding but ours."""
    if not content_type:
        return True
    if not CONTENT_TYPE.fullmatch(content_type):
        return False
    parameters = re.findall(PARAMETER, content_type, re.ASCII)
    return all(names_utf_8(value) for name, value in parameters if name.lower() == "charset")


def names_utf_8(charset):
    try:
        return codecs.lookup(charset.strip('"')).name in UTF_8
    except (LookupError, ValueError):
        return False
