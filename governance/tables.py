"""Tables as spreadsheets write them: read forgivingly, refused in sentences with line numbers.

`read` refuses what concerns the whole file; what is wrong with one line stands on that line. The
functions below it read single cells.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils import timezone

from localities.day_field import EARLIEST_YEAR, LATEST_YEAR, in_words

LARGEST_FILE = 1024 * 1024  # bytes
# Whoever else edits waits until all are done: some ten seconds.
MOST_LINES = 2_000
LONGEST_QUOTED = 40  # characters of a cell that a sentence repeats
# What a spreadsheet would calculate instead of showing.
FORMULA = ("=", "+", "-", "@")
AS_CSV = "In Excel, choose Save as, “CSV UTF-8”."

# A letter that UTF-8 writes in several bytes: in Windows-1252 it would read “Ã©”.
PART_OF_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")

DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?: 00:00(?::00)?)?")
SHORT_YEAR = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}")
CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::00)? ?(am|pm)?", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "1"), True),
    **dict.fromkeys(("no", "n", "false", "0", ""), False),
}


@dataclass(frozen=True)
class Line:
    """A line of a table: its cells by column, and what is wrong with them before any meaning."""

    number: int
    cells: dict[str, str]
    faults: list[str] = field(default_factory=list)


# --- Files ----------------------------------------------------------------------------------------


def text_of(content):
    """The text of a file's bytes; raises `ValidationError` if it is none."""
    if len(content) > LARGEST_FILE:
        refuse(f"The file is larger than {LARGEST_FILE // 1024} kB. Split it into smaller ones.")
    if content.startswith(b"PK"):
        refuse(f"This is a workbook, not a CSV file. {AS_CSV}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse(f"The file is in UTF-16, not in UTF-8. {AS_CSV}")
    try:
        text = decoded(content)
    except UnicodeDecodeError as error:
        number = line_at(content[: error.start].decode(errors="replace"))
        refuse(f"Line {number} is not in UTF-8. {AS_CSV}")
    if "\x00" in text:
        number = line_at(text[: text.index("\x00")])
        refuse(f"Line {number} holds a character that no text has (NUL). {AS_CSV}")
    return text


def decoded(content):
    """UTF-8; or what Excel writes as plain “CSV” in Britain, which bears no sign of being that."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if PART_OF_UTF_8.search(content):
            raise
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            raise error from None


def line_at(text_before):
    """The number of the line that begins or goes on after this text."""
    return len(re.findall(r"\r\n|\r|\n", text_before)) + 1


def read(text, *, columns, needed):
    """The lines below the header that are not empty; raises `ValidationError`."""
    file = io.StringIO(text, newline="")
    first = file.readline()
    skipped = 0
    # Excel may say in a line of its own what separates the cells.
    if told := re.fullmatch(r"\"?sep=([,;\t])\"?\s*", first, re.IGNORECASE):
        delimiter, skipped = told[1], 1
    else:
        delimiter = max(",;\t", key=first.count)
        file.seek(0)
    rows = numbered(csv.reader(file, delimiter=delimiter, strict=True), skipped)
    _, header = next(rows, (0, []))
    names = named_columns(header, columns, needed)

    lines = []
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            lines.append(as_line(number, cells, names))
        if len(lines) > MOST_LINES:
            refuse(f"The file has more than {MOST_LINES} lines. Split it into smaller ones.")
    if not lines:
        refuse("The file has no line below its header.")
    return lines


def numbered(rows, skipped):
    """Each row with the number of the line it begins on: a quoted cell may hold several."""
    while True:
        number = rows.line_num + skipped + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            refuse(
                f"Line {number} cannot be read as CSV. Look for a quotation mark that is opened "
                "and not closed, or that stands inside a cell."
            )
        yield number, row


def named_columns(header, columns, needed):
    """The header in our spelling; columns that are empty are none."""
    names = ["_".join(name.casefold().split()) for name in header]
    while names and not names[-1]:
        names.pop()
    known = f"The columns are: {', '.join(columns)}."
    if not names:
        refuse(f"The file has no header. {known}")
    for place, name in enumerate(names, start=1):
        if name not in columns:
            said = f"The column “{short(name)}” is not known" if name else "It has no name"
            refuse(f"Line 1, column {place}: {said}. {known}")
        if names.index(name) != place - 1:
            refuse(f"Line 1: the column “{name}” is there twice.")
    if missing := [name for name in needed if name not in names]:
        refuse(f"Line 1: the column “{missing[0]}” is missing. {known}")
    return names


def as_line(number, cells, names):
    faults = []
    if any(cell.strip() for cell in cells[len(names) :]):
        faults.append(
            f"It has {len(cells)} cells, but the header has {len(names)}. Put a cell that holds "
            "the separator between quotation marks."
        )
    cells = [" ".join(cell.split()) for cell in cells[: len(names)]]
    cells += [""] * (len(names) - len(cells))
    for name, cell in zip(names, cells, strict=True):
        if cell.startswith(FORMULA):
            faults.append(
                f"The cell {name} begins with “{cell[0]}”, as a formula does. Write plain text."
            )
        if any(unicodedata.category(sign) == "Cc" for sign in cell):
            faults.append(f"The cell {name} holds a character that cannot be shown.")
    return Line(number, dict(zip(names, cells, strict=True)), faults)


def refuse(sentence):
    raise ValidationError(sentence)


def short(cell):
    return cell if len(cell) <= LONGEST_QUOTED else f"{cell[:LONGEST_QUOTED]}…"


# --- Cells ----------------------------------------------------------------------------------------


def day_of(cell, column):
    """A day written 2026-11-22 or 22/11/2026; None when the cell is empty."""
    if not cell:
        return None
    if SHORT_YEAR.fullmatch(cell):
        refuse(f"{column}: write the year of “{cell}” in four digits.")
    if match := DAY.fullmatch(cell):
        year, month, day = map(int, match.groups())
    elif match := DAY_FIRST.fullmatch(cell):
        day, month, year = map(int, match.groups())
    else:
        refuse(f"{column}: “{short(cell)}” is not a day. Write 2026-11-22 or 22/11/2026.")
    try:
        found = date(year, month, day)
    except ValueError:
        refuse(
            f"{column}: “{cell}” is not in the calendar. Write 2026-11-22, or the day before the "
            "month: 22/11/2026."
        )
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        refuse(f"{column}: the year of “{cell}” is not between {EARLIEST_YEAR} and {LATEST_YEAR}.")
    return found


def moment_of(day, cell, column):
    """A time of a day as London's clocks show it; None when the cell is empty."""
    if not cell:
        return None
    match = CLOCK.fullmatch(cell)
    hour, minute = (int(match[1]), int(match[2])) if match else (24, 0)
    if match and match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "pm" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        refuse(f"{column}: “{short(cell)}” is not a time. Write 14:30.")
    clock = datetime.combine(day, time(hour, minute), timezone.get_default_timezone())
    first, second = (clock.replace(fold=fold) for fold in (0, 1))
    if first.utcoffset() < second.utcoffset():
        refuse(
            f"{column}: there is no {clock:%H:%M} on {in_words(day)}, when the clocks go forward."
        )
    if first.utcoffset() > second.utcoffset():
        refuse(
            f"{column}: {clock:%H:%M} comes twice on {in_words(day)}, when the clocks go back. "
            "Add this one by hand."
        )
    return first


def number_of(cell, column):
    """A number with a point, such as 81.4; a sign of percent may follow."""
    written = cell.removesuffix("%").strip()
    if not NUMBER.fullmatch(written):
        said = f"“{short(cell)}” is not a number" if cell else "it is empty"
        refuse(f"{column}: {said}. Write it with a point, such as 81.4.")
    return float(written)


def yes_or_no(cell, column):
    if cell.casefold() not in YES_NO:
        refuse(f"{column}: “{short(cell)}” is neither yes nor no.")
    return YES_NO[cell.casefold()]


def choice_of(cell, choices, column):
    """One of a field's choices, by its key or by what pages call it."""
    known = {label.casefold(): value for value, label in choices.choices}
    found = known.get(" ".join(re.split(r"[\s_-]+", cell.casefold())))
    if not found:
        labels = ", ".join(label.lower() for label in choices.labels)
        refuse(f"{column}: “{short(cell)}” is not one of {labels}.")
    return found


def row_of(slug, rows, noun):
    """One of `rows`, which are kept by the last part of their addresses."""
    if found := rows.get(slug.casefold()):
        return found
    if not slug:
        refuse(f"{noun}: enter the last part of its address, such as executive-board.")
    near = get_close_matches(slug.casefold(), rows, n=1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    refuse(f"{noun}: there is none with the address “{short(slug)}”.{hint}")


def fits(cell, model, name, column):
    """The cell, if the field of the model has room for it."""
    longest = model._meta.get_field(name).max_length
    if len(cell) > longest:
        refuse(f"{column}: it has {len(cell)} characters, but at most {longest} fit.")
    return cell
