"""The outbox: nothing lost, nothing sent twice, whatever ends in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from governance import outbox
from governance.actions.staff_settings import settle
from governance.models import DigestLine, OutboxMessage, Seat, StaffSettings, User
from tests.factories import (
    make_body,
    make_governance_administrator,
    make_member,
    make_officer,
    make_person,
    today,
)

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parent.parent.parent
QUEUED, SENT, DEAD = OutboxMessage.Status.values


class Down(EmailBackend):
    """A mail server that refuses everybody."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(111, "Connection refused")


class DiesAfterwards(EmailBackend):
    """A worker that ends between the server's yes and our note of it."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


def enqueue(*addresses, subject="E-2026-000042 has been raised", happened="Raised", by=None):
    return outbox.enqueue(
        to=addresses or ["secretary@example.org"],
        subject=subject,
        template="governance/emails/escalation.txt",
        context={"happened": happened, "address": "/escalations/E-2026-000042/"},
        by=by,
    )


def make_due(pk):
    """As if the lease or the pause were over."""
    OutboxMessage.objects.filter(pk=pk).update(due_at=timezone.now())


# --- Writing --------------------------------------------------------------------------------------


def test_a_mail_of_a_deed_that_failed_is_never_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue()
        1 / 0  # noqa: B018

    assert outbox.deliver_due() == 0
    assert mail.outbox == []


def test_an_address_gets_one_mail_however_it_is_written():
    messages = enqueue("Chair@Example.org", " chair@example.org ", "", "deputy@example.org")

    assert [message.to for message in messages] == ["chair@example.org", "deputy@example.org"]


def test_a_subject_cannot_smuggle_in_a_header():
    enqueue(subject="E-2026-000042\r\nBcc: everyone@example.org\nhas been raised")

    outbox.deliver_due()

    assert mail.outbox[0].subject == "E-2026-000042 Bcc: everyone@example.org has been raised"
    assert "\nBcc:" not in mail.outbox[0].message().as_string()


def test_a_subject_that_is_too_long_is_cut():
    enqueue(subject="x" * 300)

    assert len(OutboxMessage.objects.get().subject) == 200


def test_a_text_stays_as_it_is_written():
    enqueue(happened="Accepted by Estates & IT <Infrastructure>")

    assert "Accepted by Estates & IT <Infrastructure>" in OutboxMessage.objects.get().text


def test_mail_for_a_body_goes_to_its_mailbox_and_its_officers_of_the_day_but_for_the_actor():
    body = make_body(mailbox="Body@example.org")
    chair, actor = make_officer(body), make_officer(body)
    make_member(body)
    make_officer(body, end_date=today() - timedelta(days=1))
    left = make_officer(body)
    left.is_active = False
    left.save()

    assert set(outbox.addresses_of(body)) == {"body@example.org", chair.email, actor.email}
    mails = enqueue(*outbox.addresses_of(body), by=actor)
    assert [mail.to for mail in mails] == ["body@example.org", chair.email]


def test_a_mailbox_at_the_own_address_of_an_officer_is_theirs():
    body = make_body(mailbox="chair@example.org")
    chair, secretary = make_officer(body), make_member(body, Seat.Role.SECRETARY)
    User.objects.filter(pk=chair.pk).update(email="Chair@Example.org")

    assert [mail.to for mail in enqueue(*outbox.addresses_of(body), by=chair)] == [secretary.email]

    settle(by=chair, mail=StaffSettings.Mail.DAILY, absent_until=None)
    assert [mail.to for mail in enqueue(*outbox.addresses_of(body), by=secretary)] == []
    assert DigestLine.objects.get().person == chair


def test_mail_for_administrators_goes_to_those_who_may_sign_in_but_for_the_actor():
    one, actor, left = (make_governance_administrator() for _ in range(3))
    left.is_active = False
    left.save()

    assert outbox.administrators() == [one.email, actor.email]
    assert [mail.to for mail in enqueue(*outbox.administrators(), by=actor)] == [one.email]


def test_a_body_can_receive_with_an_officer_or_a_mailbox_and_while_it_is_open():
    yesterday = today() - timedelta(days=1)
    with_officer, with_mailbox, with_member = (
        make_body(),
        make_body(mailbox="body@example.org"),
        make_body(),
    )
    make_officer(with_officer)
    make_member(with_member)

    assert outbox.can_receive(with_officer)
    assert outbox.can_receive(with_mailbox)
    assert not outbox.can_receive(with_member)
    assert outbox.can_receive(make_body(mailbox="b@example.org", end_date=today()))
    assert not outbox.can_receive(make_body(mailbox="b@example.org", end_date=yesterday))


# --- Sending --------------------------------------------------------------------------------------


def test_a_mail_is_sent_once_and_its_text_is_gone_afterwards():
    (message,) = enqueue("chair@example.org")

    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0

    (sent,) = mail.outbox
    assert sent.to == ["chair@example.org"]
    assert "/escalations/E-2026-000042/" in sent.body
    message.refresh_from_db()
    assert (message.status, message.text, message.lease, message.is_queued) == (SENT, "", "", False)
    assert message.sent_at


def test_a_mail_has_a_date_and_an_identity_of_its_own(settings):
    settings.PORTAL_URL = "https://portal.example.org:8443"
    (message,) = enqueue()

    outbox.deliver_due()

    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == f"<outbox-{message.pk}@portal.example.org>"
    assert headers["Date"].endswith("+0000")
    assert headers["Auto-Submitted"] == "auto-generated"


def test_a_mail_that_was_not_taken_waits_longer_each_time_and_is_given_up_at_the_eighth(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    (message,) = enqueue()
    waits = []

    for _ in range(8):
        make_due(message.pk)
        assert outbox.deliver_due() == 1
        message.refresh_from_db()
        waits.append(message.due_at - timezone.now())

    assert (message.status, message.attempts, message.is_queued) == (DEAD, 8, False)
    assert message.error == "ConnectionRefusedError: [Errno 111] Connection refused"
    assert message.text
    for wait, pause in zip(waits, outbox.PAUSES, strict=False):
        assert pause * 0.7 < wait < pause * 1.3
    assert sum(outbox.PAUSES, timedelta()) > timedelta(days=1)
    make_due(message.pk)
    assert outbox.deliver_due() == 0


def test_a_mail_that_was_given_up_can_be_tried_again(settings):
    (message,) = enqueue()
    OutboxMessage.objects.filter(pk=message.pk).update(status=DEAD, attempts=8)

    assert outbox.try_again(OutboxMessage.objects.all()) == 1
    outbox.deliver_due()

    message.refresh_from_db()
    assert (message.status, message.attempts) == (SENT, 1)


def test_a_mail_that_fails_holds_up_no_other(monkeypatch):
    enqueue("not an address\nat all", "chair@example.org")

    assert outbox.deliver_due() == 2

    assert [sent.to for sent in mail.outbox] == [["chair@example.org"]]


def test_what_has_waited_longest_goes_first():
    newer, older = enqueue("newer@example.org", "older@example.org")
    OutboxMessage.objects.filter(pk=older.pk).update(due_at=timezone.now() - timedelta(hours=1))

    assert outbox.claim(1)[1] == [older]
    assert outbox.claim(1)[1] == [newer]


def test_a_mail_taken_in_hand_is_nobody_elses_until_the_lease_is_over():
    (message,) = enqueue()

    _, (mine,) = outbox.claim(10)

    assert mine == message
    assert outbox.claim(10)[1] == []
    make_due(message.pk)
    assert outbox.claim(10)[1] == [message]


def test_the_lease_is_longer_than_the_mail_server_may_take(settings):
    assert outbox.LEASE > timedelta(seconds=10 * settings.EMAIL_TIMEOUT)


def test_a_worker_that_died_before_sending_is_made_up_for():
    (message,) = enqueue()
    outbox.claim(10)  # and then it died

    make_due(message.pk)
    outbox.deliver_due()

    assert len(mail.outbox) == 1


def test_a_worker_that_died_after_the_servers_yes_leads_to_a_second_copy_of_the_same_identity(
    settings,
):
    (message,) = enqueue()
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterwards"
    with pytest.raises(SystemExit):
        outbox.deliver_due()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_due(message.pk)
    outbox.deliver_due()

    first, second = (sent.message() for sent in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_worker_that_lost_its_lease_sends_nothing():
    (message,) = enqueue()
    token, (mine,) = outbox.claim(10)
    make_due(message.pk)
    outbox.claim(10)

    outbox.deliver(token, mine)

    assert mail.outbox == []


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_not_sent():
    enqueue(*(f"person-{n}@example.org" for n in range(5)))
    answers = iter([False, False, True])

    assert outbox.deliver_due(should_stop=lambda: next(answers)) == 2

    assert len(mail.outbox) == 2
    assert len(outbox.claim(10)[1]) == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once():
    enqueue(*(f"person-{n}@example.org" for n in range(40)))
    start = threading.Barrier(2)
    failures = []

    def work():
        try:
            start.wait()
            while outbox.deliver_due(batch=3):
                pass
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(
        f"person-{n}@example.org" for n in range(40)
    )


def test_looking_for_due_mail_reads_only_the_index_of_what_is_queued():
    person = make_person()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(to=person.email, subject="S", status=SENT, due_at=timezone.now())
        for _ in range(500)
    )
    enqueue()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE governance_outboxmessage")
    due = OutboxMessage.objects.filter(is_queued=True, due_at__lte=timezone.now())

    plan = due.order_by("due_at", "pk")[:10].explain()

    assert "outbox_due" in plan


# --- The command ----------------------------------------------------------------------------------


def test_the_worker_sends_all_that_is_due_and_ends_when_asked_for_once():
    enqueue(*(f"person-{n}@example.org" for n in range(25)))

    call_command("deliver_mail", "--once")

    assert len(mail.outbox) == 25


def test_the_worker_waits_for_a_database_that_is_away(monkeypatch, caplog):
    from governance.management.commands.deliver_mail import Command

    command = Command()
    command.stopping = threading.Event()
    answers = iter([OperationalError("away"), OperationalError("away"), 1, 0])
    pauses = []

    def deliver_due(**_):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(pause):
        pauses.append(pause)
        if len(pauses) == 3:
            command.stopping.set()

    monkeypatch.setattr(outbox, "deliver_due", deliver_due)
    monkeypatch.setattr("governance.management.commands.deliver_mail.close_old_connections", int)
    monkeypatch.setattr("governance.management.commands.deliver_mail.connection.close", int)
    monkeypatch.setattr(command.stopping, "wait", wait)

    command.keep_sending(idle=2)

    assert pauses == [4, 8, 2]
    assert "The database cannot be reached (OperationalError)" in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_runs_until_told_to_stop_and_ends_cleanly(tmp_path, how):
    enqueue("first@example.org")
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "deliver_mail", "--idle", "0.1"],
        cwd=PROJECT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tht_portal.settings",
            "DATABASE_URL": address_of_test_database(),
            "VAR_DIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until(lambda: OutboxMessage.objects.filter(status=SENT).count() == 1)
        enqueue("second@example.org")
        wait_until(lambda: OutboxMessage.objects.filter(status=SENT).count() == 2)
        worker.send_signal(how)
        output, _ = worker.communicate(timeout=20)
    finally:
        worker.kill()

    assert (worker.returncode, output) == (0, "")
    texts = [path.read_text() for path in (tmp_path / "mail").iterdir()]
    assert sorted(text.count("To: ") for text in texts) in ([2], [1, 1])


def address_of_test_database():
    """The address of the run's database, with the name that the test's has."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def wait_until(is_so):
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
