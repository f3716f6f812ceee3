"""Another organisation takes the place of a partner, and the seats on its behalf.

Like the deeds of `lifecycle.py` this is done whole or not at all, and can be rehearsed first.
"""

from django.core.exceptions import ValidationError
from django.db import transaction

from governance.actions.lifecycle import Deed
from governance.actions.structure import save, structure_edited
from governance.actions.structure_checks import check_partner, check_seat
from governance.impact import ENDS, GOES, ONE_DAY, Item, Part, earliest
from governance.impact_structure import carry_on
from governance.models import Membership, Organisation, Partner, Seat
from governance.telling import capital, with_article
from localities.dated import in_force, overlapping
from localities.day_field import in_words
from localities.history import signed

VACANT = "vacant"


@transaction.atomic
def change_partner(
    *,
    organisation,
    successor,
    from_day,
    by,
    reason,
    organisation_ends=False,
    choices=None,
    left_because=None,
    seen=None,
    rehearsing=False,
):
    """Let another organisation take the place of a partner from a day on.

    Each seat on its behalf is one of the successor's from then on, with whoever holds it or
    vacant, or ends. With `organisation_ends` the organisation itself is there no longer.
    """
    given = (from_day, by, reason, choices, left_because)
    deed = ChangeOfPartner(organisation, successor, *given)
    deed.change_partnership()
    deed.change_seats()
    deed.name_successor(organisation_ends)
    deed.finish(seen, rehearsing)
    return Organisation.objects.get(pk=organisation.pk)


# --- What it is made of ---------------------------------------------------------------------------


class Partnership(Part):
    key = "partnership"
    order = 10
    title = "The partnership"


class SeatsOnBehalf(Part):
    key = "seats"
    order = 50
    title = "Seats on its behalf"


PARTNERSHIP, SEATS_ON_BEHALF = Partnership(), SeatsOnBehalf()


class ChangeOfPartner(Deed):
    """The deed under its lock: what becomes of the partnership, of each seat and of its holders."""

    def __init__(self, organisation, successor, *given):
        super().__init__(*given)
        self.organisation = Organisation.objects.get(pk=organisation.pk)
        self.successor = Organisation.objects.get(pk=successor.pk)
        self.last_day = self.from_day - ONE_DAY
        check_follows(self.organisation, self.successor, self.from_day)

    def change_partnership(self):
        organisation, successor = self.organisation, self.successor
        rows = Partner.objects.filter(in_force(self.from_day), organisation=organisation)
        theirs = Partner.objects.filter(
            overlapping(self.from_day, None), organisation=successor
        ).exists()
        for row in rows:
            becomes = f"It ends; {with_article(successor.name)} is a partner already."
            if not theirs:
                becomes = f"It ends, and {successor} is a partner from {in_words(self.from_day)}."
            item = Item(f"partner-{row.pk}", f"{organisation} is a partner", {GOES: becomes})
            self.items.append((PARTNERSHIP, item))
            until = earliest(row.end_date, successor.end_date)
            row.end_date = self.last_day
            save(row, self.by, self.reason)
            if not theirs:
                partner = Partner(
                    organisation=successor,
                    start_date=self.from_day,
                    end_date=until,
                    **self.assumed(f"In place of {organisation}."),
                )
                save(partner, self.by, self.reason)
        check_partner(successor)

    def change_seats(self):
        overlap = overlapping(self.from_day, None)
        seats = Seat.objects.filter(overlap, on_behalf_of=self.organisation).order_by("body", "pk")
        for seat in seats.select_related("body", "on_behalf_of"):
            if seat.start_date and seat.start_date > self.last_day:
                raise ValidationError(
                    f"“{seat}” on {with_article(seat.body.name)} begins on "
                    f"{in_words(seat.start_date)}, on behalf of {self.organisation}. Change it "
                    "first."
                )
            held = Membership.objects.filter(overlap, seat=seat).select_related("person")
            held = list(held.order_by("start_date"))
            item = self.item_of(seat, held).decided(self.choices)
            self.items.append((SEATS_ON_BEHALF, item))
            taken = None if item.choice == ENDS else self.taken_over(seat)
            for membership in held:
                self.change_membership(membership, seat, taken if item.choice == GOES else None)
            seat.end_date = self.last_day
            save(seat, self.by, self.reason)
            check_seat(seat)

    def item_of(self, seat, held):
        """What may become of a seat, with who holds it, the first one first."""
        what = f"{capital(with_article(seat.body.name))}: {seat}"
        what += f", held by {held[0].person}" if held else ", vacant"
        goes = {GOES: f"It is one on behalf of {self.successor}, held by the same person."}
        vacant = {VACANT: f"It is one on behalf of {self.successor}, vacant."}
        becomes = goes | vacant if held else vacant
        return Item(f"seat-{seat.pk}", what, becomes | {ENDS: "It ends."})

    def taken_over(self, seat):
        """The seat on behalf of the successor that takes the place of this one."""
        taken = Seat(
            body=seat.body,
            role=seat.role,
            title=seat.title,
            on_behalf_of=self.successor,
            start_date=self.from_day,
            end_date=earliest(seat.end_date, self.successor.end_date),
            **self.assumed(f"In place of {seat.on_behalf_of}."),
        )
        save(taken, self.by, self.reason)
        return taken

    def change_membership(self, membership, seat, goes_to):
        """Let whoever holds a seat leave it, and go on in the seat `goes_to` if there is one."""
        is_planned = membership.start_date and membership.start_date > self.last_day
        if is_planned and goes_to is None:
            raise ValidationError(
                f"{membership.person} takes the seat “{seat}” on {with_article(seat.body.name)} on "
                f"{in_words(membership.start_date)}, after that day. Take that back first, or let "
                "the seat go on with whoever holds it."
            )
        if goes_to is not None:
            carry_on(membership, goes_to, by=self.by, reason=self.reason)
        if is_planned:
            signed(membership, self.by, self.reason).delete()
        else:
            membership.end_date = self.last_day
            save(membership, self.by, self.reason)

    def name_successor(self, organisation_ends):
        organisation = self.organisation
        organisation.successor = self.successor
        if organisation_ends:
            organisation.end_date = self.last_day
        save(organisation, self.by, self.reason)
        check_partner(organisation)
        structure_edited(work_stays=True)


def check_follows(organisation, successor, from_day):
    """Refuse a successor that is not there, and an organisation that is no partner, on that day."""
    if successor.pk == organisation.pk:
        raise ValidationError({"successor": "An organisation cannot be its own successor."})
    if not successor.is_in_force_on(from_day):
        why = f"{successor} does not exist on {in_words(from_day)}. Choose one that does."
        raise ValidationError({"successor": why})
    if not Partner.objects.filter(in_force(from_day), organisation=organisation).exists():
        raise ValidationError(
            {"organisation": f"{organisation} is not a partner on {in_words(from_day)}."}
        )
