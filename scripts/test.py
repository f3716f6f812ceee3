"""./test: prepare, then run the whole suite on SQLite and on PostgreSQL."""

import os
import signal
import subprocess
import sys

from scripts.prepare import BUILD, LOG, PROJECT, PYTHON, prepare
from scripts.processes import end_like_ctrl_c, end_with_parent

NO_TEST_CHOSEN = 5  # pytest's exit code


def main():
    end_like_ctrl_c(signal.SIGTERM, signal.SIGHUP)
    arguments = sys.argv[1:]
    print(f"Preparing the tests; details are in {LOG}", flush=True)
    try:
        prepare(for_tests=True)
        if any(argument.startswith("--db") for argument in arguments):
            sys.exit(pytest(arguments))
        heading("SQLite")
        if code := pytest(["--db=sqlite", *arguments]):
            sys.exit(code)
        if os.environ.get("ALLOW_NO_POSTGRES") == "1" and (reason := why_no_postgres()):
            sys.exit(print(f"\nPostgreSQL was left out (ALLOW_NO_POSTGRES=1): {reason}"))
        heading("PostgreSQL (the tests that use a database)")
        code = pytest(["--db=postgres", "--only-database-tests", *arguments])
        sys.exit(0 if code == NO_TEST_CHOSEN else code)
    except KeyboardInterrupt:
        sys.exit("\nThe tests were stopped.")


def heading(database):
    print(f"\n{'-' * 100}\nThe suite on {database}\n{'-' * 100}", flush=True)


def pytest(arguments):
    """pytest on both cores; its exit code."""
    command = [PYTHON, "-m", "pytest", "-n", "2", *arguments]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=keeping_bytecode(), preexec_fn=end_with_parent
    )
    # The terminal sends Ctrl-C to pytest too, which has databases to drop before it ends.
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: process.send_signal(signal.SIGINT))
    return process.wait()


def keeping_bytecode():
    """The environment; where it says to write no bytecode beside the sources, with another place.

    Without any, each process compiles all that it imports, and both workers rewrite every test.
    """
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(BUILD / "bytecode"))
    return environment


def why_no_postgres():
    """Why no PostgreSQL server starts on this machine; empty if one does."""
    trial = subprocess.run(
        [PYTHON, "-m", "tests.plugins.postgres"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return trial.stderr.strip() if trial.returncode else ""


if __name__ == "__main__":
    main()
