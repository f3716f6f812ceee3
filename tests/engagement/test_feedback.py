"""A message on its way in: nothing typed is lost, nothing is stored twice."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement import throttle
from engagement.actions import sending
from engagement.models import (
    Contact,
    MessageTally,
    Receipt,
    Referral,
    ReferralStep,
    Submission,
    SubmissionWords,
    Throttle,
)
from engagement.receipts import receipt_of
from engagement.views import feedback
from governance.actions.staff_settings import settle
from governance.actions.structure import structure_edited
from governance.models import Membership, OutboxMessage, StaffSettings
from localities.models import PostcodeDistrict
from tests.factories import (
    lead_of,
    make_engagement_team_member,
    make_officer,
    make_partnership,
    make_place,
    make_rule,
    make_signpost,
    send_feedback,
    today,
)
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db

FORM, CHECK, SENT = "/feedback/", "/feedback/check/", "/feedback/sent/"
SECRET = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def answers(**fields):
    return {"message": "I waited three weeks.", "topic": "gp", "place": "E3 4AB"} | fields


def checked(client, **fields):
    """What the check page would send."""
    token = hidden_fields(client.get(FORM), CHECK)["token"]
    page = client.post(CHECK, answers(token=token, **fields))
    return hidden_fields(page, SENT)


def receipt_on(page):
    text = page.content.decode()
    return re.search(r"F-[0-9]{4}-[0-9]{6}", text)[0], SECRET.search(text)[0]


# --- From the form to the receipt -----------------------------------------------------------------


def test_only_the_empty_form_may_be_stored_so_that_the_way_back_finds_what_was_typed(
    client, partnership
):
    empty = client.get(FORM)
    typed = client.post(FORM, answers())
    check = client.post(CHECK, answers())

    assert empty["Cache-Control"] == "private, no-cache"
    assert typed["Cache-Control"] == check["Cache-Control"] == "private, no-store"


def test_the_form_of_someone_signed_in_is_not_stored(client, partnership):
    client.force_login(make_engagement_team_member())

    assert client.get(FORM)["Cache-Control"] == "private, no-store"


def test_the_form_says_where_to_turn_in_an_emergency_before_it_asks_anything(client, partnership):
    make_signpost(title="Life at risk", phone="999")
    make_signpost(title="The council", phone="020 7364 5000", group="complaint")

    page = client.get(FORM).content.decode()

    assert page.index("Messages are not watched day and night") < page.index("<textarea")
    assert page.index('href="tel:999"') < page.index("<textarea")
    assert page.index('href="tel:02073645000"') < page.index("<textarea")
    assert "not a formal complaint" in page


def test_a_link_to_the_form_may_know_the_place_and_the_topic(client, partnership):
    page = client.get(FORM, {"place": "<St Dunstan's>", "topic": "gp"}).text

    assert 'value="&lt;St Dunstan&#x27;s&gt;"' in page or 'value="&lt;St Dunstan&#39;s&gt;"' in page
    assert re.search(r'<input[^>]* name="topic"[^>]* value="gp" checked', page)
    assert "Error:" not in page
    again = client.get(FORM, {"topic": "no such topic", "message": "Not from an address"}).text
    assert not re.search(r'<input[^>]* name="topic"[^>]* checked', again)
    assert "Not from an address" not in again


SOMALI = "Hooyaday waxay sugtay laba bilood si ay u aragto dhakhtarka."


def test_who_writes_in_a_language_of_ours_is_offered_the_page_in_it(client, partnership):
    page = client.post(CHECK, answers(message=SOMALI, topic="healthy"))
    theirs = client.post("/so/feedback/check/", hidden_fields(page, "/so/feedback/check/"))

    assert 'lang="so" action="/so/feedback/check/"' in page.text
    assert SOMALI in theirs.text
    assert hidden_fields(theirs, "/so/feedback/sent/")["topic"] == "healthy"
    assert 'action="/so/feedback/check/" method' not in theirs.text
    assert 'action="/bn/' not in theirs.text


def test_who_writes_english_is_offered_no_other_language(client, partnership):
    assert 'class="tht-note" lang=' not in client.post(CHECK, answers()).text


def test_the_receipt_says_when_it_was_sent_and_where_to_read_the_answer(
    client, partnership, settings
):
    settings.PORTAL_URL = "https://together.example"

    page = client.post(SENT, checked(client)).text

    assert f"Sent on {today().day} {today():%B %Y}" in page
    assert '<a href="/feedback/receipt/">together.example/feedback/receipt/</a>' in page


def test_what_receipts_have_in_common_is_drawn_once_and_each_has_its_own_words(
    client, partnership, monkeypatch
):
    drawn = []
    monkeypatch.setattr(
        feedback,
        "render_to_string",
        lambda template, *context: drawn.append(template) or render_to_string(template, *context),
    )

    healthy, told = {"topic": "healthy"}, {"email": "a@example.org", "wants_answer": "on"}
    receipts = [
        client.post(SENT, checked(client, **healthy, **words)).content.decode()
        for words in ({}, {"place": ""}, {"place": "E3 4AB "}, told)
    ]

    for receipt, submission in zip(receipts, Submission.objects.order_by("pk"), strict=True):
        own = submission.reference, SECRET.search(receipt)[0]
        assert receipt_of(*own).submission == submission
        assert all(receipt.count(word) == 2 for word in own)
        assert all(sum(word in each for each in receipts) == 1 for word in own)
    assert ["E3 4AB" in each for each in receipts] == [True, False, True, True]
    assert ["The code is not in the mail" in each for each in receipts] == [False] * 3 + [True]
    assert drawn.count("engagement/feedback_sent.html") == 1
    assert drawn.count("engagement/_feedback_receipt.html") == 2


def test_the_same_sentence_is_on_the_check_page_the_receipt_and_the_staff_page(client, partnership):
    why = "Because it is about a GP, it goes to the committee of the place you gave."
    who = "So the North East Committee answers it."

    fields = checked(client)
    check = client.post(CHECK, fields).content.decode()
    sent = client.post(SENT, fields)
    reference, secret = receipt_on(sent)
    client.post("/feedback/receipt/", {"reference": reference, "secret": secret})
    receipt = client.get("/feedback/receipt/").content.decode()
    client.force_login(partnership.officers["ne-committee"])
    staff = client.get(f"/staff/feedback/{reference}/").content.decode()

    for page in (check, sent.content.decode(), receipt, staff):
        assert why in page
        assert "E3 4AB is in North East ward ward" in page
        assert who in page


def test_what_is_sent_is_stored_with_referrals_steps_receipt_and_mails(client, partnership):
    fields = checked(
        client, topic="healthy", name="Amina", email="amina@example.org", wants_answer="on"
    )

    reference, secret = receipt_on(client.post(SENT, fields))

    submission = Submission.objects.get()
    assert submission.reference == reference
    assert submission.received_on == today()
    assert (submission.ward, submission.locality) == (
        partnership.ne.ward,
        partnership.ne.locality,
    )
    lead, copy = submission.referrals.order_by("pk")
    assert (lead.body, lead.role, lead.status) == (partnership.living_well, "lead", "referred")
    assert (copy.body, copy.role, copy.status) == (partnership.ne.committee, "copy", "")
    assert ReferralStep.objects.filter(kind="referred").count() == 2
    assert submission.contact.wants_answer
    assert receipt_of(reference, secret).submission == submission
    to = set(OutboxMessage.objects.values_list("to", flat=True))
    assert to == {
        "amina@example.org",
        partnership.officers["living-well"].email,
        partnership.officers["ne-committee"].email,
    }


def test_no_mail_carries_a_word_of_the_message_or_the_secret(client, partnership):
    make_engagement_team_member()
    fields = checked(
        client,
        message="Zebra crossing",
        place="E3 4AB",
        name="Amina Quill",
        email="amina@example.org",
        wants_answer="on",
        topic="healthy",
    )

    _, secret = receipt_on(client.post(SENT, fields))

    mails = OutboxMessage.objects.all()
    assert len(mails) == 3
    for mail in mails:
        for word in ("Zebra", "crossing", "E3 4AB", "Quill", secret, "healthy"):
            assert word.lower() not in f"{mail.subject} {mail.text}".lower()


def test_mail_of_the_next_message_goes_where_officers_have_settled_since(client, partnership):
    away = partnership.officers["living-well"]
    there = make_officer(partnership.living_well)

    def told(message):
        OutboxMessage.objects.all().delete()
        client.post(SENT, checked(client, topic="healthy", place="", message=message))
        return set(OutboxMessage.objects.values_list("to", flat=True))

    assert told("I waited three weeks.") == {away.email, there.email}
    settle(by=away, mail=StaffSettings.Mail.AT_ONCE, absent_until=today() + timedelta(days=7))
    assert told("And then three more.") == {there.email}


def test_no_mail_goes_to_a_resident_who_did_not_ask(client, partnership):
    client.post(SENT, checked(client, email="amina@example.org"))

    assert Contact.objects.get().email == "amina@example.org"
    assert not OutboxMessage.objects.filter(to="amina@example.org").exists()


def test_an_anonymous_message_leaves_no_contact(client, partnership):
    client.post(SENT, checked(client))

    assert not Contact.objects.exists()


def test_near_a_boundary_it_asks_one_more_question(client, partnership):
    page = client.post(CHECK, answers(place="Mile End"))
    assert "Which part of the borough is nearest?" in page.text
    assert "There is a problem" not in page.text
    fields = hidden_fields(page, SENT)

    unanswered = client.post(SENT, fields)
    assert "<title>Error: Check before you send" in unanswered.text
    assert unanswered.text.count("Choose what is nearest") == 2
    sent = client.post(SENT, hidden_fields(unanswered, SENT) | {"nearest": "nw"})

    assert "You told us that the North West is nearest." in sent.text
    assert Submission.objects.get().locality == partnership.nw.locality


def test_each_answer_to_the_question_says_who_gets_it_then(client, partnership):
    page = client.post(CHECK, answers(place="Mile End")).text

    assert "So the North West Committee answers it." in page
    assert "So the Centre of Excellence reads it first" in page
    assert "They tell you within" not in page
    assert "<strong>The Centre of Excellence" not in page


@pytest.mark.parametrize(
    ("prefix", "days", "sentence"),
    [
        (
            "",
            (1, 20),
            "within 1 working day that they have it, and answer within 20 working days.",
        ),
        ("", (3, 1), "within 3 working days that they have it, and answer within 1 working day."),
        (
            "",
            (0, 0),
            "within 0 working days that they have it, and answer within 0 working days.",
        ),
        ("/bn", (1, 20), "তারা 1 কর্মদিবসের মধ্যে জানাবে যে এটি পেয়েছে, এবং 20 কর্মদিবসের মধ্যে"),
        ("/so", (1, 20), "1 maalin oo shaqo gudahood ayay kuugu sheegayaan inay heleen"),
    ],
)
def test_the_days_that_a_body_has_are_told_as_they_are(client, partnership, prefix, days, sentence):
    committee = partnership.ne.committee
    committee.acknowledge_days, committee.answer_days = days
    committee.save()
    structure_edited()

    assert sentence in client.post(prefix + CHECK, answers()).text


def test_a_committee_that_cannot_have_it_is_not_promised(client, partnership):
    Membership.objects.filter(seat__body=partnership.nw.committee).delete()
    structure_edited()

    page = client.post(CHECK, answers(place="Mile End")).text

    assert "So the North West Committee answers it." not in page
    assert page.count("So the Centre of Excellence reads it first") == 2


def test_the_question_asks_no_more_of_the_database_for_more_answers(client, partnership):
    client.post(CHECK, answers(place="Mile End"))
    with CaptureQueriesContext(connection) as few:
        client.post(CHECK, answers(place="Mile End"))
    with CaptureQueriesContext(connection) as many:
        client.post(CHECK, answers(place=""))

    assert len(many) <= len(few) + 1  # the wards of the borough


def test_the_first_half_of_a_postcode_is_asked_about_with_the_wards_of_each(client, partnership):
    PostcodeDistrict.objects.create(code="E14")

    page = client.post(CHECK, answers(place="E14")).text

    assert "North East ward. So the North East Committee answers it." in page
    assert "North West ward. So the North West Committee answers it." in page


def test_the_question_says_beside_it_what_is_not_clear_of_the_place(client, partnership):
    fields = {"token": hidden_fields(client.get(FORM), CHECK)["token"], **answers(place="N1 9GU")}

    page = client.post(CHECK, fields).text

    said = "You gave “N1 9GU” as the place. N1 9GU is outside Tower Hamlets"
    assert page.index(said) < page.index('type="radio"')
    assert page.count("outside Tower Hamlets") == 1


def test_who_gets_it_is_said_before_why(client, partnership):
    fields = {"token": hidden_fields(client.get(FORM), CHECK)["token"], **answers()}

    page = client.post(CHECK, fields)
    receipt = client.post(SENT, hidden_fields(page, SENT))

    for text in (page.text, receipt.text):
        assert text.index("<strong>The North East Committee</strong>") < text.index("Because it is")


def test_who_does_not_want_to_say_is_triaged(client, partnership):
    fields = hidden_fields(client.post(CHECK, answers(place="")), SENT)

    client.post(SENT, fields | {"nearest": "unknown"})

    assert Referral.objects.get().body == partnership.triage


@pytest.fixture
def read_first(partnership):
    """What is not in English goes to those who can read it."""
    make_rule(partnership.triage, order=0, language="not-en", destination="triage")


BENGALI = "আমি ডাক্তারের জন্য তিন সপ্তাহ অপেক্ষা করেছি। কেউ ফোন ধরে না।"


@pytest.mark.parametrize("prefix", ["", "/bn", "/so"])
@pytest.mark.parametrize("message", [SOMALI, BENGALI])
@pytest.mark.parametrize("place", ["Mile End", ""])
def test_what_is_not_in_english_is_asked_about_near_a_boundary_too(
    client, partnership, read_first, html_faults, prefix, message, place
):
    page = client.post(prefix + CHECK, answers(message=message, place=place))
    fields = hidden_fields(page, prefix + SENT)

    assert list(re.findall(r'type="radio"[^>]* value="(\w+)"', page.text)) == [
        "ne",
        "nw",
        "unknown",
    ]
    assert html_faults(page.content) == []
    client.post(prefix + SENT, fields | {"nearest": "nw"})
    stored = Submission.objects.get()
    assert stored.locality == partnership.nw.locality
    assert {each.body for each in stored.referrals.all()} == {
        partnership.triage,
        partnership.nw.committee,
    }


def test_what_is_not_in_english_says_who_gets_a_copy_by_each_answer(
    client, partnership, read_first
):
    page = client.post(CHECK, answers(message=SOMALI, place="Mile End"))

    assert "So the North West Committee gets a copy." in page.text
    assert page.text.count("So no locality’s committee gets a copy.") == 1
    assert page.text.count("You gave “Mile End” as the place.") == 1
    assert page.text.count("Mile End reaches into more than one locality") == 1
    assert "<strong>The Centre of Excellence</strong>" in page.text
    assert "They tell you within" in page.text


@pytest.mark.parametrize("nearest", [{}, {"nearest": ""}, {"nearest": "unknown"}])
def test_what_is_not_in_english_is_sent_without_the_answer_too(
    client, partnership, read_first, nearest
):
    page = client.post(CHECK, answers(message=SOMALI, place="Mile End"))

    sent = client.post(SENT, hidden_fields(page, SENT) | nearest)

    assert sent.status_code == 200
    assert Submission.objects.get().locality is None
    assert Referral.objects.get().body == partnership.triage


def test_what_is_not_in_english_is_not_asked_about_where_the_place_decides_nothing(
    client, partnership, read_first
):
    for known in (
        {"topic": "healthy", "place": "Mile End"},
        {"place": "E3 4AB"},
        {"place": "Mile End", "nearest": "nw"},
        {"place": "Mile End", "nearest": "unknown"},
    ):
        page = client.post(CHECK, answers(message=SOMALI, **known))
        assert "Which part of the borough is nearest?" not in page.text


def test_sending_past_the_question_asks_it(client, partnership):
    fields = checked(client)

    page = client.post(SENT, fields | {"place": "Mile End"})

    assert b"Which part of the borough is nearest?" in page.content
    assert not Submission.objects.exists()


@pytest.mark.parametrize("address", [CHECK, SENT])
def test_a_step_without_the_one_before_leads_back_to_the_form(client, partnership, address):
    page = client.get(address, follow=True)

    assert page.redirect_chain[0][0].startswith(FORM)
    assert "Nothing was sent." in page.content.decode()


# --- Nothing is lost ------------------------------------------------------------------------------


def test_an_error_keeps_everything_and_says_what_to_do(client, partnership):
    typed = answers(topic="", name="Amina", phone="020 1", wants_answer="on", may_publish="on")

    page = client.post(CHECK, typed).content.decode()

    assert "Choose what it is about, or “I’m not sure”" in page
    assert "Enter your e-mail address, or untick" in page
    for kept in ("I waited three weeks.", "E3 4AB", "Amina", "020 1"):
        assert kept in page
    assert len(re.findall(r"<input[^>]* checked", page)) == 2


def test_who_wants_no_mail_is_told_where_the_answer_is(client, partnership):
    page = client.post(CHECK, answers(phone="020 7946 0000")).content.decode()

    assert "You did not ask us to write to you. You can read the answer with your receipt." in page


def test_too_long_a_message_is_kept_and_told_by_how_much(client, partnership):
    message = "😀\r\n" * 2501  # a line break counts as one, and so does a face

    page = client.post(CHECK, answers(message=message)).content.decode()

    said = "This text has 5,002 characters. Shorten it by 2 characters, to 5,000 or fewer"
    assert f"What do you want to say? {said}" in page
    assert page.count(said) == 2
    assert page.count("😀") == 2501


@pytest.mark.parametrize("message", ["", " \r\n\t", "\u200b \ufeff", "\u202e\u2060"])
def test_a_message_of_which_nothing_is_seen_is_none(client, partnership, message):
    page = client.post(CHECK, answers(message=message)).content.decode()

    assert "Enter what you want to say" in page
    assert "Check before you send" not in page


@pytest.mark.parametrize("letters", ["র", "গুলো", "a", "1"])
def test_one_word_as_long_as_a_message_is_read_like_any_other(client, partnership, letters):
    message = (letters * 5000)[:5000]

    page = client.post(CHECK, answers(message=message))

    assert page.status_code == 200
    assert "Check before you send" in page.text
    assert message in page.text


def test_going_back_to_change_keeps_everything(client, partnership):
    fields = checked(client, message="Line one\n\nLine two", email="amina@example.org")

    page = client.post(FORM, fields).content.decode()

    assert "Line one\n\nLine two" in page
    assert 'value="amina@example.org"' in page
    assert fields["token"] in page
    assert "There is a problem" not in page


def test_a_token_that_is_not_ours_asks_for_one_more_press(client, partnership):
    fields = checked(client)

    page = client.post(SENT, fields | {"token": "stale"})

    assert not Submission.objects.exists()
    assert "Please press the button once more" in page.content.decode()
    client.post(SENT, hidden_fields(page, SENT))
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("address", [FORM, CHECK, SENT])
def test_without_its_proof_the_form_comes_back_with_what_was_typed(partnership, address):
    client = Client(enforce_csrf_checks=True)

    page = client.post(address, answers(message="Do not lose me"))

    assert page.status_code == 403
    assert "Do not lose me" in page.content.decode()
    assert "Everything you typed is here" in page.content.decode()
    assert "allow them for this site" in page.text
    with_cookie = client.post(address, answers(message="Do not lose me"))
    assert with_cookie.status_code == 403
    assert "allow them for this site" not in with_cookie.text
    assert not Submission.objects.exists()


NASTY = [
    "a\x00b",
    "\x0b\x0c\x1b\x7f\x85",
    "মানুষ সাহায্য চায়",
    "مرحبا\u202eabc\u202c",
    "👩‍👩‍👧 e\u0301 \ufeff \u200b",
    "</textarea><script>alert(1)</script>",
    "  spaces stay  ",
    "\n\nfirst lines are empty",
    "{{ 7|add:7 }} {% csrf_token %}",
]


@pytest.mark.parametrize("message", NASTY)
def test_every_character_arrives_as_it_was_typed(client, partnership, message):
    fields = checked(client, message=message)

    page = client.post(SENT, fields)

    assert page.status_code == 200
    # No database keeps a NUL as text; it is shown as a character that could not be kept.
    assert Submission.objects.get().message == message.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def test_line_breaks_are_made_one_kind_once(client, partnership):
    fields = checked(client, message="one\r\ntwo\rthree\nfour")
    crossing = {name: value.replace("\n", "\r\n") for name, value in fields.items()}

    client.post(SENT, crossing)

    assert Submission.objects.get().message == "one\ntwo\nthree\nfour"


FIELD_NAMES = [
    "message",
    "topic",
    "about",
    "place",
    "kind",
    "name",
    "email",
    "phone",
    "wants_answer",
    "may_publish",
    "nearest",
    "token",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(st.sampled_from(FIELD_NAMES), st.text(max_size=90)),
    message=st.text(min_size=1, max_size=200).filter(lambda text: not text.isspace()),
    address=st.sampled_from([FORM, CHECK, SENT]),
)
def test_no_text_ever_breaks_the_form_or_is_lost(client, partnership, fields, message, address):
    page = client.post(address, answers(**fields) | {"message": message})

    assert page.status_code in {200, 429}
    kept = html.unescape(page.content.decode())
    plain = message.replace("\r\n", "\n").replace("\r", "\n")
    plain = re.sub("[\x00\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", plain)
    assert (
        plain in kept
        or plain.replace("\n", "<br>") in kept
        or Submission.objects.filter(message=plain).exists()
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), address=st.sampled_from([FORM, CHECK, SENT]))
def test_no_bytes_ever_break_the_form(client, partnership, body, address):
    page = client.post(address, body, content_type="application/x-www-form-urlencoded")

    assert page.status_code in {200, 400}


# --- Nothing twice --------------------------------------------------------------------------------


def test_pressing_twice_shows_the_same_receipt_and_stores_one_message(client, partnership):
    fields = checked(client, email="amina@example.org", wants_answer="on")

    first, second = client.post(SENT, fields), client.post(SENT, fields)

    assert receipt_on(first) == receipt_on(second)
    assert Submission.objects.count() == 1
    assert OutboxMessage.objects.count() == 2
    assert first.content.count(b"<dd>") == second.content.count(b"<dd>")


def test_what_comes_at_midnight_is_of_one_day(partnership, monkeypatch):
    last, first = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    moments = iter([last])
    store = sending.store

    def store_at_midnight(*args):
        monkeypatch.setattr("django.utils.timezone.now", lambda: next(moments, first))
        return store(*args)

    monkeypatch.setattr(sending, "store", store_at_midnight)

    sent = send_feedback()

    day = date(2026, 12, 31)
    assert (sent.submission.received_at, sent.submission.received_on) == (last, day)
    assert lead_of(sent).clock_started_on == day
    assert sent.submission.reference.startswith("F-2026-")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2027, 3, 27, 23, 59, tzinfo=UTC), date(2027, 3, 27)),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), date(2027, 3, 28)),  # the clocks go forward
        (datetime(2027, 3, 28, 22, 59, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 3, 28, 23, 0, tzinfo=UTC), date(2027, 3, 29)),
        (datetime(2027, 3, 31, 23, 30, tzinfo=UTC), date(2027, 4, 1)),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),  # half past one once more
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_a_message_is_of_the_day_that_it_is_in_london(partnership, monkeypatch, moment, day):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    sent = send_feedback()

    lead = lead_of(sent)
    assert (sent.submission.received_on, lead.clock_started_on) == (day, day)
    assert lead.acknowledge_by == sent.calendar.due_day(day, 3).due
    months = MessageTally.objects.filter(span="month", measure="received", whose=0)
    assert [each.on for each in months] == [day.replace(day=1)]


def test_a_changed_text_is_a_new_message(client, partnership):
    fields = checked(client)

    client.post(SENT, fields)
    client.post(SENT, fields | {"message": "I waited four weeks."})

    assert set(Submission.objects.values_list("message", flat=True)) == {
        "I waited three weeks.",
        "I waited four weeks.",
    }


def test_the_same_words_on_another_form_are_another_message(client, partnership):
    client.post(SENT, checked(client))
    client.post(SENT, checked(client))

    assert Submission.objects.count() == 2
    assert Receipt.objects.values("secret_hash").distinct().count() == 2


@pytest.mark.django_db(transaction=True)
def test_five_presses_at_once_store_one_message_and_show_one_receipt():
    make_partnership()
    fields = checked(Client())

    def press(_):
        try:
            return receipt_on(Client().post(SENT, fields))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        receipts = set(pool.map(press, range(5)))

    assert len(receipts) == 1
    assert Submission.objects.count() == 1
    assert Referral.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


# --- Limits ---------------------------------------------------------------------------------------


def test_too_many_from_one_address_are_refused_with_the_text_kept(client, partnership):
    for number in range(throttle.SENDING.tries):
        assert client.post(SENT, checked(client, message=f"No {number}")).status_code == 200

    fields = checked(client, message="One too many")
    refused = client.post(SENT, fields)

    assert refused.status_code == 429
    assert "One too many" in refused.content.decode()
    assert not Submission.objects.filter(message="One too many").exists()
    elsewhere = client.post(SENT, hidden_fields(refused, SENT), REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200
    # A second press of what was taken before is shown its receipt all the same.
    assert client.post(SENT, fields).status_code == 200


def test_addresses_are_kept_as_hashes_and_forgotten_the_next_day(client, partnership):
    client.post(SENT, checked(client), REMOTE_ADDR="203.0.113.9")
    row = Throttle.objects.get()
    assert "203.0.113.9" not in row.source_hash
    Throttle.objects.update(window_start=row.window_start - throttle.KEPT_FOR * 2)

    client.post(SENT, checked(client), REMOTE_ADDR="203.0.113.10")

    assert not Throttle.objects.filter(pk=row.pk).exists()


def test_a_household_with_ipv6_counts_as_one(rf):
    sources = {
        throttle.source_of(rf.get("/", REMOTE_ADDR=address))
        for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    }

    assert len(sources) == 2


def test_without_an_address_nobody_is_refused(rf):
    assert all(
        throttle.allows(throttle.GUESSING, rf.get("/", REMOTE_ADDR=""))
        for _ in range(throttle.GUESSING.tries + 1)
    )


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(rf):
    def attempt(_):
        try:
            return throttle.allows(throttle.GUESSING, rf.get("/", REMOTE_ADDR="203.0.113.9"))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        allowed = list(pool.map(attempt, range(throttle.GUESSING.tries + 5)))

    assert sum(allowed) == throttle.GUESSING.tries


# --- What it costs --------------------------------------------------------------------------------


def test_the_form_costs_one_query(client, partnership, django_assert_num_queries):
    client.get(FORM)

    with django_assert_num_queries(1):
        client.get(FORM)


def test_sending_is_one_transaction_of_at_most_ten_statements(client, partnership):
    asked = {"topic": "healthy", "email": "amina@example.org", "wants_answer": "on"}
    client.post(SENT, checked(client, **asked))
    fields = checked(client, message="And then three more.", **asked)

    with CaptureQueriesContext(connection) as captured:
        client.post(SENT, fields)

    statements = [query["sql"] for query in captured.captured_queries]
    begun = [i for i, sql in enumerate(statements) if sql.startswith("SAVEPOINT")]
    ended = [i for i, sql in enumerate(statements) if sql.startswith("RELEASE")]
    assert len(begun) == len(ended) == 1
    assert ended[0] - begun[0] - 1 <= 10
    assert len(statements) <= 14
    writes = ("INSERT", "UPDATE", "DELETE")
    outside = statements[: begun[0]] + statements[ended[0] :]
    assert all("throttle" in sql for sql in outside if sql.startswith(writes))


def test_postgresql_prepares_what_it_writes_with_every_message(client, partnership):
    asked = {"topic": "healthy", "email": "amina@example.org", "wants_answer": "on"}
    for number in range(7):
        text = f"And then {number} more."
        receipt = client.post(SENT, checked(client, message=text, **asked))
        assert receipt_of(*receipt_on(receipt)).submission.message == text

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            prepared = " ".join(statement for (statement,) in cursor.fetchall())
        written = (Submission, SubmissionWords, Contact, Receipt, Referral, ReferralStep)
        for model in (*written, OutboxMessage, MessageTally, Throttle):
            assert re.search(f'INTO "?{model._meta.db_table}"? ', prepared)


# --- A place in the message -----------------------------------------------------------------------


def offered_on(page):
    return re.findall(r'name="place" value="([^"]*)" formaction="/feedback/check/"', page.text)


def test_a_place_in_the_message_is_offered_and_taken_with_one_tap(client, partnership):
    make_place("Limehouse", partnership.ne.ward)
    typed = answers(message="The clinic in Limehouse shut.", topic="healthy", place="")

    page = client.post(CHECK, typed)
    assert "You mention Limehouse. Is it about there?" in page.text
    assert "No place given" in page.text
    assert hidden_fields(page, SENT).get("place") is None
    tapped = client.post(CHECK, hidden_fields(page, SENT) | {"place": "Limehouse"})

    assert offered_on(page) == ["Limehouse"]
    assert offered_on(tapped) == []
    assert "No place given" not in tapped.text
    assert hidden_fields(tapped, SENT)["place"] == "Limehouse"


def test_it_is_never_assumed(client, partnership):
    make_place("Limehouse", partnership.ne.ward)

    client.post(SENT, checked(client, message="In Limehouse.", topic="healthy", place=""))

    submission = Submission.objects.get()
    assert (submission.place, submission.locality) == ("", None)


def test_where_we_ask_what_is_nearest_it_is_offered_too(client, partnership):
    make_place("Limehouse", partnership.ne.ward)

    page = client.post(CHECK, answers(message="In Limehouse, or in Mile End.", place=""))
    tapped = client.post(CHECK, hidden_fields(page, SENT) | {"place": "Limehouse"})

    assert "Which part of the borough is nearest?" in page.text
    assert "You mention these places. Is it about one of them?" in page.text
    assert offered_on(page) == ["Limehouse", "Mile End"]
    assert "Which part of the borough is nearest?" not in tapped.text


def test_a_place_that_was_given_is_not_asked_about_again(client, partnership):
    page = client.post(CHECK, answers(message="I came from Mile End."))

    assert offered_on(page) == []
