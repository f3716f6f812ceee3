"""Whether anything is lost or doubled when processes are killed while messages come in.

    python -m benchmarks.reliability [--db sqlite|postgres] [--messages 3000] [--kills 20]

Residents send messages on loopback, several at once, and press again until they are shown a
receipt: every receipt is written in a ledger. Meanwhile a process of the web server, the mail
worker and PostgreSQL are killed in turn with SIGKILL, each so many times, and started again. At
the end the ledger is held against the database and against what a mail server of our own was given:

- every receipt shown is of a message that is there, once, with all that belongs to it;
- no message is there twice, also of those whose sender was never shown a receipt, and no sender
  had to give up;
- the mail to every body arrived, and a second time only where a cut may have come between the mail
  server's yes and our note of it: at most once for each kill, with the same Message-ID.

It also says how long the portal was silent after each kind of kill. The lease of mails that a
killed worker had in hand is not waited for: at the end it is made to run out. Exits with 1 when a
promise was broken.
"""

import argparse
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from http.client import HTTPException
from itertools import count, cycle, islice
from pathlib import Path

from benchmarks.killable import Portal, Postgres
from benchmarks.mail_server import MailServer
from benchmarks.measuring import Client, Form
from benchmarks.portal import FEEDBACK

PATIENCE = 60  # seconds for which a sender presses again, and a silence is waited for
REFERENCE = re.compile(r"F-[0-9]{4}-([0-9]{6,})")
# What they write about: with a body that answers alone, and with another that gets a copy.
ABOUT = (
    {},
    {"topic": "urgent-care"},
    {"topic": "joined-up-care", "place": ""},
    {"about": "child-or-young-person"},
)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--messages", type=int, default=3000)
    arguments.add_argument("--kills", type=int, default=20, help="of each kind (20)")
    arguments.add_argument("--senders", type=int, default=6, help="at once (6)")
    arguments.add_argument("--seconds", type=int, default=3600, help="when to give up (3600)")
    options = arguments.parse_args()

    mails = MailServer()
    with tempfile.TemporaryDirectory(prefix="portal-reliability-") as folder:
        server = Postgres() if options.db == "postgres" else None
        portal = Portal(Path(folder), mails.port, server)
        try:
            portal.prepare()
            os.environ |= portal.environment
            import django

            django.setup()
            portal.start()
            trial = Trial(portal, mails, options)
            trial.run()
            print(f"database: {options.db}")
            is_kept = trial.verdict()
        finally:
            portal.stop()
    sys.exit(0 if is_kept else 1)


