"""A sound structure has no fault; each fault planted in it is found, and nothing else."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.faults import RULES, beside_on, faults_on
from governance.models import (
    BodyName,
    Cadence,
    Evidence,
    Meeting,
    Membership,
    Partner,
    ReportingLine,
    Seat,
    TermsOfReference,
)
from governance.structure import structure_on
from tests.factories import (
    make_body,
    make_escalation_line,
    make_kind,
    make_line,
    make_officer,
    make_organisation,
    make_person,
    make_seat,
    today,
)

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


class Sound:
    """A board, and a group that reports and escalates to it, with all that is asked of them."""

    def __init__(self):
        self.board = self.make_sound_body("Board", kind=make_kind("board", order=1))
        self.group = self.make_sound_body("Group", kind=make_kind("group", order=2))
        self.reports = make_line(self.group, self.board)
        self.escalates = make_escalation_line(self.group, self.board)
        self.partner = make_organisation("Acme Trust")

    def make_sound_body(self, name, **fields):
        body = make_body(name, **fields)
        make_officer(body)
        TermsOfReference.objects.create(body=body)
        return body

    def chair_of(self, body):
        return body.seats.get(role=Seat.Role.CHAIR)


def ring(sound):
    make_escalation_line(sound.board, sound.group)


def orphan(sound):
    # A body at the top may escalate to nobody, but it too has a line to some other.
    sound.make_sound_body("Other board", kind=make_kind("board", order=1))


def no_way_up(sound):
    sound.escalates.end_date = today() - A_DAY
    sound.escalates.save()


def loose_line(sound):
    closed = make_body("Closed", kind=make_kind("outside", order=0, outside_partnership=True))
    make_line(sound.board, closed)
    closed.end_date = today() - A_DAY
    closed.save()


def loose_line_from_closed(sound):
    closed = make_body("Closed", kind=make_kind("outside", order=0, outside_partnership=True))
    make_line(closed, sound.board)
    closed.end_date = today() - A_DAY
    closed.save()


def line_of_a_body_to_come(sound):
    outside = make_kind("outside", order=0, outside_partnership=True)
    make_line(sound.board, make_body("To come", kind=outside, start_date=today() + A_DAY))


def no_chair(sound):
    seat = sound.chair_of(sound.group)
    seat.role = Seat.Role.SECRETARY
    seat.save()


def two_chairs(sound):
    make_officer(sound.group)


def vacant_seat(sound):
    make_seat(sound.group)


def closed_organisation(sound):
    closed = make_organisation(
        "Old Trust", partner=False, end_date=today() - A_DAY, successor=sound.partner
    )
    seat = make_seat(sound.group, on_behalf_of=closed)
    Membership.objects.create(seat=seat, person=make_person())


def no_receiver(sound):
    """Someone sits on the body, but no officer does; its chair's seat is another fault."""
    kind = make_kind("group", order=2)
    body = make_body("Unreachable", kind=kind)
    make_line(body, sound.board)
    make_escalation_line(body, sound.board)
    TermsOfReference.objects.create(body=body)
    make_seat(body, Seat.Role.CHAIR)


def no_acceptor(sound):
    """A mailbox is told of what is escalated, but nobody can accept it."""
    chair = sound.chair_of(sound.board)
    chair.memberships.all().delete()
    sound.board.mailbox = "board@example.org"
    sound.board.save()


def leave(sound, body):
    person = sound.chair_of(body).memberships.get().person
    person.is_active = False
    person.save()


def officer_without_an_account(sound):
    """Who holds the chair has left, and may not sign in any more."""
    leave(sound, sound.group)


def acceptor_without_an_account(sound):
    leave(sound, sound.board)
    sound.board.mailbox = "board@example.org"
    sound.board.save()


def officer_without_an_address(sound):
    person = sound.chair_of(sound.group).memberships.get().person
    person.email = " "
    person.save()


