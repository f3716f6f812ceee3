"""What calls for care: urgent messages, complaints, personal data, and what looks like spam."""

from time import perf_counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagement.actions import screening, submissions
from engagement.models import Contact, Phrase, Screening, Submission
from engagement.permissions import can_see_contact
from engagement.personal_data import excerpt, is_nhs_number, kinds_in, masked
from engagement.progress import Progress
from engagement.queue import referrals_before
from engagement.sending import new_token
from governance.actions.staff_settings import settle
from governance.actions.structure import structure_edited
from governance.models import DigestLine, OutboxMessage, StaffSettings
from governance.permissions import standing_of
from governance.workflow import MoveNotAllowed
from localities.day_field import in_words
from tests.factories import (
    feedback_answers,
    make_engagement_team_member,
    make_partnership,
    make_signpost,
    send_feedback,
    today,
)

pytestmark = pytest.mark.django_db

SPAM = "Cheap backlinks for you."


@pytest.fixture
def partnership():
    partnership = make_partnership()
    partnership.team = make_engagement_team_member()
    make_signpost(title="Someone’s life is at risk")
    make_signpost(group="complaint", title="The patient advice service", phone="")
    for text, sign, topic in (
        ("hurt myself", Phrase.Sign.URGENT, None),
        ("complain", Phrase.Sign.COMPLAINT, None),
        ("backlinks", Phrase.Sign.SPAM, None),
        ("gym", Phrase.Sign.TOPIC, "healthy"),
    ):
        Phrase.objects.create(text=text, sign=sign, topic_id=topic, weight=6)
    structure_edited()
    return partnership


def typed(**answers):
    answers = feedback_answers(token=new_token(), **answers)
    return {name: value for name, value in answers.items() if value}


def check(client, **answers):
    return client.post("/feedback/check/", typed(**answers)).content.decode()


# --- A topic from the words -----------------------------------------------------------------------


def test_a_resident_who_is_not_sure_sees_the_suggestion_and_its_words_and_may_refuse_it(
    client, partnership
):
    page = check(client, message="The gym is too dear.", topic="not-sure")

    assert "Because of “gym” we take “Healthy”." in page
    assert "Living Well answers it" in page
    refused = check(client, message="The gym is too dear.", topic="not-sure", let_someone_read="on")
    assert "Centre of Excellence reads it first" in refused


def test_the_suggestion_is_stored_as_one(partnership):
    sent = send_feedback(message="The gym is too dear.", topic="not-sure").submission
    sure = send_feedback(message="The gym is too dear.", topic="healthy").submission

    assert (sent.topic_id, sent.topic_by) == ("healthy", "suggested")
    assert (sure.topic_id, sure.topic_by) == ("healthy", "resident")


# --- Urgent ---------------------------------------------------------------------------------------


def test_an_urgent_message_shows_help_at_once_and_is_told_to_the_body_and_the_team(
    client, partnership
):
    answers = typed(message="I want to hurt myself.", topic="healthy")

    checked = client.post("/feedback/check/", answers).content.decode()
    receipt = client.post("/feedback/sent/", answers).content.decode()

    assert checked.count("Someone’s life is at risk") == 1
    assert receipt.count("Someone’s life is at risk") == 1
    assert "It may be urgent, so we have asked them to read it today." in receipt
    subjects = dict(OutboxMessage.objects.values_list("to", "subject"))
    officer = partnership.officers["living-well"]
    assert "may be urgent, please read it today" in subjects[officer.email]
    assert "may be urgent, please see" in subjects[partnership.team.email]


def test_what_urgent_words_sound_like_is_told_to_who_wants_to_know_more(client, partnership):
    Phrase.objects.create(text="to live", sign=Phrase.Sign.TOPIC, topic_id="gp", weight=2)
    structure_edited()
    answers = typed(message="I want to hurt myself. Where to live?", topic="not-sure")
    guess = "Because of “to live” it may be about"

    checked = client.post("/feedback/check/", answers).text
    receipt = client.post("/feedback/sent/", answers).text
    calm = client.post("/feedback/check/", answers | {"message": "Where to live?"}).text

    for page, more in ((checked, "How this is decided"), (receipt, "How this was decided")):
        assert page.count(guess) == 1
        assert page.index(more) < page.index(guess)
    assert calm.index(guess) < calm.index("How this is decided")


def test_an_urgent_message_does_not_wait_for_the_daily_mail(partnership):
    people = [partnership.officers["living-well"], partnership.team]
    for person in people:
        settle(by=person, mail=StaffSettings.Mail.DAILY, absent_until=None)

    send_feedback(topic="healthy")
    send_feedback(message="I want to hurt myself.", topic="healthy")

    for person in people:
        told = [mail.subject for mail in OutboxMessage.objects.filter(to=person.email)]
        assert len(told) == 1 and "may be urgent" in told[0]
    [later] = DigestLine.objects.all()
    assert later.line.endswith("for you to answer – Living Well")


