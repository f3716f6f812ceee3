"""The portal as it runs for real: a database of its own, gunicorn, sockets."""

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

from scripts.processes import started
from tests.plugins import migrated

PROJECT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 60


def environment(var_dir, database_url, **more):
    """The tests' settings on another database; more variables, or None to leave one out."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "VAR_DIR": str(var_dir),
        "DATABASE_URL": database_url,
        **more,
    }
    whole = {**os.environ, **own}
    return {name: value for name, value in whole.items() if value is not None}


def manage(*arguments, env):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)


@contextlib.contextmanager
def scratch_database():
    """The address of a migrated database of the kind the suite runs on, which goes afterwards."""
    name = f"scratch_{secrets.token_hex(6)}"
    try:
        yield migrated.make_migrated(name)
    finally:
        migrated.remove(name)


@contextlib.contextmanager
def served(env, log):
    """The port of the portal on gunicorn; what it says goes to the file `log`."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tht_portal.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--threads", "2", "--graceful-timeout", "2"]
    with log.open("wb") as output:
        options = {"cwd": PROJECT, "env": env, "stdout": output, "stderr": output}
        with started(command, **options) as process:
            deadline = time.monotonic() + SECONDS_TO_START
            while not is_listening(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield port


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def get(port, path, **headers):
    """The status, the headers and the text of an answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def say(port, request):
    """Send these bytes and nothing more; give all that comes back."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))