def vacant_seat_of_closed_organisation(sound):
    """That nobody holds a seat of an organisation that is gone is no second fault."""
    make_seat(sound.group, on_behalf_of=make_organisation(partner=False, end_date=today() - A_DAY))


def terms_missing(sound):
    sound.group.terms.all().delete()


def terms_past_review(sound):
    sound.group.terms.update(review_date=today() - A_DAY)


def two_names_at_once(sound):
    BodyName.objects.create(body=sound.group, name="Another name")


def line_twice(sound):
    make_escalation_line(sound.group, sound.board)


def alignment_from_both_sides(sound):
    for ends in ((sound.board, sound.group), (sound.group, sound.board)):
        make_line(*ends, ReportingLine.Kind.ALIGNED_WITH)


def two_terms(sound):
    TermsOfReference.objects.create(body=sound.group)


def two_holders(sound):
    Membership.objects.create(seat=sound.chair_of(sound.group), person=make_person())


def partner_twice(sound):
    Partner.objects.create(organisation=sound.partner)


def two_cadences(sound):
    for rhythm in (Cadence.Rhythm.YEARLY, Cadence.Rhythm.HALF_YEARLY):
        Cadence.objects.create(body=sound.group, rhythm=rhythm)
    Meeting.objects.create(body=sound.group, starts_at=timezone.now())


def never_met(sound):
    Cadence.objects.create(body=sound.group, rhythm=Cadence.Rhythm.MONTHLY)


def met_too_long_ago(sound):
    Cadence.objects.create(body=sound.group, rhythm=Cadence.Rhythm.MONTHLY)
    too_long_ago = today() - timedelta(days=Cadence.LONGEST_GAP["monthly"] + 1)
    at_noon = timezone.make_aware(datetime.combine(too_long_ago, time(12)))
    Meeting.objects.create(body=sound.group, starts_at=at_noon)


def wrong_count(sound):
    sound.group.remit = "It includes all seven partner organisations of the borough."
    sound.group.save()


def superseded(sound):
    make_organisation("Acme CCG", partner=False, end_date=today() - A_DAY)
    sound.group.remit = "Joint commissioning across the CCG and the council."
    sound.group.save()


def undated_name(sound):
    sound.group.names.update(quotation="Group (Previously Working Party)")


def undated_end_of_a_name(sound):
    sound.group.names.update(quotation="Its members (formerly of the Group)")


# What is planted → the faults that must be found, and no others.
CATALOGUE = {
    ring: ["ring"],
    orphan: ["orphan"],
    no_way_up: ["no-way-up"],
    loose_line: ["loose-line"],
    loose_line_from_closed: ["loose-line"],
    line_of_a_body_to_come: ["loose-line"],
    no_chair: ["no-chair"],
    two_chairs: ["two-chairs"],
    vacant_seat: ["vacant-seat"],
    closed_organisation: ["closed-organisation"],
    vacant_seat_of_closed_organisation: ["closed-organisation"],
    no_receiver: ["vacant-seat", "no-receiver"],
    no_acceptor: ["vacant-seat", "no-acceptor"],
    officer_without_an_account: ["no-receiver"],
    acceptor_without_an_account: ["no-acceptor"],
    officer_without_an_address: ["no-address"],
    terms_missing: ["terms-missing"],
    terms_past_review: ["terms-past-review"],
    two_names_at_once: ["overlap"],
    line_twice: ["overlap"],
    alignment_from_both_sides: ["overlap"],
    two_terms: ["overlap"],
    two_holders: ["overlap"],
    partner_twice: ["overlap"],
    two_cadences: ["overlap"],
    never_met: ["no-meeting"],
    met_too_long_ago: ["no-meeting"],
    wrong_count: ["contradiction"],
    superseded: ["superseded"],
    undated_name: ["undated-name"],
    undated_end_of_a_name: ["undated-name"],
}