def test_no_mail_about_an_urgent_message_holds_its_words(partnership):
    send_feedback(message="I want to hurt myself.", topic="healthy")

    mails = list(OutboxMessage.objects.all())
    assert mails
    assert not [mail for mail in mails if "hurt" in mail.subject + mail.text]


def test_what_may_be_urgent_stands_first_until_it_is_acknowledged(partnership):
    send_feedback(topic="healthy")
    urgent = send_feedback(message="I want to hurt myself.", topic="healthy").submission

    groups, _ = referrals_before(standing_of(partnership.officers["living-well"]))

    assert groups[0].key == "urgent"
    assert [row.submission.pk for row in groups[0].rows] == [urgent.pk]
    assert urgent.pk not in [row.submission.pk for group in groups[1:] for row in group.rows]


def test_the_engagement_team_sees_what_may_be_urgent_before_any_body(partnership):
    urgent = send_feedback(message="I want to hurt myself.", topic="healthy").submission

    [first, *_], _ = referrals_before(standing_of(partnership.team))

    assert (first.key, [row.submission.pk for row in first.rows]) == ("urgent", [urgent.pk])


def test_what_is_not_so_is_not_urgent(partnership):
    sent = send_feedback(message="I did not hurt myself.", topic="healthy").submission

    assert not sent.is_urgent


# --- A complaint ----------------------------------------------------------------------------------


def test_lists_mark_what_may_be_a_complaint(client, partnership):
    send_feedback(message="The nurse was kind.")
    client.force_login(partnership.team)
    assert "Complaint?" not in client.get("/staff/feedback/").text

    send_feedback(message="I want to complain about the desk.")

    assert client.get("/staff/feedback/").text.count("Complaint?") == 1


def test_who_may_want_to_complain_is_told_how_and_asked_before_their_name_goes_on(
    client, partnership
):
    words = {"message": "I want to complain.", "topic": "healthy"}

    assert "The patient advice service" in check(client, **words)
    assert "Those who answer may know who I am" not in check(client, **words)
    asked = check(client, **words, name="Amina")
    assert "Those who answer may know who I am" in asked
    assert "Otherwise only the engagement team knows who you are." in asked


@pytest.mark.parametrize("agreed", [False, True])
def test_without_consent_the_engagement_team_alone_knows_who_complains(partnership, agreed):
    sent = send_feedback(
        message="I want to complain.", topic="healthy", name="Amina", may_pass_on=agreed
    ).submission
    officer = standing_of(partnership.officers["living-well"])
    lead, contact = Progress(sent).lead, Contact.objects.get(submission=sent)

    assert can_see_contact(officer, lead, contact) is agreed
    assert can_see_contact(standing_of(partnership.team), lead, contact)


# --- Personal data --------------------------------------------------------------------------------


def test_personal_data_in_the_text_is_warned_of_before_sending(client, partnership):
    page = check(client, message="Ring me on 07700 900123 or write to a@example.org.")

    assert "You wrote a telephone number and an e-mail address." in page


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Ring 07700 900123.", ["phone"]),
        ("+44 20 7946 0018", ["phone"]),
        ("Write to a.b@example.org", ["email"]),
        ("NHS number 943 476 5919", ["nhs-number"]),
        ("NHS number 943 476 5918", []),
        ("I rang 111 and 0800 085 8354.", []),
        ("It took 45 minutes on 22/11/2026.", []),
    ],
)
def test_what_is_personal(text, kinds):
    assert kinds_in(text) == kinds


def test_the_last_digit_of_an_nhs_number_checks_the_others():
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765910")
    assert not is_nhs_number("1111111111")


def test_a_long_word_is_looked_through_once():
    began = perf_counter()

    assert kinds_in("1" * 50_000) == []

    assert perf_counter() - began < 5  # once for each letter, it takes most of a minute


def test_lists_mask_it():
    said = masked("Ring 07700 900123 or a@example.org, NHS 943 476 5919.")

    assert said == "Ring [telephone number] or [e-mail address], NHS [NHS number]."


def test_lists_mask_it_in_the_digits_spaces_and_dashes_of_any_script():
    said = masked("আমার নম্বর ০৭৭০০ ৯০০১২৩, ফোন করুন। NHS ৯৪৩\u00a0৪৭৬ ৫৯১৯")

    assert said == "আমার নম্বর [telephone number], ফোন করুন। NHS [NHS number]"
    assert masked("07700\u00a0900\u2011123!") == "[telephone number]!"
    assert masked("٠٧٧٠٠٩٠٠١٢٣") == "[telephone number]"
    assert masked("ফোন ০৮০০ ১১১ ০০০") == "ফোন ০৮০০ ১১১ ০০০"


