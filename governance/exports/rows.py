"""Rows as a CSV file that a spreadsheet opens, and in which it takes no text for a formula."""

import csv
import io

# What begins a formula, also as East Asian keyboards write it, or is dropped by a spreadsheet
# before it looks for one.
BEGINS_FORMULA = (*"=+-@", *"\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n")
SPACES = " \u00a0\u200b\ufeff\u3000"


def as_csv(rows):
    """The file as bytes, marked as UTF-8, which spreadsheets would not guess."""
    file = io.StringIO()
    csv.writer(file).writerows([harmless(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def harmless(value):
    if isinstance(value, str) and value.lstrip(SPACES).startswith(BEGINS_FORMULA):
        return f"'{value}"
    return "" if value is None else value
