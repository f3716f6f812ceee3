"""Take in readings of measures: one is known by its measure and its day."""

from governance import tables
from governance.actions import measures
from governance.actions.importing import Import, changes
from governance.models import Measure, Reading
from localities.day_field import in_words


class Readings(Import):
    noun = "reading"
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

    @staticmethod
    def about(wanted):
        return (wanted["measure"].pk, wanted["day"]) if "measure" in wanted else None

    def take_row(self, row):
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
