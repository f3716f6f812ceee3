"""Take in seats and who holds them: a seat is known by its body, role, title and organisation."""

from collections import defaultdict

from django.core.exceptions import ValidationError

from governance import tables
from governance.actions.importing import Import, changes
from governance.actions.structure import let_hold, save_clean
from governance.actions.structure_checks import check_seat
from governance.models import Evidence, Membership, Organisation, Seat, User
from localities.actions.wards import period


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
        self.people = {}

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
        if username not in self.people:  # not in just these letters
            self.people[username] = list(User.objects.filter(username__iexact=username))
        if len(self.people[username]) != 1:
            tables.refuse(f"Holder: nobody has the user name “{tables.short(username)}”.")
        return self.people[username][0]

    def understood(self, lines):
        """People are mostly named as they are recorded: they are found together, not one by one."""
        names = {line.cells["holder"] for line in lines if line.cells.get("holder")}
        for person in User.objects.filter(username__in=names):
            self.people[person.username] = [person]
        return super().understood(lines)

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