@pytest.mark.parametrize(
    "number",
    [
        "+880 1711-123456",
        "00880 1711 123 456",
        "+252 61 5123456",
        "+44 (0)7700 900123",
        "+44 7700 900123",
        "0044 20 7946 0000",
        "020 7946 0000",
    ],
)
def test_lists_mask_the_numbers_of_other_countries_too(number):
    assert masked(f"Ring {number}.") == "Ring [telephone number]."


def test_what_is_no_telephone_number_is_not_masked():
    text = "From 2024-2025 it cost +100 000, in 00 12 34 and 0800 111 000, ref 12345678901234567"

    assert masked(text) == text


def test_lists_mask_what_stands_over_two_lines():
    assert excerpt("Ring 07700\n900123, or 020   7946\t0000") == (
        "Ring [telephone number], or [telephone number]"
    )


def test_a_number_that_a_list_cuts_off_is_hidden_before_it_is_cut():
    text = "word " * 19 + "0770 0900 123 and more"

    assert excerpt(text) == ("word " * 19).strip() + "…"
    assert len(excerpt("x" * 300)) == 101
    assert excerpt(" Two\n\nlines ") == "Two lines"


# --- Spam -----------------------------------------------------------------------------------------


@pytest.fixture
def held(partnership):
    return send_feedback(message=SPAM, topic="healthy").submission


def test_what_looks_like_spam_is_held_before_nobody_and_still_gets_a_receipt(client, partnership):
    receipt = client.post("/feedback/sent/", typed(message=SPAM, topic="healthy"))

    held = Submission.objects.get()
    assert held.is_held
    assert held.reference in receipt.content.decode()
    assert not held.referrals.exists()
    [mail] = OutboxMessage.objects.all()
    assert mail.to == partnership.team.email
    assert SPAM not in mail.text


def test_what_is_held_is_not_asked_about_a_topic_that_was_never_named(client, partnership):
    page = check(client, message=f"{SPAM} A gym.", topic="not-sure")

    assert "looks like advertising" in page
    assert "No, let someone read it first" not in page


def test_a_released_message_goes_where_any_other_does(held, partnership):
    screening.release(submission=held, by=partnership.team, reason="A real offer of help")

    held.refresh_from_db()
    assert held.status == "released"
    lead = Progress(held).lead
    assert lead.body == partnership.living_well
    assert lead.answer_by
    assert Screening.objects.get().reason == "A real offer of help"


def test_a_released_message_says_that_its_topic_was_read_from_its_words(partnership):
    held = send_feedback(message=f"{SPAM} A gym.", topic="not-sure").submission
    assert (held.topic_id, held.topic_by) == ("healthy", "suggested")

    screening.release(submission=held, by=partnership.team, reason="A real offer of help")

    reason = Progress(held).lead.reason
    assert reason["topic"]["by"] == "suggested"
    assert "gym" in reason["suggestion"]["words"]


@pytest.mark.parametrize(("named", "told"), [("", True), ("adult", False)])
def test_a_released_message_says_by_which_words_it_is_about_a_child(partnership, named, told):
    Phrase.objects.create(text="toddler", sign=Phrase.Sign.CHILD, weight=6)
    structure_edited()
    held = send_feedback(message=f"{SPAM} My toddler.", topic="healthy", about=named).submission

    screening.release(submission=held, by=partnership.team, reason="A real offer of help")

    progress = Progress(held)
    assert ("about_read" in progress.lead.reason) == told
    assert ("Because of “toddler” we take it to be" in " ".join(progress.explanation)) == told


def test_a_released_message_is_listed_by_the_topic_it_was_sent_by(partnership):
    held = send_feedback(message=f"{SPAM} A swim.", topic="not-sure").submission
    assert held.topic_id == "not-sure"
    Phrase.objects.create(text="swim", sign=Phrase.Sign.TOPIC, topic_id="healthy", weight=6)
    structure_edited()

    screening.release(submission=held, by=partnership.team, reason="A real offer of help")

    held.refresh_from_db()
    lead = Progress(held).lead
    assert (held.topic_id, held.topic_by, lead.topic_id) == ("healthy", "suggested", "healthy")
    assert lead.body == partnership.living_well


def test_a_rejected_message_is_kept_and_its_receipt_says_so(held, partnership):
    screening.reject(submission=held, by=partnership.team, reason="An advertisement")

    held.refresh_from_db()
    assert (held.status, held.message) == ("rejected", SPAM)
    assert "took it for advertising" in Progress(held).explanation[0]


