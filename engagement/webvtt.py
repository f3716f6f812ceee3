"""Captions in the WebVTT format: whether a player will understand them, said line by line."""

import re

from django.core.exceptions import ValidationError

TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMES = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}([ \t]+\S.*)?")
SETTINGS = re.compile(r"(vertical|line|position|size|align|region):\S+")
NOT_CUES = ("NOTE", "STYLE", "REGION")


def check(text):
    """Refuse what a player would drop or show at the wrong time, with the number of the line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        raise ValidationError("Captions begin with a line that says WEBVTT and nothing else.")
    blocks = list(blocks_of(lines))
    if blocks and blocks[0][0] == 1:
        raise ValidationError("Line 2: leave a line empty after WEBVTT.")
    cues, last_start = 0, 0
    for number, block in blocks:
        if block[0].split(maxsplit=1)[0] in NOT_CUES:
            continue
        last_start = check_cue(number, block, last_start)
        cues += 1
    if not cues:
        raise ValidationError("There is not one caption after the line WEBVTT.")


def blocks_of(lines):
    """Lines that stand together, with the number of the line before the first of them."""
    block, start = [], 0
    for number, line in enumerate([*lines[1:], ""], start=1):
        if line.strip():
            if not block:
                start = number
            block.append(line)
        elif block:
            yield start, block
            block = []


def check_cue(number, block, last_start):
    """Check one caption; gives when it starts, in milliseconds. `number` counts from nought."""
    times_at = 0 if "-->" in block[0] else 1
    line = number + times_at + 1
    times = TIMES.fullmatch(block[times_at].strip()) if len(block) > times_at else None
    if times is None:
        raise ValidationError(
            f"Line {line}: a caption needs its times, such as 00:01.000 --> 00:04.500"
        )
    start, end = milliseconds(times.groups()[:4]), milliseconds(times.groups()[4:8])
    if end <= start:
        raise ValidationError(f"Line {line}: this caption ends before it begins.")
    if start < last_start:
        raise ValidationError(f"Line {line}: this caption begins before the one above it.")
    for setting in (times.group(9) or "").split():
        if not SETTINGS.fullmatch(setting):
            raise ValidationError(f"Line {line}: “{setting}” is no setting of a caption.")
    words = block[times_at + 1 :]
    if not words:
        raise ValidationError(f"Line {line}: there are no words under these times.")
    for offset, text in enumerate(words, start=1):
        if "-->" in text:
            raise ValidationError(f"Line {line + offset}: leave a line empty between captions.")
    return start


def milliseconds(parts):
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
