"""How the portal writes its log: one line an event, and nothing that a person wrote."""

import logging
import re
import traceback
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
QUERY_STRING = re.compile(r"\?\S*")


class OneLine(logging.Formatter):
    """Tells an exception by its kind and place, not by its text.

    PostgreSQL quotes the whole refused row in its message, a resident's words included.
    """

    def __init__(self):
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record):
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = QUERY_STRING.sub("?…", self.formatMessage(record))
        if record.exc_info and record.exc_info[0]:
            line = f"{line} [{kind_and_place(*record.exc_info)}]"
        return CONTROL_CHARACTERS.sub(lambda found: f"\\x{ord(found[0]):02x}", line)


def kind_and_place(kind, error, trace):
    """`IntegrityError < UniqueViolation at engagement/actions/sending.py:41 in send`"""
    kinds = [kind.__name__]
    while (error := error and (error.__cause__ or error.__context__)) and len(kinds) < 5:
        kinds.append(type(error).__name__)
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if is_ours(frame)] or frames[-1:]
    places = [f"{short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in own[-4:]]
    return " < ".join(kinds) + " at " + ", ".join(reversed(places))


def is_ours(frame):
    path = Path(frame.filename)
    return path.is_relative_to(PROJECT) and "site-packages" not in path.parts


def short(filename):
    path = Path(filename)
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path.name
