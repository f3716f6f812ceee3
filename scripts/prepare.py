"""Bring a checkout to where the portal or its tests can run.

Standard library only. Each step keeps a note of what it was done from, and is left out for as long
as that is unchanged.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

from scripts.node import find_node
from scripts.processes import started

PROJECT = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or PROJECT / "var").resolve()
LOG = VAR_DIR / "log" / "prepare.log"
BUILD = PROJECT / "build"
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = PROJECT / "node_modules"


def prepare(for_tests=False):
    """Install what the portal, or its tests, need, and build the style sheet."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    with one_at_a_time():
        make_environment()
        install("requirements.txt")
        if for_tests:
            install("requirements-test.txt")
            node_folder()  # the browser's driver runs on it
        install_node_packages(for_tests)
        build_assets()


@contextlib.contextmanager
def one_at_a_time():
    BUILD.mkdir(exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  waiting for another ./run or ./test to finish preparing", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Python ---------------------------------------------------------------------------------------


def make_environment():
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0:
        return
    if not importlib.util.find_spec("ensurepip"):
        sys.exit("Python's venv is not complete on this machine: apt-get install python3-venv.")
    step("Python environment", [sys.executable, "-m", "venv", "--clear", VENV])


def install(name):
    """Install the packages that a lock names, and check them against its hashes."""
    note = VENV / f"{name}.installed"
    made_from = fingerprint(PROJECT / name)
    if read(note) != made_from:
        command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps"]
        step(f"packages of {name}", [*command, "--requirement", PROJECT / name])
        note.write_text(made_from)


# --- Node -----------------------------------------------------------------------------------------


def install_node_packages(for_tests):
    note = NODE_MODULES / ".installed"
    made_from = fingerprint(PROJECT / "package.json", PROJECT / "package-lock.json")
    enough = [f"{made_from} for tests"] if for_tests else [made_from, f"{made_from} for tests"]
    if read(note) not in enough:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional"]
        if not for_tests:
            command.append("--omit=dev")
        if not os.access(Path.home(), os.W_OK):
            command += ["--cache", BUILD / "npm-cache"]
        step("packages of package-lock.json", command, env=environment_with_node())
        note.write_text(enough[0])


def build_assets():
    note = BUILD / ".assets"
    script = PROJECT / "scripts" / "build_assets.mjs"
    styles = sorted((PROJECT / "static" / "scss").rglob("*.scss"))
    made_from = fingerprint(PROJECT / "package-lock.json", script, *styles)
    if read(note) != made_from or not (BUILD / "static").exists():
        step("style sheet", ["node", script], env=environment_with_node())
        note.write_text(made_from)


def environment_with_node():
    return {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}


def node_folder():
    """Where a recent enough Node is, once there is one."""
    if not find_node():
        install("requirements-node.txt")
    folder = find_node()
    if not folder:
        sys.exit("There is no Node for this machine: install Node 20.9 or newer, with npm.")
    return folder


# --- Steps ----------------------------------------------------------------------------------------


def step(what, command, **options):
    """Run a command, say what it is and how long it took; its output goes to the log.

    With `stdout=PIPE`, give what it wrote there.
    """
    print(f"  {what}", end="", flush=True)
    begun = time.monotonic()
    with LOG.open("ab") as log:
        options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **options}
        with started(command, cwd=PROJECT, text=True, **options) as process:
            output, _ = process.communicate()
    if process.returncode:
        print(flush=True)
        sys.exit(f"{last_lines(LOG)}\nThat did not work: {what}. All of its output is in {LOG}.")
    print(f" ({time.monotonic() - begun:.0f} s)", flush=True)
    return output


def last_lines(path, count=15):
    return "\n".join(path.read_text(errors="replace").splitlines()[-count:])


def fingerprint(*paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read(path):
    return path.read_text() if path.exists() else ""
