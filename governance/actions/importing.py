"""Take in seats and meetings from a table: all of its rows, or none.

To look first is to do it and take it back, so a preview can never say anything else than what the
import then does. Rows are known again by what people know them by: a seat by its body, role, title
and organisation, a meeting by its body and start. So the same file twice changes nothing.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone

from governance import tables
from governance.actions import measures, meetings
from governance.actions.structure import (
    check_seat,
    let_hold,
    lock_structure,
    one_edit,
    save_clean,
)
from governance.models import (
    Body,
    Evidence,
    Measure,
    Meeting,
    Membership,
    Organisation,
    Reading,
    Seat,
    StructureRecord,
    User,
)
from governance.permissions import check_can_edit_structure
from localities.actions.wards import period
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
    """The version of the structure; empty before there is any."""
    versions = StructureRecord.objects.filter(pk=StructureRecord.ONLY).values_list("version")
    return "".join(str(version) for (version,) in versions)


class Import:
    """Rows of one kind; `sample` is a file that shows each column in use."""

    columns = needed = ()
    sample = ""

    def __init__(self, by, reason):
        self.by, self.reason = by, reason
        self.bodies = {body.slug.casefold(): body for body in Body.objects.named()}

    def take(self, lines):
        """Do what the lines say; gives a row for each, in their order."""
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


class Seats(Import):
    columns = (
        "body",
        "role",
        "title",
        "organisation",
        "from",
        "until",
        "holder",
        "holder_from",
        "holder_until",
        "source",
        "source_address",
    )
    needed = ("body", "role")
    sample = (
        "body,role,title,organisation,from,until,holder,holder_from,holder_until,source,"
        "source_address\n"
        "example-board,chair,Independent chair,,2026-04-01,,a.begum,2026-04-01,2027-03-31,"
        "Board paper of March 2026,https://example.org/paper\n"
        "example-board,chair,Independent chair,,2026-04-01,,j.osei,2027-04-01,,"
        "Board paper of March 2026,https://example.org/paper\n"
        "example-board,member,Director of Public Health,example-council,01/04/2026,,,,,,\n"
    )

    def __init__(self, by, reason):
        super().__init__(by, reason)
        self.organisations = {each.slug.casefold(): each for each in Organisation.objects.all()}
        self.seats = defaultdict(list)
        for seat in Seat.objects.all():
            key = self.key(seat.body_id, seat.role, seat.title, seat.on_behalf_of_id)
            self.seats[key].append(seat)
        self.people = defaultdict(list)

    @staticmethod
    def key(body_id, role, title, organisation_id):
        return body_id, role, " ".join(title.split()).casefold(), organisation_id or 0

    # --- Understanding ----------------------------------------------------------------------------

    def understand(self, row):
        self.read_cell(row, "body", tables.row_of, self.bodies, "Body")
        self.read_cell(row, "role", tables.choice_of, Seat.Role, "Role")
        self.read_cell(row, "title", tables.fits, Seat, "title", "Title")
        if row.line.cells.get("organisation"):
            self.read_cell(row, "organisation", tables.row_of, self.organisations, "Organisation")
        for name, column in (
            ("from", "From"),
            ("until", "Until"),
            ("holder_from", "Holder from"),
            ("holder_until", "Holder until"),
        ):
            self.read_cell(row, name, tables.day_of, column)
        self.read_cell(row, "holder", self.person)
        self.read_cell(row, "source", tables.fits, Seat, "source_title", "Source")
        self.read_cell(row, "source_address", tables.fits, Seat, "source_url", "Source address")
        wanted = row.wanted
        if not row.refused and not wanted.get("holder"):
            for name in ("holder_from", "holder_until"):
                if wanted.get(name):
                    row.refused.append("Holder: enter the user name of who holds the seat.")
                    break
        if not row.refused and wanted.get("source_address") and not wanted.get("source"):
            row.refused.append("Source: enter the name of what stands at the source address.")
        row.subject = self.subject(row)

    def person(self, username):
        """Someone by user name; capitals do not matter where they are not needed."""
        if not username:
            return None
        if username not in self.people:
            found = list(User.objects.filter(username__iexact=username))
            exact = [person for person in found if person.username == username]
            self.people[username] = exact or found
        if len(self.people[username]) != 1:
            tables.refuse(f"Holder: nobody has the user name “{tables.short(username)}”.")
        return self.people[username][0]

    @staticmethod
    def subject(row):
        cells, wanted = row.line.cells, row.wanted
        seat = cells.get("title") or Seat.Role(wanted["role"]).label if "role" in wanted else ""
        words = [str(wanted["body"]) if "body" in wanted else cells.get("body", ""), seat]
        if organisation := wanted.get("organisation"):
            words.append(f"on behalf of {organisation}")
        return ", ".join(tables.short(str(word)) for word in words if word)

    # --- Doing ------------------------------------------------------------------------------------

    def take(self, lines):
        rows = self.understood(lines)
        by_seat = defaultdict(list)
        for row in rows:
            if "body" in row.wanted and "role" in row.wanted:
                organisation = row.wanted.get("organisation")
                key = self.key(
                    row.wanted["body"].pk,
                    row.wanted["role"],
                    row.wanted.get("title", ""),
                    organisation.pk if organisation else None,
                )
                by_seat[key].append(row)
        for key, its_rows in by_seat.items():
            self.compare(its_rows)
            if not any(row.refused for row in its_rows):
                self.take_seat(key, its_rows)
            refused = [row for row in its_rows if row.refused]
            for row in its_rows:
                if refused and not row.refused:
                    row.refused.append(f"It waits for line {refused[0].number}, of the same seat.")
        return rows

    @staticmethod
    def compare(rows):
        """Refuse lines that say different things of one seat, or the same again."""
        seen = {}
        first = rows[0]
        for row in rows:
            holder = row.wanted.get("holder")
            same = (holder and holder.pk, row.wanted.get("holder_from"))
            if same in seen:
                row.refused.append(f"Line {seen[same].number} says it already. Leave one out.")
            for name in ("from", "until", "source", "source_address"):
                if row.wanted.get(name) != first.wanted.get(name) and not first.refused:
                    row.refused.append(
                        f"Line {first.number} is about the same seat, but {name} differs. Say the "
                        "same in both, or give the seats different titles."
                    )
            seen.setdefault(same, row)

    def take_seat(self, key, rows):
        """A seat and its holders: what ends first, then who comes, then the rules of the seat."""
        at = rows[0]
        try:
            known = self.seats.get(key, ())
            seat = self.take_seat_itself(known, at)
            newcomers = []
            for at in rows:
                if at.wanted.get("holder") and not (known and self.take_known_holder(seat, at)):
                    newcomers.append(at)
            for at in newcomers:
                self.take_new_holder(seat, at)
            at = rows[0]
            if not newcomers and any(row.added or row.changed for row in rows):
                check_seat(seat)
        except ValidationError as refusal:
            at.refuse(refusal)

    def take_seat_itself(self, known, row):
        if len(known) > 1:
            tables.refuse(
                f"There are {len(known)} such seats, so it is not clear which one is meant. Give "
                "them different titles, or change them one by one."
            )
        wanted = row.wanted
        if known:
            seat = Seat.objects.select_related("body").get(pk=known[0].pk)
        else:
            seat = Seat(
                body=wanted["body"],
                role=wanted["role"],
                title=wanted.get("title", ""),
                on_behalf_of=wanted.get("organisation"),
            )
        row.changed += changes(
            seat,
            {"start_date": wanted.get("from", seat.start_date)}
            | {"end_date": wanted.get("until", seat.end_date)},
        )
        if wanted.get("source"):
            self.give_source(seat, row)
        if not known:
            row.added, row.changed = [f"The seat, {period(seat)}."], []
        if row.added or row.changed:
            known = ("body", "on_behalf_of", "decision")
            save_clean(seat, self.by, self.reason, known=known)
        return seat

    @staticmethod
    def give_source(seat, row):
        source = {"source_title": row.wanted["source"]}
        if "source_address" in row.wanted:
            source["source_url"] = row.wanted["source_address"]
        if all(getattr(seat, name) == value for name, value in source.items()):
            return
        if seat.evidence != Evidence.ASSUMED:
            tables.refuse(
                f"Source: it is known from “{seat.source_title or 'another source'}” already. "
                "Change that on the page of the seat."
            )
        row.changed += changes(seat, source | {"evidence": Evidence.SOURCED})

    def take_known_holder(self, seat, row):
        """Whether the seat has a holder from that day already; their last day is brought up."""
        wanted = row.wanted
        membership = Membership.objects.filter(
            seat=seat, person=wanted["holder"], start_date=wanted.get("holder_from")
        ).first()
        if membership is None:
            return False
        if "holder_until" in wanted:
            end_date = wanted["holder_until"] or seat.end_date
            changed = changes(membership, {"end_date": end_date})
            if changed:
                row.changed += [f"{wanted['holder']}: {each}" for each in changed]
                save_clean(membership, self.by, self.reason, known=("seat", "person"))
        return True

    def take_new_holder(self, seat, row):
        from_day = row.wanted.get("holder_from")
        if from_day is None:
            tables.refuse(f"Holder from: enter the day from which {row.wanted['holder']} holds it.")
        membership = let_hold(
            seat,
            row.wanted["holder"],
            from_day,
            row.wanted.get("holder_until"),
            self.by,
            self.reason,
        )
        check_seat(seat)
        row.added.append(f"{membership.person} holds it {period(membership)}.")


class Meetings(Import):
    columns = ("body", "day", "start", "end", "place", "status", "note", "public")
    needed = ("body", "day", "start")
    sample = (
        "body,day,start,end,place,status,note,public\n"
        "example-board,2027-01-12,14:00,16:00,Town Hall,planned,,yes\n"
        "example-board,09/03/2027,14:00,16:00,Town Hall,planned,,yes\n"
        "example-board,2027-05-11,14:00,16:00,,cancelled,Too few could come.,yes\n"
    )
    FIELDS = {
        "place": "place",
        "status": "status",
        "note": "note",
        "public": "is_public",
    }

    def __init__(self, by, reason):
        super().__init__(by, reason)
        self.known = Counter(Meeting.objects.values_list("body_id", "starts_at"))

    def understand(self, row):
        wanted, cells = row.wanted, row.line.cells
        self.read_cell(row, "body", tables.row_of, self.bodies, "Body")
        self.read_cell(row, "day", tables.day_of, "Day")
        if not cells["day"]:
            row.refused.append("Day: enter it, such as 2027-01-12.")
        if not cells["start"]:
            row.refused.append("Start: enter the time, such as 14:00.")
        if day := wanted.get("day"):
            for name in ("start", "end"):
                reading = partial(tables.moment_of, day, column=name.capitalize())
                self.read_cell(row, name, reading)
        if cells.get("status"):
            self.read_cell(row, "status", tables.choice_of, Meeting.Status, "Status")
        self.read_cell(row, "place", tables.fits, Meeting, "place", "Place")
        self.read_cell(row, "note", tables.fits, Meeting, "note", "Note")
        self.read_cell(row, "public", tables.yes_or_no, "Public")
        words = [str(wanted["body"]) if "body" in wanted else cells["body"]]
        if wanted.get("start"):
            words.append(f"{in_words(wanted['day'])} at {wanted['start']:%H:%M}")
        else:
            words += [cells["day"], cells["start"]]
        row.subject = ", ".join(tables.short(str(word)) for word in words if word)

    def take(self, lines):
        rows = self.understood(lines)
        first = {}
        for row in rows:
            if row.wanted.get("start") and "body" in row.wanted:
                meeting = row.wanted["body"].pk, row.wanted["start"]
                if meeting in first:
                    row.refused.append(
                        f"Line {first[meeting].number} is about the same meeting. Leave one out."
                    )
                first.setdefault(meeting, row)
            if not row.refused:
                try:
                    with transaction.atomic():
                        self.take_meeting(row)
                except ValidationError as refusal:
                    row.refuse(refusal)
        return rows

    def take_meeting(self, row):
        wanted = row.wanted
        body, starts_at = wanted["body"], wanted["start"]
        number = self.known[body.pk, starts_at]
        if number > 1:
            tables.refuse("There are two such meetings already. Change them one by one.")
        known = number and Meeting.objects.get(body=body, starts_at=starts_at)
        fields = {mine: wanted[name] for name, mine in self.FIELDS.items() if name in wanted}
        if "end" in wanted:
            fields["ends_at"] = wanted["end"]
        meeting = known or Meeting(body=body, starts_at=starts_at)
        becomes = fields.get("status", meeting.status)
        if becomes == Meeting.Status.CANCELLED:
            if meeting.status != becomes:
                meetings.check_can_be_cancelled(meeting)
            if not fields.get("note", meeting.note):
                tables.refuse("Note: say why the meeting is cancelled; calendars show it.")
        by_whom = {"by": self.by, "reason": self.reason}
        if not known:
            meetings.keep(Meeting(body=body, starts_at=starts_at, **fields), **by_whom)
            row.added.append(f"The meeting, {Meeting.Status(becomes).label.lower()}.")
        elif changed := changes(meeting, fields):
            meetings.change(meeting=meeting, **fields, **by_whom)
            row.changed += changed


class Readings(Import):
    columns = ("body", "measure", "day", "value", "note", "source", "source_address")
    needed = ("body", "measure", "day", "value")
    sample = (
        "body,measure,day,value,note,source,source_address\n"
        "example-board,Seen within four hours,2026-09-30,81.4,,Board paper of October 2026,"
        "https://example.org/paper\n"
        "example-board,Seen within four hours,31/10/2026,83.0,Provisional,,\n"
    )
    FIELDS = {"value": "value", "note": "note", "source": "source_title"}
    FIELDS |= {"source_address": "source_url"}

    def __init__(self, by, reason):
        super().__init__(by, reason)
        self.measures = {}
        for measure in Measure.objects.order_by("start_date"):
            self.measures.setdefault((measure.body_id, measure.name.casefold()), []).append(measure)

    def understand(self, row):
        wanted, cells = row.wanted, row.line.cells
        self.read_cell(row, "body", tables.row_of, self.bodies, "Body")
        self.read_cell(row, "day", tables.day_of, "Day")
        if not cells["day"]:
            row.refused.append("Day: enter the last day of the period, such as 2026-10-31.")
        self.read_cell(row, "value", tables.number_of, "Value")
        self.read_cell(row, "note", tables.fits, Reading, "note", "Note")
        self.read_cell(row, "source", tables.fits, Reading, "source_title", "Source")
        self.read_cell(row, "source_address", tables.fits, Reading, "source_url", "Source address")
        if "body" in wanted and wanted.get("day"):
            self.read_cell(row, "measure", self.measure, wanted["body"], wanted["day"])
        words = [str(wanted.get("body", cells["body"])), cells["measure"], cells["day"]]
        row.subject = ", ".join(tables.short(str(word)) for word in words if word)

    def measure(self, name, body, day):
        """The measure of a body by its name that is in force on the day."""
        known = self.measures.get((body.pk, name.casefold()), [])
        if not known:
            tables.refuse(f"Measure: {body} has none of the name “{tables.short(name)}”.")
        in_force = [measure for measure in known if measure.is_in_force_on(day)]
        if not in_force:
            tables.refuse(f"Measure: “{tables.short(name)}” is not in force on {in_words(day)}.")
        return in_force[-1]

    def take(self, lines):
        rows = self.understood(lines)
        first = {}
        for row in rows:
            if "measure" not in row.wanted:
                continue
            reading = row.wanted["measure"].pk, row.wanted["day"]
            if reading in first:
                row.refused.append(
                    f"Line {first[reading].number} is about the same reading. Leave one out."
                )
            first.setdefault(reading, row)
            if not row.refused:
                try:
                    with transaction.atomic():
                        self.take_reading(row)
                except ValidationError as refusal:
                    row.refuse(refusal)
        return rows

    def take_reading(self, row):
        wanted = row.wanted
        measure, day = wanted["measure"], wanted["day"]
        reading = Reading.objects.filter(measure=measure, measured_on=day).first()
        fields = {mine: wanted[name] for name, mine in self.FIELDS.items() if name in wanted}
        changed = changes(reading, fields) if reading else []
        if reading is None or changed:
            by_whom = {"by": self.by, "reason": self.reason}
            measures.record(measure=measure, measured_on=day, **fields, **by_whom)
        if reading is None:
            row.added.append(f"The reading, {wanted['value']:g}.")
        row.changed += changed


KINDS = {"seat": Seats, "meeting": Meetings, "reading": Readings}


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