class Trial:
    def __init__(self, portal, mails, options):
        self.portal, self.mails, self.options = portal, mails, options
        self.ledger, self.sent = {}, set()  # message number -> key of the submission
        self.refused = Counter()  # what else than a receipt was answered
        self.silences = defaultdict(list)  # seconds after each kill, by what was killed
        self.numbers, self.over = count(1), threading.Event()

    # --- Sending and killing ----------------------------------------------------------------------

    def run(self):
        """Send until there are enough receipts and everything was killed often enough."""
        started = time.monotonic()
        senders = [threading.Thread(target=self.keep_sending) for _ in range(self.options.senders)]
        for sender in senders:
            sender.start()
        try:
            for due, what in self.kills_due():
                self.wait_for_receipts(due)
                time.sleep(random.random() / 2)
                self.kill(what)
            self.wait_for_receipts(self.options.messages)
        finally:
            self.over.set()
            for sender in senders:
                sender.join()
        self.seconds = time.monotonic() - started
        print()

    def wait_for_receipts(self, number):
        deadline = time.monotonic() + self.options.seconds
        while len(self.ledger) < number:
            if time.monotonic() > deadline:
                raise SystemExit(f"\nNo {number} receipts within {self.options.seconds} seconds.")
            time.sleep(0.02)

    def kills_due(self):
        """After how many receipts each kill is due, and of what."""
        number = self.options.kills * len(self.portal.kinds)
        for n, what in enumerate(islice(cycle(self.portal.kinds), number), start=1):
            yield n * self.options.messages // (number + 1), what

    def kill(self, what):
        """Kill one, and wait until there is a receipt again, or a mail: after so many seconds."""
        signs = self.mails.taken if what == "mail" else self.ledger
        before, killed_at = len(signs), time.monotonic()
        if not self.portal.kill(what):
            return
        while len(signs) == before and time.monotonic() < killed_at + PATIENCE:
            time.sleep(0.01)
        self.silences[what].append(time.monotonic() - killed_at)
        number = sum(map(len, self.silences.values()))
        print(f"\r{len(self.ledger)} receipts, {number} kills", end="", flush=True)

    def keep_sending(self):
        client = Client(self.portal.port, 0)
        while not self.over.is_set():
            self.send(next(self.numbers), client)

    def send(self, number, client):
        """Fill in the form and press until there is a receipt, as a patient resident would."""
        fields = None
        client.cookies.clear()
        origin = {"X-Forwarded-For": f"203.{number // 62500}.{number // 250 % 250}.{number % 250}"}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if fields is None:
                    fields = self.fill_in(number, client)
                status, page = client.post("/feedback/sent/", fields, origin)
                found = REFERENCE.search(page)
                if status == 200 and found and "We have your message" in page:
                    self.ledger[number] = int(found[1])
                    return
                self.refused[status] += 1
            except (OSError, HTTPException) as error:
                client.hang_up()
                self.refused[type(error).__name__] += 1
            time.sleep(0.1)

    def fill_in(self, number, client):
        status, page = client.get("/feedback/")
        if status != 200:
            raise HTTPException
        token = Form(page, "/feedback/check/").fields
        self.sent.add(number)
        about = ABOUT[number % len(ABOUT)]
        return {**token, **FEEDBACK, **about, "message": f"Message {number}."}

    # --- The verdict ------------------------------------------------------------------------------

    def verdict(self):
        """Say what was kept and what was broken; whether nothing was."""
        waited = self.wait_for_mails()
        stored = stored_messages()
        keys = {key for found in stored.values() for key in found}
        mailed = self.mails_by_message()
        due = mails_due(keys)
        kills = {what: len(silences) for what, silences in self.silences.items()}
        cuts = kills.get("mail", 0) + kills.get("postgres", 0)
        extra = sum(len(mailed[each]) - 1 for each in due if len(mailed[each]) > 1)
        promises = {
            "acknowledged, and not there": [
                number for number, key in self.ledger.items() if stored.get(number) != [key]
            ],
            "there twice": [number for number, found in stored.items() if len(found) > 1],
            "there in part": sorted(keys - whole_messages()),
            "given up by their senders": sorted(self.sent - set(self.ledger)),
            "mailed to a body never": [each for each in due if not mailed[each]],
            "mailed thrice": [each for each in due if len(mailed[each]) > 2],
            "mailed twice with two Message-IDs": [
                each for each in due if len(set(mailed[each])) > 1
            ],
        }
        print(
            f"{len(self.sent)} messages sent, {len(self.ledger)} acknowledged, {len(keys)} stored: "
            f"{len(self.ledger) / self.seconds:.1f} a second; {len(due)} mails to bodies, the last "
            f"of {len(self.mails.taken)} {waited:.0f} s after the last message"
        )
        for what, silences in self.silences.items():
            silences.sort()
            print(
                f"{what} killed {len(silences)} times: silent for "
                f"{silences[len(silences) // 2]:.1f} s in the middle, {silences[-1]:.1f} s at most"
            )
        print(f"pressed again: {dict(self.refused)}", *self.portal.faults(), sep="\n  ")
        for what, found in promises.items():
            print(f"{what + ':':36}{len(found):5}  {found[:5] if found else ''}")
        print(f"{f'mailed twice (at most {cuts} cuts):':36}{extra:5}")
        is_kept = self.ledger and extra <= cuts and not any(promises.values())
        print("KEPT: nothing lost, nothing twice." if is_kept else "BROKEN")
        return bool(is_kept)

    def wait_for_mails(self, seconds=120):
        """Until all are sent, or none was for so many seconds; how long it took.

        What a killed worker had in hand is due again; the one at work is ended first, since a mail
        that it is just handing over must not be taken from it.
        """
        from django.utils import timezone

        from governance.models import OutboxMessage

        started = time.monotonic()
        queued = OutboxMessage.objects.filter(is_queued=True)
        self.portal.end_mail()
        queued.update(due_at=timezone.now(), lease="")
        self.portal.start_one("mail")
        left, deadline = queued.count(), time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(0.5)
            queued.filter(lease="").update(due_at=timezone.now())
            before, left = left, queued.count()
            if left < before:
                deadline = time.monotonic() + seconds
        return time.monotonic() - started

    def mails_by_message(self):
        """The Message-IDs of the mails that were taken, by message and address."""
        found = defaultdict(list)
        for to, message_id, subject in list(self.mails.taken):
            if reference := REFERENCE.search(subject):  # a daily mail has none
                found[int(reference[1]), to].append(message_id)
        return found


def our_messages():
    from engagement.models import Submission

    return Submission.objects.filter(message__startswith="Message ", is_demonstration=False)


def stored_messages():
    """The keys of what is stored, by the number of the message."""
    stored = defaultdict(list)
    for key, message in our_messages().values_list("pk", "message"):
        stored[int(message.split()[1].rstrip("."))].append(key)
    return stored


def whole_messages():
    """The keys of messages with all that belongs to them."""
    from engagement.models import Receipt, Referral, ReferralStep, SubmissionWords

    return set.intersection(
        *(
            set(model.objects.values_list(key, flat=True))
            for model, key in (
                (Receipt, "submission"),
                (SubmissionWords, "submission"),
                (Referral, "submission"),
                (ReferralStep, "referral__submission"),
            )
        )
    )


def mails_due(keys):
    """Whom the bodies of these messages are told at: pairs of a message and an address."""
    from engagement.models import Referral
    from governance.models import Body
    from governance.outbox import addresses_of

    addresses = {body.pk: addresses_of(body) for body in Body.objects.all()}
    before = Referral.objects.filter(submission__in=our_messages())
    return {
        (submission, address)
        for submission, body in before.values_list("submission", "body")
        for address in addresses[body]
        if submission in keys and not address.is_daily
    }


if __name__ == "__main__":
    main()
