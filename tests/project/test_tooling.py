"""The tests' own tools do what the tests trust them to do."""

import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.urls.base import _prefixes, _urlconfs
from django.utils import timezone
from django.utils.translation import trans_real

from tests.plugins.browser import note_faults, visitors
from tests.plugins.midnight import pytest_collection
from tests.plugins.together import TOGETHER, unit_of

PROJECT = Path(__file__).resolve().parent.parent.parent

PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Tower Hamlets Together</title></head>
<body><main><h1>Tower Hamlets Together</h1>{}</main></body></html>"""


def run(*command):
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)


# --- The code ------------------------------------------------------------------------------------


def test_the_linter_has_nothing_to_say():
    result = run(sys.executable, "-m", "ruff", "check", "--no-cache", ".")

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_file_is_formatted():
    result = run(sys.executable, "-m", "ruff", "format", "--no-cache", "--diff", ".")

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif(not shutil.which("git"), reason="needs git, which knows what is committed")
def test_no_committed_file_names_this_machine_or_a_package_registry():
    # In pieces, so that this file does not name them.
    names = ["registry." + "npmjs", "files.python" + "hosted", "py" + "pi.org/simple"]
    names += [f"{PROJECT}/", f"{Path.home()}/"]
    options = [option for name in names for option in ("-e", name)]

    result = run("git", "grep", "--untracked", "--line-number", "--fixed-strings", *options)

    assert result.stdout == ""
    assert result.returncode == 1, result.stderr


def test_the_readme_tells_of_each_command_once():
    readme = (PROJECT / "README.md").read_text()
    table = readme[readme.index("### Commands") : readme.index("## Decisions")]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`(\w+)", row)]

    files = PROJECT.glob("*/management/commands/[a-z]*.py")

    assert sorted(told) == sorted({path.stem for path in files} | {"compilemessages"})


# --- The process ---------------------------------------------------------------------------------


def test_what_django_keeps_for_a_thread_is_kept_by_python():
    kept = [connections._connections, trans_real._active, timezone._active, _urlconfs, _prefixes]

    assert {type(each) for each in kept} == {threading.local}


# --- The database --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_asked_to(pytestconfig):
    asked_for = {"sqlite": "sqlite", "postgres": "postgresql"}

    assert connection.vendor == asked_for[pytestconfig.option.db]


def test_nothing_is_written_to_the_folder_of_the_real_portal(settings):
    assert PROJECT not in settings.VAR_DIR.parents


def test_a_postgresql_server_ends_when_the_test_run_is_killed():
    holder = subprocess.Popen(
        [sys.executable, "-m", "tests.plugins.postgres"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    folder = Path(holder.stdout.readline().strip().partition("host=")[2])
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])

    holder.kill()

    deadline = time.monotonic() + 20
    while is_running(server) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(server)
    shutil.rmtree(folder)


def is_running(process):
    """A process that nobody has waited for is not running either."""
    status = Path(f"/proc/{process}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


# --- Midnight ------------------------------------------------------------------------------------


def test_no_test_reads_the_clock_before_it_runs():
    collecting = pytest_collection()

    next(collecting)
    with pytest.raises(RuntimeError, match="Read the clock in the test"):
        timezone.now()
    with pytest.raises(StopIteration):
        collecting.send([])

    assert timezone.now()


# --- Both cores ----------------------------------------------------------------------------------


def test_tests_that_share_what_is_made_once_go_to_one_worker():
    made_once = re.compile(
        r'^@pytest\.fixture\(scope="module"\)|^pytestmark.*"borough"', re.MULTILINE
    )
    sharing = {
        str(path.relative_to(PROJECT))
        for path in PROJECT.glob("tests/*/test_*.py")
        if made_once.search(path.read_text())
    }

    assert sharing == TOGETHER
    assert unit_of("tests/project/test_tooling_run.py::test_a[x::y]") in TOGETHER
    assert unit_of("tests/project/test_tooling.py::test_a") not in TOGETHER


# --- The browser and the checkers ----------------------------------------------------------------


def test_axe_finds_a_picture_without_words(page, axe_faults):
    page.set_content(PAGE.format('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'))

    assert any(fault.startswith("image-alt") for fault in axe_faults(page))


def test_axe_finds_nothing_in_a_sound_page(page, axe_faults):
    page.set_content(PAGE.format("<p>Health and care in the borough.</p>"))

    assert axe_faults(page) == []


def test_the_html_checker_finds_an_id_used_twice(html_faults):
    [fault, *_] = html_faults(PAGE.format('<p id="a">One</p><p id="a">Two</p>'))

    assert "Duplicate" in fault


def test_the_html_checker_finds_nothing_in_a_sound_page(html_faults):
    assert html_faults(PAGE.format("<p>Health and care in the borough.</p>")) == []


def test_the_browser_shows_the_portal_s_own_styles(page):
    answer = page.goto("/static/portal/portal.css")

    assert answer.status == 200
    assert "assets.nhs.uk" not in answer.text()


def test_a_page_without_javascript_runs_none(new_page):
    page = new_page(javascript=False)

    page.goto("data:text/html,<script>document.write('Scripted')</script><p>Plain</p>")

    assert page.locator("body").inner_text() == "Plain"


def test_a_visitor_can_be_signed_in(page, sign_in, admin_user, live_server):
    sign_in(page, admin_user)

    page.goto("/admin/")

    assert page.url == f"{live_server.url}/admin/"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("<script>console.error('Refused')</script>", "console: Refused"),
        ("<script>nothing.at.all</script>", "script: nothing is not defined"),
        ("<img alt='' src='http://elsewhere.invalid/'>", "asked another host"),
        ("<img alt='' src='/missing.png'>", "404 for"),
    ],
)
def test_a_fault_that_the_browser_sees_is_noted(chromium, live_server, content, fault):
    faults = []
    with chromium.new_page(base_url=live_server.url) as page:
        page.route("**/sample", lambda route: route.fulfill(body=PAGE.format(content)))
        page.route("**/missing.png", lambda route: route.fulfill(status=404))
        note_faults(page, urlsplit(live_server.url).netloc, faults)

        page.goto("/sample", wait_until="networkidle")

    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_a_noted_fault_fails_the_test(chromium, live_server):
    with pytest.raises(AssertionError), visitors(chromium, live_server.url) as new_page:
        new_page().evaluate("console.error('Refused')")
