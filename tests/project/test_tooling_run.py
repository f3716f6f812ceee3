"""./run starts the portal, and everything it started ends with it."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.node import is_recent_enough
from tests.project.test_tooling import is_running

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def first_start(tmp_path_factory):
    """A portal that was started in an empty folder, asked for a page, and told to end."""
    var_dir, port = tmp_path_factory.mktemp("var"), free_port()
    with started(port, var_dir) as (portal, said, processes):
        with urllib.request.urlopen(f"http://localhost:{port}/healthz/") as answer:
            status = answer.status
        portal.send_signal(signal.SIGTERM)
        ended_with = portal.wait(timeout=30)
        left = [process for process in processes if is_running(process)]
    return SimpleNamespace(
        var_dir=var_dir,
        port=port,
        said=said,
        status=status,
        processes=processes,
        ended_with=ended_with,
        left=left,
    )


@pytest.fixture(scope="module")
def second_start(first_start):
    """The same portal, started again and then killed: what it said, and what was left of it."""
    with started(free_port(), first_start.var_dir) as (portal, said, processes):
        portal.kill()

        deadline = time.monotonic() + 20
        while any(is_running(process) for process in processes) and time.monotonic() < deadline:
            time.sleep(0.1)
        left = [process for process in processes if is_running(process)]
    return SimpleNamespace(said=said, left=left)


@pytest.fixture
def var_dir(first_start):
    return first_start.var_dir


@pytest.fixture
def port():
    return free_port()


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port, var_dir, command=(PROJECT / "run",)):
    own = {"PORT": str(port), "VAR_DIR": str(var_dir), "DATABASE_URL": ""}
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def started(port, var_dir, *command):
    """The portal once it is ready, what it said until then, and its processes."""
    portal = start(port, var_dir, *command)
    try:
        said = "".join(iter(portal.stdout.readline, "Ctrl-C stops it.\n"))
        assert portal.poll() is None, said + portal.stderr.read()
        children = Path(f"/proc/{portal.pid}/task/{portal.pid}/children").read_text().split()
        yield portal, said, [int(child) for child in children]
    finally:
        portal.terminate()
        portal.communicate(timeout=30)


def test_the_portal_starts_and_ends_as_a_whole(first_start):
    assert f"http://localhost:{first_start.port}/" in first_start.said
    assert first_start.status == 200
    assert len(first_start.processes) == 4

    assert first_start.ended_with == 0
    assert first_start.left == []


def test_a_second_start_names_the_password_of_the_first(first_start, second_start):
    assert password_in(second_start.said) == password_in(first_start.said)
    assert stat.S_IMODE((first_start.var_dir / "demo-password").stat().st_mode) == 0o600


def password_in(said):
    return re.search(r"Their password: (.*)", said)[1]


# As ./run does where all is installed and filled, which another start has seen to.
SERVE = """
from scripts import run
run.prepare, run.step = lambda: None, lambda *_, **options: ""
run.main()
"""


@pytest.mark.parametrize("which", [0, 3])  # the web server, and the last of the workers
def test_when_one_part_dies_the_others_end_too(port, var_dir, which):
    with started(port, var_dir, (sys.executable, "-c", SERVE)) as (portal, _, processes):
        os.kill(processes[which], signal.SIGKILL)

        _, complaint = portal.communicate(timeout=30)

        assert portal.returncode == 1
        assert "has ended (exit code -9), so the portal has stopped." in complaint
        assert not any(is_running(process) for process in processes)


def test_nothing_is_left_when_the_portal_itself_is_killed(second_start):
    assert second_start.left == []


def test_a_port_in_use_is_named(port, tmp_path):
    with closing(socket.create_server(("127.0.0.1", port))):
        portal = start(port, tmp_path)

        _, complaint = portal.communicate(timeout=30)

    assert portal.returncode == 1
    assert complaint.startswith(f"Port {port} is in use.")


@pytest.mark.parametrize("text", ["eight", "0", "65536", "-1", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(text, tmp_path):
    portal = start(text, tmp_path)

    _, complaint = portal.communicate(timeout=30)

    assert portal.returncode == 1
    assert complaint == f"PORT must be a number from 1 to 65535, not “{text}”.\n"


@pytest.mark.parametrize(
    ("version", "enough"),
    [("v18.20.4", False), ("v20.8.1", False), ("v20.9.0", True), ("v24.1.0", True)],
)
def test_node_is_recent_enough_from_20_9(version, enough, tmp_path):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)

    assert is_recent_enough(tmp_path) is enough


def test_node_without_npm_is_not_enough(tmp_path):
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.1.0\n")
    (tmp_path / "node").chmod(0o755)

    assert not is_recent_enough(tmp_path)
