"""Another organisation takes the place of a partner, and its seats."""

from datetime import date

import pytest

from governance.actions import partners
from governance.models import Membership, Seat
from governance.permissions import standing_of
from governance.structure import structure_on
from tests.factories import make_body, make_escalation, make_organisation, make_person, make_seat
from tests.reading import refusal

pytestmark = pytest.mark.django_db


LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


def test_a_partner_is_followed_by_another_organisation(given):
    """As NHS North East London CCG took the place of Tower Hamlets CCG on 1 April 2021."""
    old = make_organisation("Tower Hamlets CCG")
    new_one = make_organisation("NHS North East London CCG", partner=False)
    board = make_body("Board")
    chair, nurse, vacant = (
        make_seat(board, role, on_behalf_of=old) for role in ("chair", "member", "member")
    )
    person, leaver = make_person(), make_person()
    Membership.objects.create(seat=chair, person=person)
    Membership.objects.create(seat=nurse, person=leaver)

    partners.change_partner(
        organisation=old,
        successor=new_one,
        from_day=DAY_AFTER,
        organisation_ends=True,
        choices={f"seat-{nurse.pk}": "vacant", f"seat-{vacant.pk}": "ends"},
        **given,
    )

    before, after = structure_on(LAST_DAY), structure_on(DAY_AFTER)
    assert [each.pk for each in before.partners] == [old.pk]
    assert [each.pk for each in after.partners] == [new_one.pk]
    assert after.organisation(old) is None
    assert len(before.seats_of(old)) == 3
    assert [(seat.role, seat.is_vacant) for seat in after.seats_of(new_one)] == [
        ("chair", False),
        ("member", True),
    ]
    assert board.pk in standing_of(person, DAY_AFTER).officer_of
    assert not standing_of(leaver, DAY_AFTER).sits_on
    old.refresh_from_db()
    assert (old.successor, old.end_date) == (new_one, LAST_DAY)


def test_a_successor_that_is_a_partner_already_stays_one(given):
    old, there = make_organisation(), make_organisation()

    partners.change_partner(organisation=old, successor=there, from_day=DAY_AFTER, **given)

    assert [each.pk for each in structure_on(DAY_AFTER).partners] == [there.pk]
    assert structure_on(DAY_AFTER).organisation(old)


def test_only_a_partner_is_followed_and_by_one_that_is_there(given):
    old, late = make_organisation(), make_organisation(start_date=date(2027, 5, 1), partner=False)
    never = make_organisation(partner=False)
    asked = {"from_day": DAY_AFTER, **given}

    assert "does not exist on 1 April 2027" in refusal(
        partners.change_partner, organisation=old, successor=late, **asked
    )
    assert "not a partner on 1 April 2027" in refusal(
        partners.change_partner, organisation=never, successor=old, **asked
    )
    assert "its own successor" in refusal(
        partners.change_partner, organisation=old, successor=old, **asked
    )


def test_a_body_is_not_left_without_an_officer_by_a_change_of_partner(given, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle)
    old, follows = make_organisation(), make_organisation()
    Seat.objects.filter(body=middle).update(on_behalf_of=old)
    seat = middle.seats.get()

    says = refusal(
        partners.change_partner,
        organisation=old,
        successor=follows,
        from_day=DAY_AFTER,
        choices={f"seat-{seat.pk}": "vacant"},
        **given,
    )

    assert "1 open matter before" in says
    assert "neither an officer nor a mailbox" in says
