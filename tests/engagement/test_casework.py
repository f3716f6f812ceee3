"""What staff do about a message among themselves: who works on it, and notes."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from engagement import progress
from engagement.actions import casework, referrals, submissions
from engagement.models import Note, Referral
from engagement.sending import new_token
from governance.models import OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import (
    make_member,
    make_officer,
    make_person,
    send_feedback,
)

pytestmark = pytest.mark.django_db

WORD = "Xylophone"


@pytest.fixture
def submission(partnership):
    return send_feedback(topic="healthy", email="amina@example.org").submission


@pytest.fixture
def lead(submission):
    return Referral.objects.leading().get(submission=submission)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def page_of(submission, deed=""):
    return f"/staff/feedback/{submission.reference}/{deed}"


def worker_on(lead):
    return Referral.objects.get(pk=lead.pk).assigned_to


# --- Who works on it ------------------------------------------------------------------------------


def test_a_message_is_given_to_someone_who_may_act_on_it(partnership, lead, officer, team):
    colleague = make_officer(partnership.living_well)

    casework.assign(referral=lead, to=colleague, by=officer)
    assert worker_on(lead) == colleague
    casework.assign(referral=lead, to=team, by=colleague)
    assert worker_on(lead) == team
    casework.assign(referral=lead, to=None, by=team)
    assert worker_on(lead) is None

    told = [(note.kind, note.text, note.by) for note in Note.objects.all()]
    assert told == [
        ("assigned", f"to {colleague}", officer),
        ("assigned", f"to {team}", colleague),
        ("assigned", "to nobody", team),
    ]


def test_it_is_not_given_to_those_who_may_not_act(partnership, lead, officer):
    for person in (make_member(partnership.living_well), partnership.officers["nw-committee"]):
        with pytest.raises(MoveNotAllowed, match="may not act on this message"):
            casework.assign(referral=lead, to=person, by=officer)
        with pytest.raises(PermissionDenied):
            casework.assign(referral=lead, to=officer, by=person)


def test_what_is_done_with_is_given_to_nobody(lead, officer):
    referrals.answer(referral=lead, by=officer, text="Fixed.")

    with pytest.raises(MoveNotAllowed, match="not open"):
        casework.assign(referral=lead, to=officer, by=officer)


def test_the_body_it_is_referred_on_to_chooses_for_itself(partnership, lead, officer):
    casework.assign(referral=lead, to=officer, by=officer)

    new = referrals.refer_on(referral=lead, to_body=partnership.triage, by=officer, reason="On.")

    assert worker_on(new) is None


@pytest.mark.parametrize("read", ["steps_of", "notices_of", "additions_of", "referrals_of"])
def test_a_message_that_is_referred_on_while_it_is_read_is_shown(
    submission, lead, officer, partnership, monkeypatch, read
):
    as_it_was = getattr(progress, read)

    def and_meanwhile(message):
        found = as_it_was(message=message)
        monkeypatch.undo()
        referrals.refer_on(referral=lead, to_body=partnership.triage, by=officer, reason="On.")
        return found

    monkeypatch.setattr(progress, read, and_meanwhile)

    assert signed_in(officer).get(page_of(submission)).status_code == 200


def test_of_two_who_give_it_at_once_the_second_is_told(submission, lead, officer, team):
    first, second = signed_in(officer), signed_in(team)
    first.post(page_of(submission, "assign/"), {"to": officer.pk, "was": ""})

    page = second.post(page_of(submission, "assign/"), {"to": team.pk, "was": ""})

    assert page.status_code == 409
    assert f"It was given to {officer} after you opened this page" in page.text
    assert worker_on(lead) == officer
    again = second.post(page_of(submission, "assign/"), {"to": team.pk, "was": officer.pk})
    assert again.status_code == 302
    assert worker_on(lead) == team


def test_giving_it_twice_is_no_error(submission, lead, officer):
    client = signed_in(officer)

    pages = [
        client.post(page_of(submission, "assign/"), {"to": officer.pk, "was": ""}) for _ in range(2)
    ]

    assert [page.status_code for page in pages] == [302, 302]
    assert Note.objects.count() == 1


@pytest.mark.parametrize("to", ["", "x", "0", "9" * 30])
def test_someone_who_is_not_offered_is_refused_in_a_sentence(submission, lead, officer, to):
    page = signed_in(officer).post(page_of(submission, "assign/"), {"to": to, "was": ""})

    assert page.status_code == 200
    assert "Choose " in page.text
    assert worker_on(lead) is None


# --- Notes ----------------------------------------------------------------------------------------


def test_a_note_is_for_colleagues_and_not_for_the_resident(partnership, submission, officer, team):
    signed_in(officer).post(page_of(submission, "note/"), {"text": WORD, "token": new_token()})

    assert WORD in signed_in(team).get(page_of(submission)).text
    assert WORD in signed_in(officer).get(page_of(submission)).text
    for reader in (partnership.officers["ne-committee"], make_member(partnership.living_well)):
        assert WORD not in signed_in(reader).get(page_of(submission)).text


def test_a_note_is_not_at_the_receipt_and_in_no_mail(partnership, officer):
    sent = send_feedback(topic="healthy", email="amina@example.org", wants_answer=True)
    casework.note(submission=sent.submission, text=WORD, by=officer)
    client = Client()
    posted = {"reference": sent.submission.reference, "secret": sent.secret}

    page = client.post("/feedback/receipt/", posted, follow=True)

    assert "Your message" in page.text
    assert WORD not in page.text
    assert not OutboxMessage.objects.filter(text__contains=WORD).exists()


def test_a_note_pressed_twice_is_kept_once(submission, officer):
    client, posted = signed_in(officer), {"text": WORD, "token": new_token()}

    for _ in range(2):
        client.post(page_of(submission, "note/"), posted)

    assert Note.objects.count() == 1


def test_a_note_without_words_is_asked_for(submission, officer):
    page = signed_in(officer).post(page_of(submission, "note/"), {"text": " ", "token": "x"})

    assert "Enter the note" in page.text
    assert not Note.objects.exists()


def test_notes_are_written_by_those_who_have_or_had_it(partnership, submission, lead, officer):
    referrals.refer_on(referral=lead, to_body=partnership.triage, by=officer, reason="On.")

    casework.note(submission=submission, text="We had it.", by=officer)
    for person in (
        make_member(partnership.living_well),
        partnership.officers["ne-committee"],
        make_person(),
    ):
        with pytest.raises(PermissionDenied):
            casework.note(submission=submission, text="Mine", by=person)


def test_notes_go_with_the_message(submission, officer):
    casework.note(submission=submission, text=WORD, by=officer)

    submissions.withdraw(submission=submission)

    assert not Note.objects.exists()
    with pytest.raises(MoveNotAllowed):
        casework.note(submission=submission, text=WORD, by=officer)
