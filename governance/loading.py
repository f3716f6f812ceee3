"""Load the facts of the structure, each with its evidence, from governance/data/.

It may run again at any time: it adds what is missing and brings up to date what nobody has touched
since it was loaded. What has been edited or removed since is left as it is, and reported.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from governance import readers
from governance.actions.structure import structure_edited
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Evidence,
    Measure,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
)
from localities.models import Locality

DATA = Path(__file__).resolve().parent / "data"
FOUNDING_TEXT = "founding-text"
REASON = "Loaded from the record’s sources"
GONE = object()


class CannotLoad(Exception):
    """Something the facts stand on is missing; the message says what, for people."""


@dataclass
class Tally:
    """What became of the facts of one kind."""

    label: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    edited: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    not_asked_for: int = 0


@dataclass
class Report:
    """What a run did."""

    tallies: list
    left_out: list
    lines_by_evidence: dict
    first_day_differs: bool

    @property
    def changed_anything(self):
        return any(tally.added or tally.changed for tally in self.tallies)


def read_facts(folder=DATA):
    """Everything in the data files, as it stands there."""
    facts = {}
    for path in sorted(folder.glob("*.toml")):
        with path.open("rb") as file:
            facts[path.stem] = tomllib.load(file)
    return facts


@transaction.atomic
def load_structure(*, only=None, dry_run=False, facts=None):
    """Bring the record up to the facts; with `only`, to those of that evidence alone."""
    facts = facts or read_facts()
    check_localities(facts["bodies"]["body"])
    first_day_differs = open_record(facts["record"]["first_day"])

    report = Loader(facts, only).load()
    report.first_day_differs = first_day_differs
    if report.changed_anything:
        structure_edited()
        readers.follow_kinds()
    if dry_run:
        transaction.set_rollback(True)
    return report


def check_localities(bodies):
    wanted = {body["locality"] for body in bodies if "locality" in body}
    if wanted - set(Locality.objects.values_list("code", flat=True)):
        raise CannotLoad("The localities are not loaded. Run load_localities first.")


def open_record(first_day):
    """Lock the record, so that two loads take turns; say whether it begins on another day."""
    record, made = StructureRecord.objects.get_or_create(
        pk=StructureRecord.ONLY, defaults={"first_day": first_day}
    )
    record = StructureRecord.objects.select_for_update().get(pk=record.pk)
    if not made and not Body.objects.exists():
        StructureRecord.objects.filter(pk=record.pk).update(first_day=first_day)
        return False
    return record.first_day != first_day


class Loader:
    """Brings the record up to the facts of the data files, and leaves alone what people edited."""

    def __init__(self, facts, only):
        self.facts = facts
        self.only = only
        self.organisations = {}
        self.bodies = {}

    def load(self):
        tallies = [
            self.put(BodyKind, self.kinds(), key=["slug"]),
            self.put(Organisation, self.all_organisations(), key=["slug"]),
            self.put(Partner, self.partners(), key=["organisation_id"]),
            self.put(Body, self.all_bodies(), key=["slug"]),
            self.put(BodyName, self.names(), key=["body_id", "name"]),
            self.put(ReportingLine, self.lines(), key=["from_body_id", "to_body_id", "kind"]),
            self.put(Seat, self.seats(), key=["body_id", "role", "title", "on_behalf_of_id"]),
            self.put(Measure, self.measures(), key=["body_id", "name"]),
        ]
        return Report(
            tallies=tallies,
            left_out=self.facts["lines"]["left_out"],
            lines_by_evidence=Counter(ReportingLine.objects.values_list("evidence", flat=True)),
            first_day_differs=False,
        )

    def put(self, model, facts, *, key, at_once=False):
        """Make the rows of `model` say what `facts` say, save where people know better.

        A row is known again by what we wrote when it was loaded, even if it was edited since; one
        that others made, by its key as it is. Thousands of rows are added `at_once`.
        """
        tally = Tally(label=model._meta.verbose_name_plural)
        rows = {row.pk: row for row in model.objects.order_by("-pk")}
        by_key = {key_of(row, key): row for row in rows.values()}
        written = last_written(model, key)
        removed, new = removed_by_people(model), []

        for values in facts:
            if values is None:
                tally.not_asked_for += 1
                continue
            if GONE in values.values():
                continue
            wanted = key_of(values, key)
            ours = written.get(wanted)
            row = ours and rows.get(pk_of(model, ours))
            row = row or by_key.get(wanted)
            if row is None and ours and pk_of(model, ours) in removed:
                tally.removed.append(described(ours.instance))
                continue
            if row is None:
                row = model(**values)
                new.append(row) if at_once else save(row)
                tally.added += 1
            elif says(row, values):
                tally.unchanged += 1
            elif ours and says(row, {name: getattr(ours, name) for name in values}):
                for name, value in values.items():
                    setattr(row, name, value)
                save(row)
                tally.changed += 1
            else:
                tally.edited.append(described(row))
            self.remember(row)
        if new:
            bulk_create_with_history(new, model, default_change_reason=REASON)
        return tally

    def remember(self, row):
        if isinstance(row, Organisation):
            self.organisations[row.slug] = row.pk
        elif isinstance(row, Body):
            self.bodies[row.slug] = row.pk

    # The facts as rows to be: each a dictionary of columns, or None where it was not asked for.
    # What belongs to something that people have removed has GONE in its columns.

    def kinds(self):
        for entry in self.facts["kinds"]["kind"]:
            yield {"outside_partnership": False} | entry

    def all_organisations(self):
        self.organisations = dict(Organisation.objects.values_list("slug", "pk"))
        for entry in self.facts["organisations"]["organisation"]:
            yield self.fact(
                entry,
                **text(entry, "slug", "name", "short_name", "kind", "ods_code", "website", "note"),
                successor_id=self.organisations.get(entry.get("successor")),
            )

    def partners(self):
        for organisation in self.facts["organisations"]["organisation"]:
            organisation_id = self.organisations.get(organisation["slug"], GONE)
            for entry in organisation["partner"]:
                yield self.fact(entry, organisation_id=organisation_id)

    def all_bodies(self):
        record = self.facts["record"]
        for entry in self.facts["bodies"]["body"]:
            yield self.fact(
                entry,
                **text(entry, "slug", "stage", "purpose", "remit", "cohort"),
                translations=entry.get("translations", {}),
                kind_id=entry["kind"],
                locality_id=entry.get("locality"),
                acknowledge_days=record["acknowledge_days"],
                answer_days=record["answer_days"],
            )

    def names(self):
        for body in self.facts["bodies"]["body"]:
            body_id = self.bodies.get(body["slug"], GONE)
            for entry in body["name"]:
                yield self.fact(entry, body_id=body_id, **text(entry, "name", "short_name"))

    def lines(self):
        for entry in self.facts["lines"]["line"]:
            for from_slug, to_slug in product(entry["from"], entry["to"]):
                yield self.fact(
                    entry,
                    from_body_id=self.bodies.get(from_slug, GONE),
                    to_body_id=self.bodies.get(to_slug, GONE),
                    **text(entry, "kind", "respect"),
                )

    def seats(self):
        organisations = {None: None} | self.organisations
        for entry in self.facts["seats"]["seat"]:
            for slug in entry["bodies"]:
                yield self.fact(
                    entry,
                    body_id=self.bodies.get(slug, GONE),
                    on_behalf_of_id=organisations.get(entry.get("on_behalf_of"), GONE),
                    **text(entry, "role", "title"),
                )

    def measures(self):
        for entry in self.facts["measures"]["measure"]:
            yield self.fact(
                entry,
                body_id=self.bodies.get(entry["body"], GONE),
                target=entry["target"],
                **text(entry, "name", "explanation", "unit", "better"),
            )

    def fact(self, entry, **columns):
        """The columns of a fact with its dates and its evidence, or None if not asked for."""
        evidence = Evidence(entry["evidence"])
        if self.only and evidence != self.only:
            return None
        source = FOUNDING_TEXT if evidence == Evidence.STATED else entry.get("source")
        source = self.facts["sources"][source] if source else {}
        return columns | {
            "start_date": entry.get("start_date"),
            "end_date": entry.get("end_date"),
            "evidence": evidence,
            "source_title": source.get("title", ""),
            "source_url": source.get("url", ""),
            **text(entry, "quotation", "reasoning"),
        }


def text(entry, *names):
    return {name: entry.get(name, "") for name in names}


def key_of(row, key):
    """The values that tell a fact from others: of a row, a history row, or columns to be."""
    if isinstance(row, dict):
        return tuple(row[name] for name in key)
    return tuple(getattr(row, name) for name in key)


def says(row, values):
    return all(getattr(row, name) == value for name, value in values.items())


def described(row):
    return f"{row.body}: {row}" if hasattr(row, "body") else str(row)


def save(row):
    row._change_reason = REASON
    row.save()
    return row


def pk_of(model, history_row):
    return getattr(history_row, model._meta.pk.attname)


def last_written(model, key):
    """What we last wrote of each row, as history has it, by its key then."""
    history = model.history.filter(history_change_reason=REASON).order_by("history_id")
    by_pk = {pk_of(model, row): row for row in history}
    return {key_of(row, key): row for row in by_pk.values()}


def removed_by_people(model):
    removals = model.history.filter(history_type="-", history_user__isnull=False)
    return set(removals.values_list(model._meta.pk.attname, flat=True))
