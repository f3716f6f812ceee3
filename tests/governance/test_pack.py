"""The pack of a meeting: what it holds, who reads it, and decisions that are typed once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from engagement.models import Submission, Theme
from governance.actions import asides, escalations, exceptions, structure
from governance.actions.meetings import take_down
from governance.models import ActionPoint, Body, Decision, Escalation, EscalationStep, Meeting
from localities.day_field import in_words
from tests.factories import (
    closed_since_yesterday,
    make_body,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_line,
    make_member,
    make_officer,
    make_organisation,
    make_person,
    make_seat,
    officer_of,
    today,
)
from tests.parallel import at_once
from tests.project.world import make_message

pytestmark = pytest.mark.django_db

QUERIES = 39


def make_meeting(body, days=0, **fields):
    """A meeting so many days from now; one of today has begun."""
    at = timezone.now() + timedelta(days=days) - timedelta(minutes=1)
    return Meeting.objects.create(body=body, starts_at=at, **fields)


def address_of(meeting):
    return f"/bodies/{Body.objects.get(pk=meeting.body_id).slug}/meetings/{meeting.pk}/pack/"


def sections(client, meeting):
    """What stands in each part of the pack."""
    page = client.get(address_of(meeting)).text
    parts = page.split('<section class="tht-section tht-pack__part" aria-labelledby="')[1:]
    return {part.split('"')[0]: part.split("</section>")[0] for part in parts}


def test_the_pack_tells_what_a_meeting_needs_to_know(client, ladder):
    bottom, middle, top = ladder
    chair = officer_of(middle)
    make_meeting(middle, days=-30)
    meeting = make_meeting(middle)
    new = make_escalation(bottom, middle, title="A new matter")
    late = make_escalation(bottom, middle, title="A late matter")
    Escalation.objects.filter(pk=late.pk).update(acknowledge_by=today() - timedelta(days=1))
    passed = escalations.accept(escalation=make_escalation(bottom, middle), by=chair)
    passed = escalations.pass_up(escalation=passed, to_body=top, by=chair, note="")
    decision = Decision.objects.create(body=top, decided_on=today(), title="D", text="T")
    ActionPoint.objects.create(
        decision=decision, text="Find a room", body=middle, due_on=today() + timedelta(days=9)
    )
    make_seat(middle, start_date=today())
    message, _ = make_message(middle)
    client.force_login(make_member(middle))

    found = sections(client, meeting)

    assert new.reference in found["new"] and late.reference in found["new"]
    assert late.reference in found["due"] and new.reference not in found["due"]
    assert passed.reference in found["passed-up"] and passed.reference not in found["new"]
    assert "Find a room" in found["actions"]
    assert message.reference in found["messages"]
    assert message.message not in client.get(address_of(meeting)).text
    assert "<li>" in found["changes"]
    assert "<li>" in found["faults"]
    assert "None is written down yet." in found["decisions"]


def test_whoever_holds_the_pack_reads_what_is_the_matter_and_what_is_asked(client, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle, situation="They take nine days.", asked="A shared deadline")
    client.force_login(make_member(middle))

    new = sections(client, make_meeting(middle))["new"]

    assert new.index("They take nine days.") < new.index("A shared deadline")


def test_what_a_body_is_asked_stands_in_its_pack_with_the_question(client, ladder):
    bottom, middle, top = ladder
    aligned = make_body()
    theirs, chair = make_officer(aligned), officer_of(middle)
    make_line(middle, aligned, "aligned_with")
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=chair)
    matter = asides.consult(escalation=matter, body=aligned, question="A ramp or a lift?", by=chair)
    matter = escalations.send_back(escalation=matter, question="Since when?", by=chair)

    def asked_of(person, body):
        client.force_login(person)
        return sections(client, make_meeting(body))["asked"]

    of_bottom, of_aligned = asked_of(officer_of(bottom), bottom), asked_of(theirs, aligned)
    assert matter.reference in of_bottom and matter.reference in of_aligned
    assert "Since when?" in of_bottom and "lift" not in of_bottom
    assert "A ramp or a lift?" in of_aligned and "Since when" not in of_aligned
    for theirs_to_answer in (of_bottom, of_aligned):
        assert f"Question from {middle.name}:" in theirs_to_answer
    assert matter.reference not in asked_of(chair, middle)

    escalations.answer_back(escalation=matter, answer="May", by=officer_of(bottom))
    asides.comment(escalation=matter, text="A ramp", by=theirs)
    assert matter.reference not in asked_of(officer_of(bottom), bottom)
    assert matter.reference not in asked_of(theirs, aligned)


def test_a_question_stands_in_the_pack_of_whoever_came_to_it_by_a_closing(client, ladder):
    bottom, middle, _ = ladder
    chair, follower = officer_of(middle), make_body()
    theirs = make_officer(follower)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=chair)
    matter = escalations.send_back(escalation=matter, question="Since when?", by=chair)
    closed_since_yesterday(bottom, follower)
    asides.comment(escalation=matter, text="We look.", by=theirs)
    reason = "It goes on after all."
    structure.keep_open(body=bottom, by=make_governance_administrator(), reason=reason)
    client.force_login(theirs)

    asked = sections(client, make_meeting(follower))["asked"]

    assert f"Question from {middle.name}:" in asked and "Since when?" in asked


def test_what_a_body_took_outside_is_due_in_its_pack_as_it_is_before_it(client):
    bottom, board = make_ladder(2)
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))
    make_escalation_line(board, outside)
    chair = officer_of(board)
    matter = escalations.accept(escalation=make_escalation(bottom, board), by=chair)
    escalations.pass_up(escalation=matter, to_body=outside, by=chair, note="Dear")
    client.force_login(chair)

    found = sections(client, make_meeting(board, days=30))

    assert matter.reference in found["due"]
    assert matter.reference not in found["new"]


def test_a_decision_in_the_pack_names_the_matters_that_it_settles(client, ladder):
    bottom, middle, _ = ladder
    chair, meeting = officer_of(middle), make_meeting(middle)
    decision = Decision.objects.create(
        body=middle, meeting=meeting, decided_on=today(), title="A lift", text="It comes in May."
    )
    client.force_login(chair)
    assert "Settles" not in sections(client, meeting)["decisions"]

    settled = escalations.accept(escalation=make_escalation(bottom, middle), by=chair)
    settled = escalations.resolve(escalation=settled, decision=decision, by=chair)

    decisions = sections(client, meeting)["decisions"]
    assert f'Settles <a href="/escalations/{settled.reference}/">{settled}</a>' in decisions


def test_a_day_is_said_once_with_all_that_changed_on_it(client, ladder):
    middle = ladder[1]
    for title in ("Nurse", "Doctor", "Midwife"):
        make_seat(middle, title=title, start_date=today())
    client.force_login(make_member(middle))

    changes = sections(client, make_meeting(middle))["changes"]

    assert changes.count(in_words(today())) == 1
    assert changes.count("<li>") == 3


def test_vacant_seats_are_told_together_and_each_is_named(client, ladder):
    middle = ladder[1]
    member = make_member(middle)
    trust = make_organisation("Acme Trust")
    for title in ("Nurse", "Doctor", "Doctor"):
        make_seat(middle, title=title, on_behalf_of=trust)
    client.force_login(member)

    faults = sections(client, make_meeting(middle))["faults"]

    told = "3 seats are vacant: “Nurse” of Acme Trust; “Doctor” of Acme Trust, 2 times."
    assert f"<li>{told}</li>" in faults
    assert "Nobody is recorded" not in faults


def test_one_vacant_seat_is_told_as_it_is(client, ladder):
    middle = ladder[1]
    make_seat(middle, title="Nurse")
    client.force_login(make_member(middle))

    faults = sections(client, make_meeting(middle))["faults"]

    assert "<li>Vacant seats: Nobody is recorded as holding the seat “Nurse”.</li>" in faults


def test_on_paper_each_matter_has_room_once_for_what_is_decided(client, ladder):
    bottom, middle, _ = ladder
    meeting = make_meeting(middle)
    new_and_due = make_escalation(bottom, middle)
    Escalation.objects.filter(pk=new_and_due.pk).update(acknowledge_by=today())
    client.force_login(make_member(middle))

    page = client.get(address_of(meeting)).text

    by_hand = page.split('id="by-hand"')[1].split("</section>")[0]
    assert by_hand.count(new_and_due.reference) == 1
    assert "Signed by the chair" in by_hand


def test_on_paper_a_matter_that_is_asked_about_has_room_for_the_answer_alone(client, ladder):
    bottom, middle, top = ladder
    chair = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=chair)
    matter = escalations.pass_up(escalation=matter, to_body=top, by=chair, note="Dear")
    matter = escalations.accept(escalation=matter, by=officer_of(top))
    escalations.send_back(escalation=matter, question="How dear?", by=officer_of(top))
    client.force_login(chair)

    page = client.get(address_of(make_meeting(middle))).text

    by_hand = page.split('id="by-hand"')[1].split("</section>")[0]
    assert by_hand.count(matter.reference) == 1
    assert f"What we say to the question from {top.name}:" in by_hand
    assert "Decided, and why" not in by_hand


def test_what_came_before_the_last_meeting_is_not_new(client, ladder):
    bottom, middle, _ = ladder
    matter = make_escalation(bottom, middle)
    matter.steps.update(at=timezone.now() - timedelta(days=40))
    meeting = make_meeting(middle)
    client.force_login(officer_of(middle))
    assert matter.reference in sections(client, meeting)["new"]  # of the last three months

    make_meeting(middle, days=-50, status=Meeting.Status.HELD)
    assert matter.reference in sections(client, meeting)["new"]
    make_meeting(middle, days=-20, status=Meeting.Status.CANCELLED)
    assert matter.reference in sections(client, meeting)["new"]
    make_meeting(middle, days=-20, status=Meeting.Status.HELD)
    assert matter.reference not in sections(client, meeting)["new"]


def test_what_is_reopened_or_sent_out_of_line_is_new_to_its_body(client, ladder, administrator):
    bottom, middle, top = ladder
    reopened, sent = (make_escalation(bottom, middle) for _ in range(2))
    reopened, sent = (
        escalations.accept(escalation=each, by=officer_of(middle)) for each in (reopened, sent)
    )
    reopened = escalations.resolve(escalation=reopened, outcome="Yes", by=officer_of(middle))
    EscalationStep.objects.update(at=timezone.now() - timedelta(days=40))
    escalations.reopen(escalation=reopened, reason="It goes on", by=officer_of(bottom))
    exceptions.send_out_of_line(escalation=sent, to_body=bottom, reason="R", by=administrator)

    def new_before(body):
        make_meeting(body, days=-30)
        client.force_login(officer_of(body))
        return sections(client, make_meeting(body))["new"]

    assert reopened.reference in new_before(middle)
    assert sent.reference in new_before(bottom)


def test_the_pack_has_what_lay_before_a_body_that_has_closed(client, ladder):
    bottom, closing, _ = ladder
    matter = make_escalation(bottom, closing)
    follower = make_body()
    chair = make_officer(follower)
    closed_since_yesterday(closing, follower)
    client.force_login(chair)

    assert matter.reference in sections(client, make_meeting(follower))["new"]


def test_a_decision_is_typed_once_and_stands_in_the_pack_and_on_the_page_of_the_body(
    client, ladder
):
    _, middle, _ = ladder
    meeting = make_meeting(middle)
    client.force_login(officer_of(middle))
    typed = {"title": "A second room", "text": "Estates finds it by May."}

    for _ in range(2):
        assert client.post(address_of(meeting), typed).status_code == 302

    decision = Decision.objects.get()
    assert (decision.meeting, decision.body, decision.decided_on) == (meeting, middle, today())
    assert decision.history.get().history_user == officer_of(middle)
    assert "A second room" in sections(client, meeting)["decisions"]
    assert "A second room" in client.get(f"/bodies/{middle.slug}/").text


@pytest.mark.parametrize(("days", "is_offered"), [(0, True), (1, False)])
def test_decisions_are_written_down_from_the_day_of_the_meeting_on(
    client, ladder, days, is_offered
):
    middle = ladder[1]
    late = timezone.localtime().replace(hour=23, minute=59, second=59) + timedelta(days=days)
    meeting = Meeting.objects.create(body=middle, starts_at=late)
    client.force_login(officer_of(middle))

    page = client.get(address_of(meeting)).text

    assert ("Write it down" in page) == is_offered
    assert ("from the day of the meeting on" in page) != is_offered


def test_what_cannot_be_taken_is_said_and_what_was_typed_is_kept(client, ladder):
    middle = ladder[1]
    client.force_login(officer_of(middle))

    response = client.post(address_of(make_meeting(middle)), {"title": "", "text": "All of it"})
    assert "Enter a title for the decision" in response.text and "All of it" in response.text

    to_come = address_of(make_meeting(middle, days=9))
    response = client.post(to_come, {"title": "A title", "text": "All of it"})
    assert "This meeting has not begun." in response.text and "All of it" in response.text
    assert not Decision.objects.exists()


def test_only_officers_write_decisions_and_only_those_who_sit_on_it_read_the_pack(client, ladder):
    bottom, middle, _ = ladder
    address = address_of(make_meeting(middle))
    client.force_login(make_member(middle))
    assert "Write down a decision" not in client.get(address).text
    assert client.post(address, {"title": "T", "text": "T"}).status_code == 403

    for person in (make_person(), officer_of(bottom)):
        client.force_login(person)
        assert client.get(address).status_code == 403


def test_a_pack_of_another_body_s_meeting_is_not_there(client, ladder):
    bottom, middle, _ = ladder
    meeting = make_meeting(middle)
    client.force_login(officer_of(bottom))

    assert client.get(f"/bodies/{bottom.slug}/meetings/{meeting.pk}/pack/").status_code == 404


def test_who_sits_on_a_body_finds_the_pack_beside_its_meeting(client, ladder):
    _, middle, _ = ladder
    meeting = make_meeting(middle, days=3)
    client.force_login(make_person())
    assert address_of(meeting) not in client.get("/meetings/").text

    client.force_login(make_member(middle))

    assert address_of(meeting) in client.get("/meetings/").text
    assert address_of(meeting) in client.get(f"/bodies/{middle.slug}/").text


def make_theme(body, title="Waiting for a lift"):
    by = officer_of(body)
    return Theme.objects.create(
        title=title, lead_body=body, created_by=by, created_at=timezone.now()
    )


def test_the_pack_tells_what_residents_speak_of(client, ladder):
    _, middle, top = ladder
    make_meeting(middle, days=-30)
    meeting, theme = make_meeting(middle), make_theme(middle)
    make_theme(top, "What lies elsewhere")
    old, new, withdrawn = (make_message(middle)[0] for _ in range(3))
    Submission.objects.update(theme=theme)
    Submission.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=60))
    Submission.objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    client.force_login(make_member(middle))

    found = sections(client, meeting)["themes"]

    assert "Waiting for a lift" in found and "What lies elsewhere" not in found
    assert re.findall(r'__number">(\d+)<', found) == ["2", "1"]
    assert "No outcome yet" in found
    assert new.message not in found


def test_a_closed_theme_is_told_of_once_by_the_next_meeting(client, ladder):
    middle = ladder[1]
    meetings = [make_meeting(middle, days=days) for days in (-30, 0, 30)]
    themes = {days: make_theme(middle, f"Closed {days} days ago") for days in (31, 30, 1, 0)}
    for days, theme in themes.items():
        theme.closed_on = today() - timedelta(days=days)
        theme.save()
    client.force_login(make_member(middle))

    told = [
        [days for days, theme in themes.items() if theme.title in sections(client, each)["themes"]]
        for each in meetings[1:]
    ]

    assert told == [[30, 1, 0], [0]]
    closed_on = in_words(themes[0].closed_on)
    assert f"Closed on {closed_on}" in sections(client, meetings[2])["themes"]


@pytest.mark.parametrize("number", [1, 30])
def test_a_pack_takes_as_many_queries_with_much_in_it_as_with_little(
    client, ladder, number, django_assert_num_queries
):
    bottom, middle, _ = ladder
    make_meeting(middle, days=-30)
    meeting = make_meeting(middle)
    for each in range(number):
        make_escalation(bottom, middle)
        take_down(meeting=meeting, by=officer_of(middle), title=f"D{each}", text="T")
        make_message(middle)
        make_theme(middle, f"Theme {each}")
    client.force_login(officer_of(middle))
    client.get(address_of(meeting))

    with django_assert_num_queries(QUERIES):
        client.get(address_of(meeting))


def test_a_decision_that_is_sent_again_for_everyone_to_read_is_opened_to_them(client, ladder):
    middle = ladder[1]
    meeting, words = make_meeting(middle), {"title": "Lifts", "text": "All are renewed."}
    client.force_login(officer_of(middle))
    seen_by_all = []

    for ticked in ({}, {"is_public": "on"}, {"is_public": "on"}, {}):
        page = client.post(address_of(meeting), words | ticked, follow=True).text
        assert ("was written down before, and everyone may read it" in page) == (
            not ticked and bool(seen_by_all)
        )
        assert ("is written down, and everyone may read it" in page) == bool(ticked)
        seen_by_all.append("All are renewed." in Client().get(f"/bodies/{middle.slug}/").text)

    assert seen_by_all == [False, True, True, True]
    decision = Decision.objects.get()
    assert [each.history_change_reason for each in decision.history.all()] == [
        "Opened to everyone",
        "Decided",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_write_one_decision():
    _, middle, _ = make_ladder(3)
    meeting, by = make_meeting(middle), officer_of(middle)

    outcomes = at_once(*[lambda: take_down(meeting=meeting, by=by, title="T", text="T")] * 3)

    assert outcomes == [Decision.objects.get()] * 3


def test_the_pack_is_valid_html(client, html_faults, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle)
    client.force_login(officer_of(middle))

    assert html_faults(client.get(address_of(make_meeting(middle))).content) == []