def test_it_is_decided_once_with_a_reason_by_the_team_alone(held, partnership):
    with pytest.raises(PermissionDenied):
        screening.release(submission=held, by=partnership.officers["living-well"], reason="Because")
    with pytest.raises(MoveNotAllowed, match="Say why"):
        screening.reject(submission=held, by=partnership.team, reason=" ")
    screening.release(submission=held, by=partnership.team, reason="Because")
    with pytest.raises(MoveNotAllowed, match="not held any more"):
        screening.reject(submission=held, by=partnership.team, reason="Because")


def test_the_quarantine_shows_why_and_takes_a_decision_twice(client, held, partnership):
    client.force_login(partnership.team)
    address = f"/staff/quarantine/{held.reference}/decide/"

    page = client.get("/staff/quarantine/").content.decode()
    assert SPAM in page
    assert "May be spam: “backlinks”" in page
    assert "Choose whether" in client.post(address, {"reason": "R"}).content.decode()
    decision = {"verdict": "rejected", "reason": "An advertisement"}
    assert client.post(address, decision).status_code == 302
    assert client.post(address, decision).status_code == 302
    other = client.post(address, {"verdict": "released", "reason": "No"})
    assert other.status_code == 409
    assert f"not held any more: {partnership.team} rejected it on {in_words(today())}" in other.text
    assert "<title>Error: Held messages" in other.text


def test_who_decides_on_what_was_taken_back_meanwhile_is_told_and_keeps_the_reason(
    client, held, partnership
):
    client.force_login(partnership.team)
    submissions.withdraw(submission=held)
    typed = {"verdict": "released", "reason": "A real offer of help"}

    page = client.post(f"/staff/quarantine/{held.reference}/decide/", typed)

    assert page.status_code == 409
    assert "not held any more: it was withdrawn" in page.text
    assert "A real offer of help" in page.text


def test_a_message_that_was_never_held_is_not_decided_on(client, partnership):
    client.force_login(partnership.team)
    other = send_feedback(topic="healthy").submission

    page = client.post(f"/staff/quarantine/{other.reference}/decide/", {"verdict": "released"})

    assert page.status_code == 404


def test_who_decides_reads_what_was_added_to_a_held_message(client, held, partnership):
    submissions.add(submission=held, message="I am a neighbour, not a shop", key="key")
    client.force_login(partnership.team)

    page = client.get("/staff/quarantine/").text

    assert "I am a neighbour, not a shop" in page


def test_what_is_added_to_a_held_or_rejected_message_is_told_as_it_is(client, partnership):
    sent = send_feedback(message=SPAM, topic="healthy")
    opening = {"reference": sent.submission.reference, "secret": sent.secret}
    client.post("/feedback/receipt/", opening)
    added = {"message": "I am a neighbour", "token": new_token()}

    page = client.post("/feedback/receipt/add/", added, follow=True).text
    assert "Added. The engagement team reads it with your message." in page

    screening.reject(submission=sent.submission, by=partnership.team, reason="An advertisement")
    added = {"message": "I am a neighbour indeed", "token": new_token()}
    refused = client.post("/feedback/receipt/add/", added)
    assert refused.status_code == 409
    assert "please send it again and say so" in refused.text
    assert "I am a neighbour indeed" in refused.text
    assert sent.submission.additions.count() == 1
    assert "Add to your message" not in client.get("/feedback/receipt/").text


def test_the_first_page_of_the_team_says_how_many_are_held_and_asks_no_more_for_it(
    client, partnership, django_assert_num_queries
):
    client.force_login(partnership.team)
    client.get("/staff/")
    with CaptureQueriesContext(connection) as before:
        assert "look like spam: none" in client.get("/staff/").text

    for number in range(3):
        send_feedback(message=f"{SPAM} {number}", topic="healthy")

    with django_assert_num_queries(len(before)):
        page = client.get("/staff/").text
    assert f"look like spam: <strong>3</strong>, the oldest from {in_words(today())}" in page
    client.force_login(partnership.officers["living-well"])
    assert "like spam" not in client.get("/staff/").text


def test_a_held_message_can_be_opened_added_to_and_withdrawn_by_its_sender(client, partnership):
    sent = send_feedback(message=SPAM, topic="healthy")
    client.post(
        "/feedback/receipt/", {"reference": sent.submission.reference, "secret": sent.secret}
    )

    assert "It waits to be read" in client.get("/feedback/receipt/").content.decode()
    client.post("/feedback/receipt/add/", {"message": "Sorry", "token": new_token()})
    assert sent.submission.additions.count() == 1
    client.post("/feedback/receipt/withdraw/", {"sure": "on"})
    sent.submission.refresh_from_db()
    assert (sent.submission.status, sent.submission.message) == ("withdrawn", "")
