"""Take in meetings: one is known by its body and its start."""

from collections import Counter
from functools import partial

from governance import tables
from governance.actions import meetings
from governance.actions.importing import Import, changes
from governance.models import Meeting
from localities.day_field import in_words


class Meetings(Import):
    noun = "meeting"
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

    @staticmethod
    def about(wanted):
        if wanted.get("start") and "body" in wanted:
            return wanted["body"].pk, wanted["start"]
        return None

    def take_row(self, row):
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
