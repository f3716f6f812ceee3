"""A question to the resident, answered at the receipt while the clock stands still."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from engagement.actions import referrals, submissions
from engagement.models import Referral, ReferralStep, Submission
from engagement.progress import Progress
from governance.models import OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import send_feedback

pytestmark = pytest.mark.django_db

DOOR = "/feedback/receipt/"
QUESTION, ANSWER = "Which surgery was it?", "The one in Xylophone Street."


@pytest.fixture
def sent(partnership):
    return send_feedback(topic="healthy", email="amina@example.org", wants_answer=True)


@pytest.fixture
def lead(sent):
    return Referral.objects.leading().get(submission=sent.submission)


@pytest.fixture
def at_noon_on(monkeypatch):
    def at_noon_on(day):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: noon)

    return at_noon_on


def now(lead):
    return Referral.objects.get(pk=lead.pk)


def opened(sent):
    client = Client()
    reference = sent.submission.reference
    client.post(DOOR, {"reference": reference, "secret": sent.secret})
    return client


def question_of(lead):
    return ReferralStep.objects.filter(referral=lead, kind="asked").last()


def test_a_question_is_asked_and_answered_at_the_receipt(sent, lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    resident = opened(sent)
    assert QUESTION in resident.get(DOOR).text

    posted = {"message": ANSWER, "question": question_of(lead).pk}
    page = resident.post(f"{DOOR}reply/", posted, follow=True)

    assert "Those who asked have been told" in page.text
    assert ANSWER in page.text
    assert "They ask you a question" not in page.text
    staff = Client()
    staff.force_login(officer)
    assert ANSWER in staff.get(f"/staff/feedback/{sent.submission.reference}/").text


def test_neither_question_nor_answer_is_in_a_mail(sent, lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    submissions.reply(submission=sent.submission, message=ANSWER, question=question_of(lead).pk)

    mails = OutboxMessage.objects.all()
    assert mails.filter(to="amina@example.org", subject__contains="news").exists()
    assert mails.filter(to=officer.email, subject__contains="answered your question").exists()
    assert not any(text in mail.text for mail in mails for text in (QUESTION, ANSWER))


def test_the_clock_stands_still_for_the_working_days_of_the_wait(lead, officer, at_noon_on):
    start = date(2026, 11, 2)  # a Monday
    Referral.objects.filter(pk=lead.pk).update(clock_started_on=start, answer_by=date(2026, 11, 30))
    at_noon_on(date(2026, 11, 6))  # Friday
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    assert Progress(lead.submission).clocks() == []

    at_noon_on(date(2026, 11, 10))  # Tuesday: Monday and Tuesday were lost
    submissions.reply(submission=lead.submission, message=ANSWER, question=question_of(lead).pk)

    assert (now(lead).paused_days, now(lead).paused_on) == (2, None)
    assert now(lead).answer_by == date(2026, 12, 2)
    [clock] = Progress(lead.submission).clocks()
    assert "20 working days from Mon 2 Nov 2026" in str(clock.sum)
    assert "paused 2 working days" in str(clock.sum)


def test_the_wait_for_a_second_answer_adds_to_the_first_until_the_clock_starts_again(
    lead, officer, at_noon_on
):
    Referral.objects.filter(pk=lead.pk).update(clock_started_on=date(2026, 11, 2))
    for asked_on, answered_on in (
        (date(2026, 11, 6), date(2026, 11, 10)),
        (date(2026, 11, 11), date(2026, 11, 12)),
    ):
        at_noon_on(asked_on)
        referrals.ask(referral=now(lead), by=officer, text=QUESTION)
        at_noon_on(answered_on)
        words = {"message": f"{ANSWER} {answered_on}", "question": question_of(lead).pk}
        submissions.reply(submission=lead.submission, **words)
    assert (now(lead).paused_days, now(lead).answer_by) == (3, date(2026, 12, 3))

    referrals.answer(referral=now(lead), by=officer, text="We found out.")
    submissions.not_answered(submission=lead.submission, message="No.", key="a" * 32)

    assert (now(lead).paused_days, now(lead).answer_by) == (0, date(2026, 12, 10))


def test_an_answer_pressed_twice_is_taken_once(lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    words = {"message": ANSWER, "question": question_of(lead).pk}

    for _ in range(2):
        submissions.reply(submission=lead.submission, **words)

    assert ReferralStep.objects.filter(kind="replied").count() == 1


def test_an_answer_to_a_question_that_is_gone_can_be_copied(sent, lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    question = question_of(lead).pk
    referrals.answer(referral=lead, by=officer, text="We found out ourselves.")

    page = opened(sent).post(f"{DOOR}reply/", {"message": ANSWER, "question": question})

    assert page.status_code == 409
    assert "not open any more" in page.text
    assert "What you typed, to copy" in page.text
    assert ANSWER in page.text


@pytest.mark.parametrize("question", ["", "x", "0", "-1", "9" * 30])
def test_an_answer_to_no_question_does_nothing(sent, lead, officer, question):
    referrals.ask(referral=lead, by=officer, text=QUESTION)

    page = opened(sent).post(f"{DOOR}reply/", {"message": ANSWER, "question": question})

    assert page.status_code in {200, 409}
    assert ANSWER in page.text
    assert now(lead).is_asked


def test_an_answer_to_a_message_that_lies_before_nobody_can_be_copied(sent, lead):
    resident = opened(sent)
    Referral.objects.all().delete()
    Submission.objects.update(status="held")

    page = resident.post(f"{DOOR}reply/", {"message": ANSWER, "question": lead.pk})

    assert page.status_code == 409
    assert "This question is not open any more" in page.text
    assert ANSWER in page.text


def test_without_words_the_question_stays_open(sent, lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)

    page = opened(sent).post(f"{DOOR}reply/", {"message": " ", "question": question_of(lead).pk})

    assert "Enter your answer" in page.text
    assert now(lead).is_asked


def test_one_question_at_a_time(lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)

    with pytest.raises(MoveNotAllowed, match="open already"):
        referrals.ask(referral=lead, by=officer, text="And when?")


def test_a_question_needs_words(lead, officer):
    with pytest.raises(MoveNotAllowed, match="Write the question"):
        referrals.ask(referral=lead, by=officer, text=" ")


def test_the_next_body_has_the_days_of_the_wait_too(partnership, lead, officer, at_noon_on):
    Referral.objects.filter(pk=lead.pk).update(
        clock_started_on=date(2026, 11, 2), answer_by=date(2026, 11, 30)
    )
    at_noon_on(date(2026, 11, 6))
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    at_noon_on(date(2026, 11, 9))

    new = referrals.refer_on(referral=lead, to_body=partnership.triage, by=officer, reason="On.")

    assert (new.answer_by, new.paused_days, new.paused_on) == (date(2026, 12, 1), 1, None)


def test_withdrawing_takes_question_and_answer_away(lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    submissions.reply(submission=lead.submission, message=ANSWER, question=question_of(lead).pk)

    submissions.withdraw(submission=lead.submission)

    assert not ReferralStep.objects.exclude(text_for_resident="").exists()


def test_staff_read_all_that_the_resident_said_before_what_they_can_do(sent, lead, officer):
    referrals.ask(referral=lead, by=officer, text=QUESTION)
    reply = {"message": ANSWER, "question": question_of(lead).pk}
    submissions.reply(submission=lead.submission, **reply)
    referrals.answer(referral=now(lead), by=officer, text="We found out.")
    submissions.not_answered(submission=lead.submission, message="It is shut.", key="a" * 32)
    staff = Client()
    staff.force_login(officer)

    page = staff.get(f"/staff/feedback/{sent.submission.reference}/").text
    said, _ = page.split("What you can do")

    at = [said.index(words) for words in (ANSWER, "the answer did not answer it", "It is shut.")]
    assert at == sorted(at)
    assert page.count("It is shut.") == 2  # there, and on the timeline
