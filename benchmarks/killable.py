"""The portal as it runs for real, in processes that can be killed and come back."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fresh_portal import FACTS, PASSWORD, manage
from benchmarks.measuring import PROJECT, free_port, wait_for
from scripts.processes import end_with_parent
from tests.plugins import postgres


class Portal:
    """A web server of two processes, a mail worker and, if it is given one, PostgreSQL."""

    def __init__(self, folder, mail_port, server=None):
        self.folder, self.server = folder, server
        self.port = free_port()
        self.processes = {}
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "tht_portal.settings",
            "PORTAL_MODE": "development",
            "VAR_DIR": str(folder),
            "DATABASE_URL": server.url if server else f"sqlite:///{folder}/portal.sqlite3",
            "TRUSTED_PROXIES": "1",
            "DEMO_PASSWORD": PASSWORD,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
            "EMAIL_USE_TLS": "0",
        }
        self.kinds = ("web", "mail", "postgres") if server else ("web", "mail")

    def prepare(self):
        for command in ("migrate", *FACTS):
            manage(command, **self.environment)
        manage("load_demo", "--force", **self.environment)
        manage("collectstatic", "--no-input", **self.environment)

    def start(self):
        self.start_one("web")
        self.start_one("mail")
        wait_for(self.port, self.processes["web"])

    def start_one(self, name):
        command = [sys.executable, "manage.py", "deliver_mail", "--idle", "0.2"]
        if name == "web":
            command = [sys.executable, "-m", "gunicorn", "tht_portal.wsgi", "--workers", "2"]
            command += ["--threads", "4", "--bind", f"127.0.0.1:{self.port}"]
            command += ["--no-control-socket", "--timeout", "60"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
            )

    def kill(self, what):
        """Kill one with SIGKILL, and start it again; whether there was one."""
        if what == "postgres":
            self.server.kill()
            self.server.start()
        elif what == "mail":
            kill(self.processes["mail"].pid)
            self.processes["mail"].wait()
            self.start_one("mail")
        else:
            # The first process starts another worker in the place of the one that died.
            workers = children_of(self.processes["web"].pid)
            if not workers:
                return False
            kill(random.choice(workers))
        return True

    def end_mail(self):
        """End the mail worker once it has handed over what it is just sending."""
        self.processes["mail"].terminate()
        self.processes["mail"].wait()

    def faults(self):
        """What the web server has logged of pages that failed, but for a database that is away."""
        lines = (self.folder / "web.log").read_text().splitlines()
        return [line for line in lines if "Internal Server Error" in line]

    def stop(self):
        for process in self.processes.values():
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()
            process.wait()
        if self.server:
            self.server.remove()


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

    def __init__(self):
        # A socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
        self.url = f"postgresql://portal@/postgres?host={self.folder}"
        self.process = None
        account = postgres.account_for(self.folder)
        self.programs = postgres.reachable(postgres.find_programs(), self.folder, account)
        self.log = (self.folder / "log").open("wb")
        self.options = {"stdout": self.log, "stderr": self.log, **account}
        self.options["env"] = postgres.environment(self.folder)
        initdb = [self.programs / "initdb", "-D", self.folder / "data", "-U", "portal"]
        initdb += ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        subprocess.run(initdb, check=True, **self.options)
        self.start()

    def start(self):
        command = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder]
        # After a crash it waits once for the whole disk, not for each of a thousand files.
        command += ["-h", "", "-c", "recovery_init_sync_method=syncfs"]
        deadline = time.monotonic() + 60
        while True:
            self.process = subprocess.Popen(command, preexec_fn=end_with_parent, **self.options)
            try:
                return postgres.wait_until_ready(self.process, self.folder)
            except postgres.NoPostgres:
                # What is left of the one before still holds its memory.
                self.process.kill()
                self.process.wait()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def remove(self):
        self.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self):
        """The server and every process of it, at once."""
        for child in children_of(self.process.pid):
            kill(child)
        self.process.kill()
        self.process.wait()
