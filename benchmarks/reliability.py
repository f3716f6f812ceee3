"""Whether anything is lost or doubled when processes are killed while messages come in.

    python -m benchmarks.reliability [--db sqlite|postgres] [--messages 1000] [--seconds 240]

Residents send messages on loopback, several at once, and press again until they are shown a
receipt: every receipt is written in a ledger. Meanwhile, whenever some more receipts were shown, a
process of the web server, the mail worker or PostgreSQL is killed with SIGKILL, and started again.
At the end the ledger is held against the database and against what a mail server of our own was
given:

- every receipt shown is of a message that is there, once, with all that belongs to it;
- no message is there twice, also of those whose sender was never shown a receipt;
- the mail to every body arrived, and a second time only where a cut may have come between the mail
  server's yes and our note of it: at most once for each kill, with the same Message-ID.

The lease of mails that a killed worker had in hand is not waited for: at the end it is made to run
out. Exits with 1 when a promise was broken.
"""

import argparse
import contextlib
import email
import os
import random
import re
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from http.client import HTTPException
from itertools import count, cycle
from pathlib import Path

from benchmarks.measuring import PROJECT, Client, Form, free_port, wait_for
from benchmarks.portal import FEEDBACK, manage
from scripts.processes import end_with_parent
from tests.plugins import postgres

SENDERS = 6
PATIENCE = 60  # seconds for which a sender presses again
BETWEEN = 12  # receipts between two kills
MAILBOX = "demo-ne-health-and-wellbeing-committee-officer@example.org"
REFERENCE = re.compile(r"F-[0-9]{4}-([0-9]{6,})")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    arguments.add_argument("--messages", type=int, default=1000)
    arguments.add_argument("--seconds", type=int, default=240, help="when to stop sending")
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory(prefix="portal-reliability-") as folder:
        trial = Trial(Path(folder), options)
        try:
            trial.prepare()
            trial.run()
            broken = trial.verdict()
        finally:
            trial.stop()
    sys.exit(1 if broken else 0)


class Trial:
    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        self.ledger, self.sent = {}, set()  # message number -> key of the submission
        self.kills = Counter()
        self.numbers, self.over = count(1), threading.Event()
        self.lock = threading.Lock()
        self.mails = MailServer()
        self.port = free_port()
        self.postgres = Postgres(folder) if options.db == "postgres" else None
        self.processes = {}

    # --- Processes --------------------------------------------------------------------------------

    def prepare(self):
        url = f"sqlite:///{self.folder}/portal.sqlite3"
        if self.postgres:
            self.postgres.make()
            self.postgres.start()
            url = self.postgres.url
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "tht_portal.settings",
            "PORTAL_MODE": "development",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": url,
            "TRUSTED_PROXIES": "1",
            "DEMO_PASSWORD": "a password for measuring",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mails.port),
            "EMAIL_USE_TLS": "0",
        }
        os.environ.update(self.environment)
        for command in ("migrate", "load_localities", "load_structure", "load_routing"):
            manage(self.environment, command)
        manage(self.environment, "load_demo", "--force")
        manage(self.environment, "collectstatic", "--no-input")
        self.start("web")
        self.start("mail")
        wait_for(self.port, self.processes["web"])

    def start(self, name):
        command = [sys.executable, "manage.py", "deliver_mail", "--idle", "0.2"]
        if name == "web":
            command = [sys.executable, "-m", "gunicorn", "tht_portal.wsgi", "--workers", "2"]
            command += ["--threads", "4", "--bind", f"127.0.0.1:{self.port}"]
            command += ["--no-control-socket", "--timeout", "60"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=PROJECT, stdout=log, stderr=log, preexec_fn=end_with_parent
            )

    def kill_one(self, what):
        if what == "web":
            # The first process starts another worker in the place of the one that died.
            workers = children_of(self.processes["web"].pid)
            if not workers:
                return
            kill(random.choice(workers))
        elif what == "mail":
            kill(self.processes["mail"].pid)
            self.processes["mail"].wait()
            self.start("mail")
        else:
            self.postgres.kill()
            self.postgres.start()
        self.kills[what] += 1

    def stop(self):
        self.over.set()
        for process in self.processes.values():
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()
        if self.postgres:
            self.postgres.kill()
        self.mails.shutdown()

    # --- Senders ----------------------------------------------------------------------------------

    def run(self):
        deadline = time.monotonic() + self.options.seconds
        senders = [threading.Thread(target=self.keep_sending) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        kinds = cycle(["web", "mail", "postgres"] if self.postgres else ["web", "mail"])
        shown = 0
        while time.monotonic() < deadline and any(each.is_alive() for each in senders):
            time.sleep(0.05)
            if len(self.ledger) >= shown + BETWEEN:
                shown = len(self.ledger)
                time.sleep(random.random() / 2)
                self.kill_one(next(kinds))
                print(f"\r{shown} receipts, {sum(self.kills.values())} kills", end="", flush=True)
        self.over.set()
        for sender in senders:
            sender.join()
        print()

    def keep_sending(self):
        while not self.over.is_set():
            with self.lock:
                number = next(self.numbers)
            if number > self.options.messages:
                return
            self.send(number)

    def send(self, number):
        """Fill in the form and press until there is a receipt, as a patient resident would."""
        client, fields = Client(self.port, 0), None
        origin = {"X-Forwarded-For": f"203.{number // 62500}.{number // 250 % 250}.{number % 250}"}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if fields is None:
                    status, page = client.get("/feedback/")
                    if status != 200:
                        raise HTTPException
                    token = Form(page, "/feedback/check/").fields
                    fields = {**token, **FEEDBACK, "message": f"Message {number}."}
                    self.sent.add(number)
                status, page = client.post("/feedback/sent/", fields, origin)
            except (OSError, HTTPException):
                client._connection = None
                time.sleep(0.1)
                continue
            found = REFERENCE.search(page)
            if status == 200 and found and "We have your message" in page:
                self.ledger[number] = int(found[1])
                return
            time.sleep(0.1)

    # --- The verdict ------------------------------------------------------------------------------

    def verdict(self):
        import django

        django.setup()
        self.wait_for_mails()
        from engagement.models import Receipt, Referral, ReferralStep, Submission, SubmissionWords

        stored = defaultdict(list)
        ours = Submission.objects.filter(message__startswith="Message ", is_demonstration=False)
        for key, message in ours.values_list("pk", "message"):
            stored[int(message.split()[1].rstrip("."))].append(key)
        whole = set(ours.values_list("pk", flat=True))
        for model, key in (
            (Receipt, "submission"),
            (SubmissionWords, "submission"),
            (Referral, "submission"),
            (ReferralStep, "referral__submission"),
        ):
            whole &= set(model.objects.values_list(key, flat=True))
        keys = {key for found in stored.values() for key in found}
        mailed = self.mails.to_bodies(MAILBOX)
        cuts = self.kills["mail"] + self.kills["postgres"]
        extra = sum(len(given) - 1 for given in mailed.values() if len(given) > 1)
        promises = [
            (
                "acknowledged, and not there",
                [n for n, key in self.ledger.items() if stored.get(n) != [key]],
            ),
            ("there twice", [n for n, found in stored.items() if len(found) > 1]),
            ("there in part", sorted(keys - whole)),
            ("mailed to its body never", sorted(keys - set(mailed))),
            ("mailed thrice", [key for key, given in mailed.items() if len(given) > 2]),
            (
                "mailed twice with two Message-IDs",
                [key for key, given in mailed.items() if len(set(given)) > 1],
            ),
        ]
        print(f"database: {self.options.db}; killed: {dict(self.kills)}")
        print(
            f"{len(self.sent)} messages sent, {len(self.ledger)} acknowledged, {len(keys)} stored, "
            f"{len(self.sent) - len(self.ledger)} senders gave up"
        )
        for what, found in promises:
            print(f"{what + ':':36}{len(found):5}  {found[:5] if found else ''}")
        print(f"{'mailed twice (at most ' + str(cuts) + ' cuts):':36}{extra:5}")
        broken = any(found for _, found in promises) or extra > cuts or not self.ledger
        print("BROKEN" if broken else "KEPT: nothing lost, nothing twice.")
        return broken

    def wait_for_mails(self, seconds=120):
        """Until all are sent, or none was for so many seconds.

        What a killed worker had in hand is due again; the one at work is ended first, since a mail
        that it is just handing over must not be taken from it.
        """
        from django.utils import timezone

        from governance.models import OutboxMessage

        queued = OutboxMessage.objects.filter(is_queued=True)
        self.processes["mail"].terminate()
        self.processes["mail"].wait()
        queued.update(due_at=timezone.now(), lease="")
        self.start("mail")
        left, deadline = queued.count(), time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(2)
            queued.filter(lease="").update(due_at=timezone.now())
            before, left = left, queued.count()
            if left < before:
                deadline = time.monotonic() + seconds


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def children_of(pid):
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in children.split()]


