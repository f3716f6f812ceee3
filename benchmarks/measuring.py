"""Serve a site on gunicorn, ask it things, and read what CPU that cost its processes."""

import contextlib
import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from math import ceil
from pathlib import Path
from urllib.parse import urlencode

from scripts.processes import end_with_parent

PROJECT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 5
WARMING = 30  # requests before anything is measured


@contextlib.contextmanager
def served(application, run_dir):
    """A WSGI application on one gunicorn worker; gives its client."""
    port = free_port()
    log = (run_dir / f"{application.split('.')[0]}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
        + ["--workers", "1", "--worker-class", "gthread", "--threads", "1", "--keep-alive", "60"]
        + ["--preload", "--control-socket", str(run_dir / f"{port}.ctl")],
        cwd=PROJECT,
        stdout=log,
        stderr=log,
        preexec_fn=end_with_parent,
    )
    try:
        wait_for(port, process)
        yield Client(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=300)  # on a busy machine it takes its time
        log.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit("The server did not start; its log is in the run's folder.")


@dataclass
class Client:
    """One keep-alive connection to a site, which keeps cookies as a browser does."""

    port: int
    pid: int
    cookies: dict = field(default_factory=dict)
    headers: http.client.HTTPMessage | None = None  # of the last answer
    _connection: http.client.HTTPConnection | None = None

    def get(self, path, etag=None):
        return self._ask("GET", path, None, {"If-None-Match": etag} if etag else None)

    def etag_of(self, path):
        self.get(path)
        return self.headers["ETag"]

    def post(self, path, fields, headers=None):
        token = {"X-CSRFToken": self.cookies["csrftoken"]} if "csrftoken" in self.cookies else {}
        return self._ask("POST", path, urlencode(fields), {**token, **(headers or {})})

    def hang_up(self):
        """Forget the connection, as after an answer that was cut off; the next one is new."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _ask(self, method, path, body, headers=None):
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"localhost:{self.port}", "Accept-Encoding": "gzip", **(headers or {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        self.headers = response.headers
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        text = content.decode()
        for header in response.headers.get_all("Set-Cookie") or ():
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return response.status, text


def cpu_of(pids):
    """CPU seconds used so far by processes and all their descendants, those included that ended."""
    parents, of_ended = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            pid = int(stat.parent.name)
            parents[pid] = int(fields[1])
            of_ended[pid] = sum(map(int, fields[13:15])) / TICKS
    family = set(pids)
    grown = True
    while grown:
        grown = {pid for pid, parent in parents.items() if parent in family} - family
        family |= grown
    return sum(cpu_of_one(pid) + of_ended.get(pid, 0) for pid in family)


def cpu_of_one(pid):
    """That of a process alone, to the nanosecond, where `stat` counts hundredths of a second."""
    used = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            used += int(thread.read_text().split()[0])
    return used / 1e9


def cpu_per_request(client, ask, requests, others=()):
    """CPU milliseconds per request of the server, and of `others` such as a database server."""
    return cheapest([asking(client, ask, others)], requests)[0]


def cheapest(tries, requests):
    """What each costs, in milliseconds a request, in the cheapest of its rounds.

    What else a machine does only ever adds to a cost, so the least is nearest. It is also faster or
    slower for minutes: of what is compared each has a round before the next one begins.
    """
    rounds = [
        [cost_of(asked) for cost_of in tries]
        for asked in batched(range(requests), ceil(requests / ROUNDS))
    ]
    return [min(of_one) for of_one in zip(*rounds, strict=True)]


def asking(client, ask, others=()):
    """What asking a site costs its server and `others`, for `cheapest`; it is warm already."""
    pids = [client.pid, *others]
    for n in range(WARMING):
        expect_success(ask(n))

    def cost_of(asked):
        before = cpu_of(pids)
        for n in asked:
            expect_success(ask(n))
        return (cpu_of(pids) - before) * 1000 / len(asked)

    return cost_of


def batched(numbers, size):
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def expect_success(answer):
    status, text = answer
    if status >= 400:
        title = re.search(r"<title>(.*?)</title>", text, re.S)
        raise SystemExit(f"The site answered {status}: {title[1].strip() if title else text[:200]}")


class Form(HTMLParser):
    """The hidden fields and buttons of the form that posts to `action`."""

    def __init__(self, html, action):
        super().__init__()
        self.fields, self._action, self._inside = {}, action, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._inside = attributes.get("action") == self._action
        elif self._inside and tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