def find(day=None):
    structure = structure_on(day or today())
    return faults_on(structure, beside_on(structure))


def test_a_sound_structure_has_no_fault():
    Sound()

    assert find() == ()


@pytest.mark.parametrize("plant", CATALOGUE, ids=lambda plant: plant.__name__)
def test_a_fault_that_is_planted_is_found_and_nothing_else(plant):
    plant(Sound())
    structure_edited()

    found = find()

    assert [fault.rule.code for fault in found] == CATALOGUE[plant]
    assert all(fault.found.endswith(".") for fault in found)


def test_every_rule_has_a_fault_in_the_catalogue():
    assert {rule.code for rule in RULES} == {code for codes in CATALOGUE.values() for code in codes}


def test_a_planned_closure_shows_its_faults_on_the_day_it_takes_effect():
    sound = Sound()
    last_day = today() + timedelta(days=30)
    sound.board.end_date = last_day
    sound.board.save()
    structure_edited()

    assert find(last_day) == ()
    assert {fault.rule.code for fault in find(last_day + A_DAY)} >= {"loose-line"}


def test_of_two_rhythms_at_once_the_one_that_began_last_says_by_when_to_meet():
    sound = Sound()
    Cadence.objects.create(body=sound.group, rhythm="weekly")
    Cadence.objects.create(
        body=sound.group, rhythm="yearly", start_date=today() - timedelta(days=300)
    )
    structure_edited()

    assert [fault.rule.code for fault in find()] == ["overlap"]


def test_a_new_body_and_a_new_rhythm_have_their_time_before_they_must_have_met():
    sound = Sound()
    begins, gap = today() - timedelta(days=10), timedelta(days=Cadence.LONGEST_GAP["monthly"])
    Cadence.objects.create(body=sound.group, rhythm="monthly", start_date=begins)
    Meeting.objects.create(
        body=sound.group, starts_at=timezone.now() - timedelta(days=200), status="held"
    )
    Cadence.objects.create(body=sound.board, rhythm="monthly")
    sound.board.start_date = begins
    sound.board.save()
    structure_edited()

    def overdue(day):
        return [fault.body.name for fault in find(day) if fault.rule.code == "no-meeting"]

    assert overdue(today()) == overdue(begins + gap) == []
    assert overdue(begins + gap + A_DAY) == ["Board", "Group"]


def test_accounts_are_those_of_today_and_say_nothing_of_a_day_that_is_past():
    sound = Sound()
    leave(sound, sound.group)
    officer_without_an_address(sound)
    structure_edited()

    assert {fault.rule.code for fault in find(today() + A_DAY)} == {"no-receiver"}
    assert find(today() - A_DAY) == ()


def test_who_has_a_mailbox_or_another_officer_with_an_address_is_reached():
    sound = Sound()
    officer_without_an_address(sound)
    secretary = make_seat(sound.group, Seat.Role.SECRETARY)
    Membership.objects.create(seat=secretary, person=make_person())
    structure_edited()

    assert find() == ()
    secretary.memberships.all().delete()
    sound.group.mailbox = "group@example.org"
    sound.group.save()
    structure_edited()
    assert {fault.rule.code for fault in find()} == {"vacant-seat"}


def test_the_number_of_queries_does_not_depend_on_the_bodies(django_assert_num_queries):
    sound = Sound()
    structure = structure_on(today())
    with django_assert_num_queries(12):  # three of them for the rules of engagement
        beside_on(structure)
    for n in range(10):
        sound.make_sound_body(f"Body {n}")
    structure = structure_on(today())
    with django_assert_num_queries(12):
        beside_on(structure)


def test_a_fault_carries_the_words_it_rests_on():
    sound = Sound()
    sound.group.remit = "First. It has six partners here. Last."
    sound.group.evidence = Evidence.ASSUMED
    sound.group.save()
    structure_edited()

    (fault,) = find()

    assert fault.quotation == "It has six partners here"