class Postgres:
    """A server that waits for the disk, as a real one does, and can be killed and started again."""

    def __init__(self, folder):
        # A socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
        self.process = None
        self.url = f"postgresql://portal@/postgres?host={self.folder}"

    def make(self):
        account = postgres.account_for(self.folder)
        self.programs = postgres.reachable(postgres.find_programs(), self.folder, account)
        self.log = (self.folder / "log").open("wb")
        self.options = {"stdout": self.log, "stderr": self.log, **account}
        self.options["env"] = postgres.environment(self.folder)
        initdb = [self.programs / "initdb", "-D", self.folder / "data", "-U", "portal"]
        initdb += ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        subprocess.run(initdb, check=True, **self.options)

    def start(self):
        command = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder]
        deadline = time.monotonic() + 60
        while True:
            self.process = subprocess.Popen(
                [*command, "-h", ""], preexec_fn=end_with_parent, **self.options
            )
            try:
                return postgres.wait_until_ready(self.process, self.folder)
            except postgres.NoPostgres:
                # What is left of the one before still holds its memory.
                self.process.kill()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def kill(self):
        """The server and every process of it, at once."""
        for child in children_of(self.process.pid):
            kill(child)
        self.process.kill()
        self.process.wait()


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail, and notes what came to whom."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port = self.server_address[1]
        self.taken = []  # (address, Message-ID, subject)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def to_bodies(self, address):
        """The Message-IDs of the mails to one address, by the submission that they are about."""
        found = defaultdict(list)
        for to, message_id, subject in list(self.taken):
            reference = REFERENCE.search(subject)  # a daily mail has none
            if to == address and reference:
                found[int(reference[1])].append(message_id)
        return found


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(ConnectionError):  # the worker was killed
            self.talk()

    def talk(self):
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self.say("354 go on")
                self.take()
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 localhost" if verb in {b"EHLO", b"HELO"} else "250 well")

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        if line:  # A mail that was cut off was not taken.
            mail = email.message_from_bytes(b"".join(lines))
            self.server.taken.append((mail["To"], mail["Message-ID"], mail["Subject"]))

    def say(self, words):
        with contextlib.suppress(OSError):
            self.wfile.write(f"{words}\r\n".encode())


if __name__ == "__main__":
    main()
