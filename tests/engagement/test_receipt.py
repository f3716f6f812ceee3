"""A message later: who may open it, and what the resident can do with it."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement import receipts, throttle
from engagement.actions import erasures, merging, quoting, referrals, submissions
from engagement.models import (
    Addition,
    Contact,
    KeyedIn,
    Receipt,
    Referral,
    ReferralStep,
    Submission,
)
from engagement.sending import SIGNER, new_token, sending_key
from engagement.views import opening
from engagement.views.receipt import DOOR as RECEIPTS
from governance.models import OutboxMessage
from tests.engagement.test_feedback import SENT, checked
from tests.factories import (
    FROM_HERE,
    feedback_answers,
    lead_of,
    make_engagement_team_member,
    make_signpost,
    send_feedback,
    today,
)

pytestmark = pytest.mark.django_db

DOOR = "/feedback/receipt/"
WRONG = "We cannot open a message with this reference and code."
SECRET = "AAAA-BBBB-CCCC-DDDD"


@pytest.fixture
def sent(partnership):
    return send_feedback(
        message="Zebra crossing",
        name="Amina Quill",
        email="Amina@example.org",
        wants_answer=True,
    )


def open_door(client, reference, secret, **options):
    return client.post(DOOR, {"reference": reference, "secret": secret}, follow=True, **options)


def opened(client, sent):
    page = open_door(client, sent.submission.reference, sent.secret)
    assert "Zebra crossing" in page.content.decode()
    return client


def answer(sent, partnership, text="It is fixed."):
    officer = partnership.officers["ne-committee"]
    return referrals.answer(referral=lead_of(sent), by=officer, text=text)


# --- The door -------------------------------------------------------------------------------------


def test_whoever_comes_back_to_what_may_be_urgent_reads_whom_to_call(client, sent, partnership):
    make_signpost(title="A mental health crisis", phone="111")
    make_signpost(title="To complain", phone="020 7000 0000", group="complaint")
    sentence = "It sounds as if someone may need help now"
    assert sentence not in opened(client, sent).get(DOOR).text

    Submission.objects.filter(pk=sent.submission.pk).update(is_urgent=True)

    page = client.get(DOOR).text
    assert sentence in page and 'href="tel:111"' in page and "To complain" not in page
    answer(sent, partnership)
    assert sentence not in client.get(DOOR).text


@pytest.mark.parametrize("becomes", ["held", "merged"])
def test_what_may_be_urgent_says_whom_to_call_as_long_as_nobody_has_answered(client, sent, becomes):
    make_signpost(title="A mental health crisis", phone="111")
    urgent = Submission.objects.filter(pk=sent.submission.pk)
    urgent.update(is_urgent=True)
    if becomes == "held":
        lead_of(sent).delete()
        urgent.update(status="held")
    else:
        merging.merge(
            referral=lead_of(sent),
            into=send_feedback(message="The same once more").submission,
            by=make_engagement_team_member(),
        )

    assert 'href="tel:111"' in opened(client, sent).get(DOOR).text


def test_reference_and_code_open_the_message_and_are_in_no_address(client, sent):
    page = open_door(client, sent.submission.reference, sent.secret)

    assert page.redirect_chain == [(DOOR, 302)]
    assert "Zebra crossing" in page.content.decode()
    assert "It is with the North East Committee." in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"


def test_the_receipt_leads_to_what_the_body_is(client, partnership):
    page = opened(client, send_feedback(message="Zebra crossing")).get(DOOR).text

    assert '<a href="/bodies/ne-committee/">About the North East Committee</a>' in page


def test_what_a_resident_wrote_is_marked_with_its_language(client, partnership):
    sent = send_feedback(message="ডাক্তারের কাছে যেতে পারি না", may_publish=True)
    marked = sent.submission.message
    team = make_engagement_team_member()
    quoting.redact(submission=sent.submission, marked=marked, reason="", by=team)

    theirs = open_door(client, sent.submission.reference, sent.secret).text
    client.force_login(team)
    ours = client.get(f"/staff/feedback/{sent.submission.reference}/").text

    for page in (theirs, ours):
        assert len(re.findall(rf'lang="bn" dir="auto">(?:<p>)?{marked}', page)) == 2


def test_a_code_is_four_groups_of_eighty_bits_without_look_alikes():
    secret = receipts.new_secret()

    assert [len(group) for group in secret.split("-")] == [4, 4, 4, 4]
    assert len(set(receipts.ALPHABET)) == 32
    assert not set("ILOU") & set(receipts.ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        lambda secret: secret.lower(),
        lambda secret: secret.replace("-", ""),
        lambda secret: f"  {secret.replace('-', ' – ')}  ",
        lambda secret: secret.replace("0", "o").replace("1", "l"),
        lambda secret: secret.replace("0", "O").replace("1", "i"),
        lambda secret: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in secret),
    ],
)
def test_case_spaces_and_look_alikes_are_forgiven(partnership, typed):
    sent = send_feedback(token=token_with_zero_and_one())

    assert {"0", "1"} <= set(sent.secret)
    assert receipts.receipt_of(sent.submission.reference, typed(sent.secret))


def token_with_zero_and_one():
    """A token from which, with the usual answers, a code with a 0 and a 1 follows."""
    for number in range(10_000):
        token = SIGNER.sign(str(number))
        secret = receipts.derived_secret(sending_key(token, feedback_answers()))
        if {"0", "1"} <= set(secret):
            return token
    raise AssertionError


def test_the_reference_is_read_as_people_write_it(sent):
    number = sent.submission.pk
    year = today().year

    for typed in (
        f"f-{year}-{number:06d}",
        f"F {year} {number}",
        f" F–{year}–{number:06d} ".replace("0", "O"),
        f"{year}/{number}",
    ):
        assert receipts.receipt_of(typed, sent.secret), typed
    for typed in ("", "F", "F-0000-1", "F-2026-", "x" * 60, "F-2026-99999999999999"):
        assert receipts.receipt_of(typed, sent.secret) is None


def test_a_wrong_reference_and_a_wrong_code_cannot_be_told_apart(client, sent):
    wrong_code = open_door(client, sent.submission.reference, SECRET)
    wrong_reference = open_door(client, "F-2026-999999", sent.secret)

    assert WRONG in wrong_code.content.decode()
    assert wrong_code.status_code == wrong_reference.status_code == 200

    def said(page):
        text = page.content.decode()
        for changing in (sent.submission.reference, "F-2026-999999", SECRET, sent.secret):
            text = text.replace(changing, "")
        return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]

    assert said(wrong_code) == said(wrong_reference)


def test_a_wrong_reference_takes_the_same_steps(sent, monkeypatch, django_assert_num_queries):
    hashed = []
    real = receipts.secret_hash
    monkeypatch.setattr(receipts, "secret_hash", lambda *args: hashed.append(args) or real(*args))

    for reference in (sent.submission.reference, "F-2026-999999", "nonsense"):
        with django_assert_num_queries(1):
            receipts.receipt_of(reference, SECRET)

    assert len(hashed) == 3


def test_a_code_survives_a_change_of_the_servers_key(sent, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]

    assert receipts.receipt_of(sent.submission.reference, sent.secret)


def test_only_a_keyed_hash_of_the_code_is_kept(sent):
    kept = Receipt.objects.get().secret_hash

    assert kept == receipts.secret_hash(sent.secret)
    assert kept != receipts.secret_hash(sent.secret, "another key")
    assert not find_everywhere(sent.secret)


def test_guessing_is_limited_and_a_right_guess_is_free(client, sent):
    for _ in range(throttle.GUESSING.tries - 1):
        open_door(client, sent.submission.reference, SECRET)
    for _ in range(3):
        assert "Zebra" in open_door(client, sent.submission.reference, sent.secret).content.decode()
    open_door(client, sent.submission.reference, SECRET)

    refused = open_door(client, sent.submission.reference, sent.secret)

    assert refused.status_code == 429
    assert "Wait for a quarter of an hour" in refused.content.decode()
    assert sent.submission.reference in refused.content.decode()


def test_an_opened_message_closes_after_half_an_hour(client, sent, monkeypatch):
    opened(client, sent)
    later = timezone.now() + opening.OPEN_FOR + timedelta(seconds=1)
    monkeypatch.setattr(opening.timezone, "now", lambda: later)

    page = client.get(DOOR)

    assert "Zebra" not in page.content.decode()
    assert "has been closed" in page.content.decode()


def test_on_a_shared_computer_it_can_be_closed(client, sent):
    opened(client, sent).post(f"{DOOR}close/")

    assert "Zebra" not in client.get(DOOR).content.decode()


def test_without_a_message_open_nothing_can_be_done_and_the_text_is_kept(client, sent):
    for deed in ("add", "not-answered", "withdraw"):
        page = client.post(f"{DOOR}{deed}/", {"message": "Typed for long", "sure": "on"})
        assert "Typed for long" in page.content.decode()
        assert client.get(f"{DOOR}{deed}/").status_code == 302

    assert not Addition.objects.exists()
    assert sent.submission.referrals.get().is_open


# --- A lost code ----------------------------------------------------------------------------------


def test_a_new_code_goes_to_the_address_given_and_ends_the_old_one(client, sent):
    visitor = opened(Client(), sent)
    asked = {"reference": sent.submission.reference, "email": "amina@EXAMPLE.org"}

    page = client.post(f"{DOOR}new-code/", asked)

    mail = OutboxMessage.objects.get(subject__contains="new code")
    secret = next(line for line in mail.text.splitlines() if "new code:" in line).split()[-1]
    assert mail.to == "amina@example.org"
    assert secret not in page.content.decode()
    assert receipts.receipt_of(sent.submission.reference, secret)
    assert receipts.receipt_of(sent.submission.reference, sent.secret) is None
    assert "Zebra" not in visitor.get(DOOR).content.decode()


def test_asking_for_a_new_code_says_the_same_whatever_is_true(client, partnership):
    with_address = send_feedback(email="amina@example.org")
    without = send_feedback()
    OutboxMessage.objects.all().delete()

    def said(reference, email):
        page = client.post(f"{DOOR}new-code/", {"reference": reference, "email": email})
        lines = page.content.decode().splitlines()
        return [line for line in lines if "csrfmiddlewaretoken" not in line]

    first = said(with_address.submission.reference, "other@example.org")
    assert first == said(without.submission.reference, "amina@example.org")
    assert first == said("F-2026-999999", "amina@example.org")
    assert not OutboxMessage.objects.exists()
    for sent in (with_address, without):
        assert receipts.receipt_of(sent.submission.reference, sent.secret)


def test_who_asks_for_a_new_code_while_the_message_is_erased_reads_what_all_read(
    client, sent, monkeypatch
):
    renew = submissions.renew_secret

    def renew_too_late(*, submission):
        erased = Submission.objects.get(pk=submission.pk)
        erasures.erase(submission=erased, by=None, reason="Asked for by telephone.")
        renew(submission=submission)

    monkeypatch.setattr(submissions, "renew_secret", renew_too_late)
    before = Receipt.objects.get().secret_hash

    asked = {"reference": sent.submission.reference, "email": "amina@example.org"}
    page = client.post(f"{DOOR}new-code/", asked)

    assert "a new code is on its way" in page.text
    assert not OutboxMessage.objects.filter(to="amina@example.org").exists()
    assert Receipt.objects.get().secret_hash == before


def test_nobody_is_flooded_with_new_codes_and_who_asks_for_more_is_told(sent):
    right, email = sent.submission.reference, "Amina@Example.org "
    for computer in range(8):
        asked = {"reference": right if computer % 2 else right[2:], "email": email}
        wrong = {"reference": "F-2026-999999", "email": email}
        pages = [
            Client().post(f"{DOOR}new-code/", each, REMOTE_ADDR=f"192.0.2.{computer}")
            for each in (asked, wrong)
        ]

        is_sent = computer < throttle.MAILING.tries
        said = str(RECEIPTS.code_sent if is_sent else opening.TOO_MANY_CODES)
        assert [page.status_code for page in pages] == [200 if is_sent else 429] * 2
        assert all(said in page.text for page in pages)

    mails = OutboxMessage.objects.filter(subject__contains="new code").order_by("pk")
    assert len(mails) == throttle.MAILING.tries
    newest = mails.last().text.split("The new code: ")[1].split()[0]
    assert receipts.receipt_of(sent.submission.reference, newest)


def test_wrong_guesses_keep_nobody_from_a_new_code(client, sent):
    for reference in ["F-2026-999999"] * throttle.MAILING.tries:
        client.post(f"{DOOR}new-code/", {"reference": reference, "email": "amina@example.org"})

    asked = {"reference": sent.submission.reference, "email": "amina@example.org"}
    client.post(f"{DOOR}new-code/", asked)

    assert OutboxMessage.objects.filter(subject__contains="new code").count() == 1


def test_pressing_send_again_after_a_new_code_does_not_show_the_old_one(client, partnership):
    fields = checked(client, email="amina@example.org")
    client.post(SENT, fields)
    reference = Receipt.objects.get().submission.reference
    client.post(f"{DOOR}new-code/", {"reference": reference, "email": "amina@example.org"})

    page = client.post(SENT, fields).content.decode()

    assert "You have asked for a new code since." in page
    assert "Write both down" not in page


# --- What the resident can do ---------------------------------------------------------------------


def test_what_is_added_is_stored_once_and_the_body_is_told(client, sent, partnership):
    OutboxMessage.objects.all().delete()
    added = {"message": "And it rained.", "token": new_token()}

    for _ in range(2):
        opened(client, sent).post(f"{DOOR}add/", added)

    assert Addition.objects.get().message == "And it rained."
    mail = OutboxMessage.objects.get()
    assert mail.to == partnership.officers["ne-committee"].email
    assert "rained" not in mail.subject + mail.text
    assert "And it rained." in client.get(DOOR).content.decode()


def test_an_addition_without_words_or_token_is_not_lost(client, sent):
    opened(client, sent)

    empty = client.post(f"{DOOR}add/", {"message": " ", "token": new_token()})
    stale = client.post(f"{DOOR}add/", {"message": "Still here", "token": "stale"})

    assert "Enter what you want to add" in empty.content.decode()
    assert "Still here" in stale.content.decode()
    assert not Addition.objects.exists()


@pytest.mark.parametrize("form", ["add", "withdraw"])
def test_the_title_says_that_something_is_wrong(client, sent, form):
    opened(client, sent)

    page = client.post(f"/feedback/receipt/{form}/", {}).text

    assert "<title>Error: Your message" in page


def test_the_title_of_the_door_says_so_too(client, partnership):
    page = client.post("/feedback/receipt/new-code/", {}).text

    assert "<title>Error: See what came of your message" in page


def test_beside_the_answer_stand_who_gave_it_and_the_way_to_say_that_it_is_none(
    client, sent, partnership
):
    opened(client, sent)
    answer(sent, partnership)

    first = client.get(DOOR).text
    client.post(f"{DOOR}not-answered/", {"message": "", "token": new_token()})
    answer(sent, partnership, text="It is mended.")
    last = client.get(DOOR).text

    boxes = [page.split('id="answer"')[1].split("</section>")[0] for page in (first, last)]
    assert all(f">The North East Committee, {today():%-d %B %Y}<" in box for box in boxes)
    assert 'href="#not-answered"' in boxes[0] and 'id="not-answered"' in first
    assert 'href="#not-content"' in boxes[1] and 'id="not-content"' in last


def test_an_answer_that_does_not_answer_opens_it_again_once(client, sent, partnership):
    answer(sent, partnership)
    opened(client, sent)
    page = client.get(DOOR).content.decode()
    assert "It is fixed." in page
    assert "This does not answer it" in page
    assert "If you are not content with the answer" not in page

    words = {"message": "It is not fixed.", "token": new_token()}
    client.post(f"{DOOR}not-answered/", words)

    lead = lead_of(sent)
    assert (lead.status, lead.clock_started_on, lead.is_open) == ("acknowledged", today(), True)
    assert ReferralStep.objects.filter(kind="reopened").count() == 1
    assert Addition.objects.get().message == "It is not fixed."
    answer(sent, partnership, "Now it is.")
    page = client.get(DOOR).text
    assert "This does not answer it" not in page
    assert "If you are not content with the answer" in page
    assert 'href="/contact/#complaint"' in page
    again = client.post(f"{DOOR}not-answered/", {"message": "No!", "token": new_token()})
    assert again.status_code == 409
    assert "You have said this once before" in again.content.decode()
    assert lead_of(sent).status == "answered"


@pytest.mark.parametrize("message", ["It is not fixed.", ""])
def test_that_an_answer_does_not_answer_is_said_once_where_it_is_pressed_twice(
    client, sent, partnership, message
):
    answer(sent, partnership)
    opened(client, sent)
    words = {"message": message, "token": new_token()}

    pressed = [client.post(f"{DOOR}not-answered/", words) for _ in range(2)]

    assert [page.status_code for page in pressed] == [302, 302]
    assert ReferralStep.objects.filter(kind="reopened").count() == 1
    assert Addition.objects.count() == bool(message)
    assert OutboxMessage.objects.filter(subject__contains="did not answer it").count() == 1


@pytest.mark.parametrize(
    ("acknowledge_in", "answer_in", "is_late"), [(0, 0, False), (-1, 20, True), (-9, -1, True)]
)
def test_who_waits_longer_than_was_promised_is_told_what_happens(
    client, sent, acknowledge_in, answer_in, is_late
):
    lead = lead_of(sent)
    lead.acknowledge_by = today() + timedelta(days=acknowledge_in)
    lead.answer_by = today() + timedelta(days=answer_in)
    lead.save()

    page = opened(client, sent).get(DOOR).text

    assert ("They are late. We remind them" in page) == is_late


def test_nothing_is_not_answered_before_there_is_an_answer(client, sent):
    opened(client, sent)

    page = client.post(f"{DOOR}not-answered/", {"message": "Well?", "token": new_token()})

    assert page.status_code == 409
    assert lead_of(sent).status == "referred"


def test_withdrawing_leaves_no_trace_of_words_or_person(client, sent, partnership):
    answer(sent, partnership, "Dear Mrs Quill, the zebra is gone.")
    opened(client, sent)
    client.post(f"{DOOR}add/", {"message": "Zebra again", "token": new_token()})

    unsure = client.post(f"{DOOR}withdraw/", {})
    assert "Tick the box" in unsure.content.decode()
    client.post(f"{DOOR}withdraw/", {"sure": "on"})

    for word in ("zebra", "quill", "amina", "E34AB", "E3 4AB"):
        assert find_everywhere(word, but_not={"localities_postcode"}) == [], word
    assert not Contact.objects.exists()
    sent.submission.refresh_from_db()
    assert sent.submission.status == "withdrawn"
    assert sent.submission.locality == partnership.ne.locality
    assert lead_of(sent).status == "closed"
    page = client.get(DOOR).content.decode()
    assert "You withdrew this message." in page
    assert "The postcode that was given is in" in page
    mail = OutboxMessage.objects.get(subject__contains="withdrawn")
    assert mail.to == partnership.officers["ne-committee"].email


def test_what_is_withdrawn_stays_so(client, sent):
    opened(client, sent).post(f"{DOOR}withdraw/", {"sure": "on"})

    for deed in ("add", "not-answered", "withdraw"):
        page = client.post(
            f"{DOOR}{deed}/", {"message": "More", "token": new_token(), "sure": "on"}
        )
        assert page.status_code == 409
    assert not Addition.objects.exists()


def test_withdrawing_one_message_leaves_the_mails_of_another(client, sent):
    other = send_feedback(email="amina@example.org", wants_answer=True)

    opened(client, sent).post(f"{DOOR}withdraw/", {"sure": "on"})

    left = OutboxMessage.objects.filter(to="amina@example.org")
    assert [mail.subject for mail in left] == [
        f"{other.submission.reference}: we have your message"
    ]


def test_without_its_proof_what_was_added_comes_back(sent):
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    token = client.get(DOOR).cookies["csrftoken"].value
    door = {
        "reference": sent.submission.reference,
        "secret": sent.secret,
        "csrfmiddlewaretoken": token,
    }
    client.post(DOOR, door)

    page = client.post(f"{DOOR}add/", {"message": "Typed for long"})

    assert page.status_code == 403
    assert "Typed for long" in page.content.decode()
    assert "Zebra crossing" in page.content.decode()


def without_proof(sent):
    """A browser in which the message is open, and whose forms come without their proof from now."""
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    door = {"reference": sent.submission.reference, "secret": sent.secret}
    token = client.get(DOOR).cookies["csrftoken"].value
    client.post(DOOR, door | {"csrfmiddlewaretoken": token})
    del client.cookies["csrftoken"]
    return client


def box(page, name):
    """What stands in a box of the page to type in."""
    return re.search(rf'(?s)<textarea[^>]* id="{name}"[^>]*>(.*?)</textarea>', page.text)[1].strip()


def test_without_its_proof_what_is_missing_comes_back_where_it_was_typed(sent):
    referral = sent.submission.referrals.get(role="lead")
    referrals.answer(referral=referral, by=make_engagement_team_member(), text="So it is.")
    client = without_proof(sent)

    page = client.post(f"{DOOR}not-answered/", {"message": "Typed for long"})

    assert page.status_code == 403
    assert box(page, "not_answered_message") == "Typed for long"
    assert box(page, "id_message") == ""


def test_without_its_proof_an_answer_comes_back_where_it_was_typed(sent):
    referral = sent.submission.referrals.get(role="lead")
    referrals.ask(referral=referral, by=make_engagement_team_member(), text="Which one?")
    client = without_proof(sent)
    question = referral.steps.last().pk

    page = client.post(f"{DOOR}reply/", {"message": "Typed for long", "question": question})

    assert page.status_code == 403
    assert box(page, "reply_message") == "Typed for long"
    assert f'name="question" value="{question}"' in page.text


def test_what_another_site_says_is_put_into_no_box_of_an_open_receipt(sent):
    client = without_proof(sent)

    for deed in ("add/", "reply/", "not-answered/"):
        words = {"message": "Said elsewhere"}
        page = client.post(f"{DOOR}{deed}", words, headers={"origin": "https://elsewhere.example"})
        assert page.status_code == 403
        assert "Zebra crossing" not in page.text and "See what came of your message" in page.text


def test_an_answer_to_an_older_question_is_to_be_copied_below_the_new_one(sent):
    referral, team = sent.submission.referrals.get(role="lead"), make_engagement_team_member()
    referrals.ask(referral=referral, by=team, text="Which one?")
    client = without_proof(sent)
    older = referral.steps.last().pk
    submissions.reply(submission=sent.submission, message="The one in Bow", question=older)
    referral.refresh_from_db()
    referrals.ask(referral=referral, by=team, text="And when was that?")
    newer = referral.steps.last().pk

    page = client.post(f"{DOOR}reply/", {"message": "Typed for long", "question": older})

    assert "And when was that?" in page.text
    assert box(page, "reply_message") == "" and f'name="question" value="{newer}"' in page.text
    assert "Typed for long" in page.text


@pytest.mark.parametrize("deed", ["add/", "reply/", "not-answered/"])
def test_without_its_proof_what_nothing_takes_any_more_can_be_copied(sent, deed):
    client = without_proof(sent)
    submissions.withdraw(submission=sent.submission)

    page = client.post(f"{DOOR}{deed}", {"message": "Typed for long", "question": "1"})

    assert page.status_code == 403
    assert box(page, "kept") == "Typed for long"


def test_what_is_said_to_be_missing_too_late_can_be_copied(client, sent):
    typed = {"message": "Typed for long", "token": new_token()}

    page = opened(client, sent).post(f"{DOOR}not-answered/", typed)

    assert page.status_code == 409
    assert box(page, "kept") == "Typed for long"


def test_without_its_proof_who_asks_for_a_new_code_types_nothing_twice(sent):
    typed = {"reference": sent.submission.reference, "email": "amina@example.org"}

    page = Client(enforce_csrf_checks=True).post(f"{DOOR}new-code/", typed)

    assert page.status_code == 403
    assert 'value="amina@example.org"' in page.text
    assert f'value="{sent.submission.reference}"' in page.text


@pytest.mark.parametrize("number", [0, 30])
def test_the_receipt_costs_the_same_however_much_happened(
    client, sent, number, django_assert_max_num_queries
):
    for each in range(number):
        Addition.objects.create(
            submission=sent.submission,
            message=f"More {each}",
            added_at=timezone.now(),
            sending_key=str(each),
        )
    opened(client, sent)

    with django_assert_max_num_queries(9):
        client.get(DOOR)


def find_everywhere(word, but_not=()):
    """The tables and columns in which a word is to be found."""
    places = []
    for model in apps.get_models():
        if model._meta.db_table in but_not:
            continue
        for field in model._meta.local_fields:
            if field.get_internal_type() in {
                "CharField",
                "TextField",
                "EmailField",
                "JSONField",
                "SlugField",
            }:
                values = model._base_manager.values_list(field.name, flat=True)
                if any(word.lower() in str(value).lower() for value in values):
                    places.append(f"{model._meta.db_table}.{field.column}")
    return places


# --- Guessing -------------------------------------------------------------------------------------


def answered(client, address, posted):
    """What a guess is answered with, but for the proof of the form, and what it asks for."""
    with CaptureQueriesContext(connection) as captured:
        page = client.post(address, posted)
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.text)
    for value in posted.values():
        text = text.replace(f'value="{value}"', "")
    headers = {name: value for name, value in page.headers.items() if name != "Content-Length"}
    kinds = [query["sql"].split()[0] for query in captured]
    return page.status_code, text, headers, kinds


@pytest.fixture
def every_state(sent, partnership, monkeypatch):
    """A reference of a message in every state, and of none; as many may be tried as one likes."""
    monkeypatch.setattr(throttle, "GUESSING", replace(throttle.GUESSING, tries=100))
    withdrawn, erased, held, merged = (
        send_feedback(message=f"Zebra {number}").submission for number in range(4)
    )
    submissions.withdraw(submission=withdrawn)
    team = make_engagement_team_member()
    erasures.erase(submission=erased, by=team, reason="Asked for.")
    Submission.objects.filter(pk=held.pk).update(status="held")
    merging.merge(
        referral=Referral.objects.leading().get(submission=merged),
        into=sent.submission,
        by=team,
        text="",
        seen=None,
    )
    there = [sent.submission, withdrawn, erased, held, merged]
    year = today().year
    none = [f"F-{year}-999999", f"F-{year - 1}-{sent.submission.pk:06d}", "F-1", "nothing"]
    return [*(each.reference for each in there), *none]


def test_a_wrong_code_says_nothing_of_what_there_is(client, every_state):
    answered(client, DOOR, {"reference": "x", "secret": SECRET})  # the first of a window cleans up

    answers = [
        answered(client, DOOR, {"reference": reference, "secret": SECRET})
        for reference in every_state
    ]

    assert WRONG in answers[0][1]
    assert all(answer == answers[0] for answer in answers)


def test_asking_for_a_new_code_says_nothing_of_what_there_is(client, every_state):
    """Nor does it take other steps where it is right; a withdrawn message has no address left."""
    address, mails = "/feedback/receipt/new-code/", OutboxMessage.objects.count()
    posted = {"reference": "x", "email": "a@example.org"}
    answered(client, address, posted)

    wrong = [
        answered(client, address, posted | {"reference": reference}) for reference in every_state
    ]
    assert OutboxMessage.objects.count() == mails
    right = answered(client, address, {"reference": every_state[0], "email": "amina@example.org"})

    assert OutboxMessage.objects.count() == mails + 1
    assert str(RECEIPTS.code_sent) in right[1]
    assert right[:3] == wrong[0][:3]
    assert all(answer == wrong[0] for answer in wrong)
    ends = {"SAVEPOINT", "RELEASE", "ROLLBACK"}
    assert [kind for kind in right[3] if kind not in ends] == [
        kind for kind in wrong[0][3] if kind not in ends
    ]


# --- How it came ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        ("phone", "You told us by telephone on 2 November 2026."),
        ("paper", "It came on paper on 2 November 2026."),
        ("outreach", "You told our outreach team on 2 November 2026. They wrote it down for you."),
        ("interpreter", "You told us through an interpreter on 2 November 2026."),
    ],
)
def test_the_receipt_of_what_staff_wrote_down_says_how_it_came(client, sent, channel, sentence):
    Submission.objects.filter(pk=sent.submission.pk).update(channel=channel, language="bn")
    KeyedIn.objects.create(
        submission=sent.submission,
        came_on=date(2026, 11, 2),
        format_needs="Large print",
        by=make_engagement_team_member(),
    )

    page = open_door(client, sent.submission.reference, sent.secret).text

    assert sentence in page and "Your language is Bengali." in page and "Large print" in page


def test_what_came_online_says_nothing_of_it(client, sent):
    assert "wrote it down" not in open_door(client, sent.submission.reference, sent.secret).text
