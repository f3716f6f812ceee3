"""pytest plug-in: the portal in a real browser.

    def test_the_home_page_reads_well_on_a_phone(new_page, axe_faults):
        page = new_page(width=PHONE)

        page.goto("/")

        assert axe_faults(page) == []

A test that uses a page fails when the page reports an error to the console (a refused script or
style, for example), lacks a file, or asks another host for anything.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from scripts.node import find_node

PHONE = 360
DESKTOP = 1280

PROJECT = Path(__file__).resolve().parent.parent.parent
STYLE_SHEET = PROJECT / "build" / "static" / "portal" / "portal.css"
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
PACKED_CHROMIUM = PROJECT / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED_CHROMIUM = PROJECT / "build" / "chromium"

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passed is only counted: describing each part of a page that did takes longer than looking.
RUN_AXE = """
async tags => {
    const options = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
    const {violations, passes} = await axe.run(document, options);
    return {violations, passes: passes.length};
}
"""

# No sandbox: tests run as root and in containers, and visit nothing but the portal.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium():
    """The running browser; one for each process of the test run."""
    executable, environment = find_chromium()
    if not executable:
        lack(
            "There is no Chromium here. Run ./test, which fetches one, or install one; "
            "ALLOW_NO_BROWSER=1 leaves these tests out.",
            unless="ALLOW_NO_BROWSER",
        )
    if not STYLE_SHEET.exists():
        pytest.fail("There is no style sheet: run ./test once, or `npm ci` and `npm run build`.")
    if node := find_node():
        # The Node inside the playwright package needs libatomic, which small machines lack.
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node / "node"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_OPTIONS, env={**os.environ, **environment}
        )
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, live_server):
    """Open a page of the portal as some visitor would, each in a browser of their own."""
    with visitors(chromium, live_server.url) as new_page:
        yield new_page


@pytest.fixture
def page(new_page):
    """A page on a desk, with JavaScript."""
    return new_page()


@pytest.fixture
def sign_in(client, live_server, settings):
    """`sign_in(page, user)`: from here on, this visitor is signed in."""

    def sign_in(page, user):
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])

    return sign_in


@pytest.fixture
def axe_faults():
    """`axe_faults(page)`: what axe-core finds wrong, one line each. Needs JavaScript."""

    def axe_faults(page):
        page.wait_for_load_state()
        if page.evaluate("typeof axe === 'undefined'"):
            bring_axe(page)
        result = page.evaluate(RUN_AXE, AXE_TAGS)
        assert result["passes"], "axe-core checked nothing"
        return [
            f"{violation['id']}: {violation['help']}: {node['html']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return axe_faults


def bring_axe(page):
    """Have the browser itself read axe-core. Playwright would hand half a megabyte to a reader of
    its own in the page, which takes half as long again.
    """
    inspector = page.context.new_cdp_session(page)
    inspector.send("Runtime.evaluate", {"expression": AXE.read_text()})
    inspector.detach()


def press(page, name, **which):
    """Press a button and wait for the page that answers it.

    A click alone returns while the old page is still there, or while there is none.
    """
    with page.expect_navigation():
        page.get_by_role("button", name=name, **which).click()


def lack(sentence, unless):
    """Fail for want of a tool, or skip where the environment says that it may be missing."""
    if os.environ.get(unless) == "1":
        pytest.skip(sentence)
    pytest.fail(sentence, pytrace=False)


@contextlib.contextmanager
def visitors(chromium, url):
    """Give `new_page`; at the end, fail if any of its pages had a fault."""
    faults = []
    with contextlib.ExitStack() as stack:

        def new_page(width=DESKTOP, javascript=True):
            visitor = chromium.new_context(
                base_url=url,
                viewport={"width": width, "height": 800},
                java_script_enabled=javascript,
                locale="en-GB",
                timezone_id="Europe/London",
                reduced_motion="reduce",
            )
            stack.callback(visitor.close)
            visitor.set_default_timeout(10_000)
            page = visitor.new_page()
            note_faults(page, urlsplit(url).netloc, faults)
            return page

        yield new_page
    assert faults == []


def note_faults(page, own_host, faults):
    def on_request(request):
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != own_host:
            faults.append(f"asked another host: {request.url}")

    def on_response(response):
        if response.status >= 400 and not response.request.is_navigation_request():
            faults.append(f"{response.status} for {response.url}")

    def on_console(message):
        # That a file is missing is noted above; that a page is refused is often the test's point.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"console: {message.text}")

    page.on("request", on_request)
    page.on("response", on_response)
    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))


def find_chromium():
    """The browser's program and what it needs in its environment; (None, {}) if there is none."""
    names = [os.environ.get("CHROMIUM"), "chromium-headless-shell", "chromium", "google-chrome"]
    for name in filter(None, names):
        if executable := shutil.which(name):
            return executable, {}
    if not PACKED_CHROMIUM.exists():
        return None, {}
    unpack_chromium()
    return str(UNPACKED_CHROMIUM / "chromium"), {
        "LD_LIBRARY_PATH": str(UNPACKED_CHROMIUM / "lib"),
        "FONTCONFIG_FILE": str(UNPACKED_CHROMIUM / "fonts.conf"),
    }


def unpack_chromium():
    """Unpack the npm package's browser, its libraries and its font, once for all processes."""
    UNPACKED_CHROMIUM.mkdir(parents=True, exist_ok=True)
    with (UNPACKED_CHROMIUM / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        program = UNPACKED_CHROMIUM / "chromium"
        if program.exists() and program.stat().st_mtime >= PACKED_CHROMIUM.stat().st_mtime:
            return
        for archive in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
            unpacked = decompress(archive, UNPACKED_CHROMIUM / archive)
            tar = ["tar", "--extract", "--no-same-owner", "--file", unpacked]
            subprocess.run(tar, cwd=UNPACKED_CHROMIUM, check=True)
            unpacked.unlink()
        # The package's own font list names a folder that only its home, a cloud service, has.
        (UNPACKED_CHROMIUM / "fonts.conf").write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>{UNPACKED_CHROMIUM / 'fonts'}</dir>"
            f"<cachedir>{UNPACKED_CHROMIUM / 'font-cache'}</cachedir></fontconfig>"
        )
        # Last, because its presence says that all is there.
        unfinished = decompress("chromium", UNPACKED_CHROMIUM / "chromium.unfinished")
        unfinished.chmod(0o755)
        unfinished.rename(program)


def decompress(name, target):
    """Python has no Brotli of its own; Node has."""
    script = (
        "const [, from, to] = process.argv; const {pipeline} = require('stream');"
        "const fs = require('fs');"
        "pipeline(fs.createReadStream(from), require('zlib').createBrotliDecompress(),"
        " fs.createWriteStream(to), error => { if (error) throw error })"
    )
    node = find_node()
    if not node:
        pytest.fail("Unpacking Chromium needs Node: run ./test, which fetches one.", pytrace=False)
    packed = PACKED_CHROMIUM / f"{name}.br"
    subprocess.run([node / "node", "-e", script, packed, target], check=True)
    return target
