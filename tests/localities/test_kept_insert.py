from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.models import Flag, Submission, SubmissionWords, Throttle
from governance.models import OutboxMessage
from localities.kept_insert import insert
from tests.factories import make_topic, today

pytestmark = pytest.mark.django_db


def a_mail(**fields):
    now = timezone.now()
    return OutboxMessage(
        **{"to": "a@example.org", "subject": "S", "text": "T", "due_at": now} | fields
    )


def a_submission(key, **fields):
    return Submission(
        topic=make_topic("urgent-care"),
        received_at=timezone.now(),
        received_on=today(),
        sending_key=key,
        **fields,
    )


def test_a_row_is_stored_as_the_orm_stores_it(django_assert_num_queries):
    mine, by_the_orm = a_mail(about="F-1"), a_mail(about="F-2")
    by_the_orm.save()
    with django_assert_num_queries(1):
        insert(mine)

    stored = OutboxMessage.objects.get(about="F-1")
    for field in OutboxMessage._meta.concrete_fields:
        if field.name not in {"id", "about", "created_at", "due_at"}:
            assert getattr(stored, field.name) == getattr(by_the_orm, field.name)
    assert abs(stored.created_at - by_the_orm.created_at) < timedelta(minutes=1)
    assert stored.due_at == mine.due_at


def test_it_knows_its_key_and_what_the_database_reckons():
    mail = a_mail()
    insert(mail)

    assert OutboxMessage.objects.get(pk=mail.pk) == mail
    assert mail.is_queued is True
    mail.status = "sent"
    mail.save()  # the row it is, and no second one
    assert OutboxMessage.objects.count() == 1


def test_several_rows_are_one_statement_in_their_order(django_assert_num_queries):
    mails = [a_mail(about=f"F-{n}") for n in range(5)]
    with django_assert_num_queries(1):
        insert(*mails)

    assert [OutboxMessage.objects.get(pk=mail.pk).about for mail in mails] == [
        mail.about for mail in mails
    ]


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert()


def test_json_nulls_and_words_are_stored_as_their_fields_do():
    flags = {Flag.URGENT.value: ["“a % s”"]}
    submission = a_submission("key", message="a lift", channel="phone", flags=flags)
    insert(submission)
    insert(SubmissionWords(submission=submission, words="The lift; is BROKEN"))

    stored = Submission.objects.get(pk=submission.pk)
    assert stored.flags == {Flag.URGENT.value: ["“a % s”"]}
    assert stored.channel == "phone"  # not what the column has of itself
    assert stored.ward is None and stored.is_held is False
    assert SubmissionWords.objects.matching("broken lifts").get().submission == submission


def test_what_the_database_refuses_is_refused_as_ever():
    insert(a_submission("once"))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(a_submission("once"))

    assert Submission.objects.count() == 1
    assert not Throttle.objects.exists()  # and the connection goes on
