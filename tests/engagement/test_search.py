"""Messages found by the words in them, whoever may see them, and no longer once taken back."""

import pytest
from django.db import connection

from engagement.actions import submissions
from engagement.models import Referral, SubmissionWords
from governance.full_text import WordsQuerySet
from tests.factories import make_partnership, make_submission, send_feedback

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partnership():
    return make_partnership()


def found(words):
    return {referral.submission for referral in Referral.objects.matching(words)}


def test_a_message_is_found_by_all_its_words_in_any_form():
    lift = make_submission(message="The lifts were broken (again), Dr O’Neil said.")
    bus = make_submission(message="The bus is late and the lift is fine.")

    assert found("LIFT") == {lift, bus}
    assert found("lift breaking broken") == set()
    assert found("broken lift") == {lift}
    assert found("o'neil") == {lift}
    assert found("escalator") == set()


@pytest.mark.parametrize("message", ["ডাক্তার দেখাতে তিন সপ্তাহ", "Dhakhtarka waan sugayay"])
def test_a_message_in_another_language_is_found(message):
    sent = make_submission(message=message)

    assert found(message.split()[0]) == {sent}


@pytest.mark.parametrize("words", ["", " ", "\"'", "(AND", "*", "-", "NOT x", "\x00", "😀", "!"])
def test_signs_mean_nothing_and_break_nothing(words):
    make_submission(message="A plain message.")

    assert found(words) == set()


def test_a_message_is_found_by_its_reference():
    first, second = make_submission(), make_submission()

    assert found(f" {second.reference.lower()} ") == {second}
    assert found("F-1999-000001") == set()
    assert first not in found(second.reference)


@pytest.mark.parametrize("are_many", [True, False])
def test_a_number_alone_finds_its_message_and_those_with_it_in_their_words(monkeypatch, are_many):
    monkeypatch.setattr(WordsQuerySet, "are_many", are_many)
    first = make_submission()
    says_it = make_submission(message=f"The bus number {first.pk} is late.")

    assert found(str(first.pk)) == {first, says_it}
    assert found(f" {first.pk:06} ") == {first}
    assert found(f"{first.pk:07}") == set()
    assert found(f"{first.pk} bus") == {says_it}


def test_what_was_added_finds_it_too():
    sent = make_submission(message="The lift is broken.")

    submissions.add(submission=sent, message="It smells of paint.", key="1")

    assert found("paint lift") == {sent}


def test_what_was_taken_back_is_in_no_index():
    """Read as whoever has the file would: in the rows of the index itself."""
    sent = send_feedback(message="Zebracrossing unfit").submission
    make_submission(message="Another message")

    submissions.withdraw(submission=sent)

    assert found("zebracrossing") == set()
    assert not SubmissionWords.objects.filter(submission=sent).exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT block FROM {SubmissionWords._meta.db_table}_data")
            assert not any(b"ebracross" in bytes(block) for (block,) in cursor.fetchall())


def test_words_are_looked_up_in_their_index():
    for _ in range(50):
        make_submission(message="The bus is late.")
    make_submission(message="The lift is broken.")
    if connection.vendor == "postgresql":  # which reads so small a table as it is
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE engagement_referral, engagement_submissionwords")
            cursor.execute("SET LOCAL enable_seqscan = off")

    plan = Referral.objects.matching("lift").explain()

    index = "submissionwords_gin" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX"
    assert index in plan
