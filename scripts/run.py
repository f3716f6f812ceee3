"""./run: prepare, fill, then serve the portal, send mail, watch clocks and tell residents."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from scripts.prepare import LOG, PROJECT, PYTHON, VAR_DIR, last_lines, prepare, step
from scripts.processes import end_like_ctrl_c, started

SECONDS_TO_START = 60


class Died(Exception):
    """One of the portal's processes ended without being asked to."""


def main():
    end_like_ctrl_c(signal.SIGTERM, signal.SIGHUP)
    port = wanted_port()
    try:
        print(f"Preparing the portal; details are in {LOG}", flush=True)
        prepare()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tht_portal.settings",
            "PORTAL_MODE": "development",
            "PORTAL_URL": os.environ.get("PORTAL_URL") or f"http://localhost:{port}",
            "PYTHONUNBUFFERED": "1",
            "VAR_DIR": str(VAR_DIR),
        }
        fill = [PYTHON, "-m", "scripts.fill"]
        sign_ins = step("database", fill, env=environment, stdout=subprocess.PIPE)
        environment.pop("DEMO_PASSWORD", None)
    except KeyboardInterrupt:
        sys.exit("\nStopped before the portal was ready. The next ./run takes it from there.")
    try:
        serve(port, environment, sign_ins)
    except KeyboardInterrupt:
        print("\nThe portal has stopped.", flush=True)
    except Died as sentence:
        sys.exit(f"{sentence}")


def wanted_port():
    """The port to listen on, once it is known to be free."""
    text = os.environ.get("PORT") or "8000"
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT must be a number from 1 to 65535, not “{text}”.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            sys.exit(f"You may not listen on port {text}. Choose another: PORT=8001 ./run")
        except OSError:
            sys.exit(f"Port {text} is in use. Choose another: PORT={int(text) % 65535 + 1} ./run")
    return int(text)


class Part(NamedTuple):
    """A process that the portal consists of."""

    name: str
    log: Path
    process: subprocess.Popen

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            raise Died(
                f"{last_lines(self.log)}\nThe {self.name} has ended (exit code {code}), so the "
                f"portal has stopped. All of its output is in {self.log}."
            )


def serve(port, environment, sign_ins):
    """Run all parts until one of them ends or we are told to stop; then end what is left."""
    web = ["gunicorn", "tht_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    web += ["--threads", "4", "--graceful-timeout", "5", "--no-control-socket"]
    mail = ["django", "deliver_mail"]
    clocks = ["django", "climb_overdue", "--every", "60"]
    telling = ["django", "tell_residents", "--every", "1"]
    with (
        running("web server", "web.log", web, environment) as web_server,
        running("mail worker", "mail.log", mail, environment) as mail_worker,
        running("clock worker", "clocks.log", clocks, environment) as clock_worker,
        running("telling worker", "telling.log", telling, environment) as telling_worker,
    ):
        parts = [web_server, mail_worker, clock_worker, telling_worker]
        wait_until_ready(port, parts)
        print(f"\nThe portal is ready: http://localhost:{port}/\n\n{sign_ins}\nCtrl-C stops it.")
        sys.stdout.flush()
        while True:
            for part in parts:
                part.check_alive()
            time.sleep(0.25)


@contextlib.contextmanager
def running(name, log_name, module, environment):
    path = LOG.with_name(log_name)
    with path.open("wb") as log:
        options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        command = [PYTHON, "-m", *module]
        with started(command, cwd=PROJECT, env=environment, **options) as process:
            yield Part(name, path, process)


def wait_until_ready(port, parts):
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers(port):
        for part in parts:
            part.check_alive()
        if time.monotonic() > deadline:
            raise Died(f"The portal gave no answer within a minute; see {LOG.parent}.")
        time.sleep(0.1)


def answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
