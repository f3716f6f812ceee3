"""Take in the rows of a table: all of them, or none.

To look first is to do it and take it back, so a preview can never say anything else than what the
import then does. Rows are known again by what people know them by, so the same file twice changes
nothing. Each kind of row has a file of its own beside this one.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone

from governance import tables
from governance.actions.structure import lock_structure, one_edit
from governance.models import Body, StructureRecord
from governance.permissions import check_can_edit_structure
from localities.day_field import in_words

LOOKING = "A look at what an import would do."


@dataclass
class Row:
    """What becomes of one line."""

    line: tables.Line
    subject: str = ""
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    wanted: dict = field(default_factory=dict)  # what its cells mean

    @property
    def number(self):
        return self.line.number

    @property
    def outcome(self):
        if self.refused:
            return "refused"
        return "added" if self.added else "changed" if self.changed else "as it is"

    @property
    def sentences(self):
        return self.refused or [*self.added, *self.changed]

    def refuse(self, refusal):
        self.refused += sentences_of(refusal)


@dataclass(frozen=True)
class Report:
    """What an import did, or would do; `version` is of the structure that it found."""

    rows: list[Row]
    version: str
    is_done: bool

    @cached_property
    def numbers(self):
        """How many rows have each outcome."""
        outcomes = [row.outcome for row in self.rows]
        return {each: outcomes.count(each) for each in ("added", "changed", "as it is", "refused")}

    @property
    def refused(self):
        return [row for row in self.rows if row.refused]

    @property
    def would_change_something(self):
        return bool(self.numbers["added"] or self.numbers["changed"])


def preview(kind, *, text, by):
    """What `carry_out` would do; the database stays as it is."""
    return _import(kind, text, by, LOOKING, expected=None)


def carry_out(kind, *, text, by, reason, version):
    """Do what the rows say, if none is refused and the structure is what the preview found."""
    return _import(kind, text, by, reason, expected=version)


@transaction.atomic
def _import(kind, text, by, reason, expected):
    version = version_now()
    lock_structure()
    version = version and version_now()
    check_can_edit_structure(by)
    lines = tables.read(text, columns=kind.columns, needed=kind.needed)
    with one_edit():
        rows = kind(by, reason).take(lines)
    report = Report(rows, version, is_done=expected == version)
    if report.refused or not report.is_done:
        report = Report(rows, version, is_done=False)
    if not (report.is_done and report.would_change_something):
        transaction.set_rollback(True)
    return report


def version_now():
    """The version of the structure and of its work; empty before there is any."""
    kept = StructureRecord.objects.filter(pk=StructureRecord.ONLY)
    versions = kept.values_list("version", "work_version").first() or ()
    return " ".join(map(str, versions))


class Import:
    """Rows of one kind, a `noun` each; `sample` is a file that shows each column in use."""

    columns = needed = ()
    noun = sample = ""

    def __init__(self, by, reason):
        self.by, self.reason = by, reason
        self.bodies = {body.slug.casefold(): body for body in Body.objects.named()}

    def take(self, lines):
        """Do what the lines say, one after the other; gives a row for each, in their order."""
        rows, first = self.understood(lines), {}
        for row in rows:
            about = self.about(row.wanted)
            if about is None:
                continue
            if about in first:
                row.refused.append(
                    f"Line {first[about].number} is about the same {self.noun}. Leave one out."
                )
            first.setdefault(about, row)
            if not row.refused:
                try:
                    with transaction.atomic():
                        self.take_row(row)
                except ValidationError as refusal:
                    row.refuse(refusal)
        return rows

    @staticmethod
    def about(wanted):
        """By what a row is known again; None while its cells do not say, and it is refused."""
        raise NotImplementedError

    def take_row(self, row):
        raise NotImplementedError

    def understood(self, lines):
        """The lines as rows, with what their cells mean, or with all that is wrong in them."""
        rows = []
        for line in lines:
            row = Row(line, refused=list(line.faults))
            if not line.faults:
                self.understand(row)
            rows.append(row)
        return rows

    def understand(self, row):
        """Fill in what the row wants, and its subject."""
        raise NotImplementedError

    @staticmethod
    def read_cell(row, name, reading, *args):
        """What the row wants by a column that the file has; a fault is kept, and the next read."""
        if name in row.line.cells:
            try:
                row.wanted[name] = reading(row.line.cells[name], *args)
            except ValidationError as refusal:
                row.refuse(refusal)


# --- Sentences ------------------------------------------------------------------------------------


def changes(row, fields):
    """Give a row these values; a sentence for each that it did not have."""
    sentences = []
    for name, value in fields.items():
        old = getattr(row, name)
        if old == value:
            continue
        setattr(row, name, value)
        label = row._meta.get_field(name).verbose_name
        label = {"ends_at": "end", "is_public": "public"}.get(name, str(label))
        sentences.append(f"{label.capitalize()}: {said(name, value)} (before: {said(name, old)}).")
    return sentences


def said(name, value):
    if value is None or value == "":
        return {"start_date": "since before our record", "end_date": "still"}.get(name, "empty")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "ends_at":
        return f"{timezone.localtime(value):%H:%M}"
    if isinstance(value, date):
        return in_words(value)
    return f"“{value}”"


# Fields that a sentence must name, because their own messages do not.
NAMED = {"source_url": "Source address", "starts_at": "Start", "ends_at": "End"}


def sentences_of(refusal):
    """What a refusal says, with the name of the field where it would not be clear."""
    if not hasattr(refusal, "error_dict"):
        return refusal.messages
    sentences = []
    for name, errors in refusal.message_dict.items():
        label = NAMED.get(name) if name != NON_FIELD_ERRORS else None
        sentences += [f"{label}: {error}" if label else error for error in errors]
    return sentences
