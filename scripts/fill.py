"""The part of ./run that speaks Django: fill the database, collect the static files.

Writes who can sign in to standard output, and everything else to standard error.
"""

import gc
import os
import secrets
import sys
import textwrap

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.shortcuts import resolve_url

from scripts.prepare import PROJECT, fingerprint, read


def main():
    # Models and tens of thousands of rows are made, and next to nothing of them is garbage.
    gc.set_threshold(20_000, 20, 20)
    django.setup()
    command("migrate", interactive=False)
    command("load_localities")
    command("load_structure")
    command("load_routing")
    # Not "is the database new", because a first start may have been stopped half way.
    if not get_user_model().objects.exists():
        os.environ["DEMO_PASSWORD"] = choose_password()
        command("load_demo", force=True)
    collect_static_files()
    print(who_can_sign_in())


def command(name, **options):
    try:
        call_command(name, stdout=sys.stderr, **options)
    except CommandError as reason:
        sys.exit(f"{name}: {reason}")


def collect_static_files():
    note = settings.VAR_DIR / "static.collected"
    folders = [PROJECT / "static", PROJECT / "build" / "static"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    storage = PROJECT / "tht_portal" / "static_files.py"
    made_from = fingerprint(PROJECT / "requirements.txt", storage, *files)
    if read(note) != made_from:
        command("collectstatic", interactive=False, clear=True, verbosity=0)
        note.write_text(made_from)


# --- The demonstration's people -------------------------------------------------------------------


def password_file():
    return settings.VAR_DIR / "demo-password"


def choose_password():
    """The password that was asked for, or a new one; kept for the next start."""
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
    password_file().unlink(missing_ok=True)
    password_file().touch(mode=0o600)
    password_file().write_text(password)
    return password


def who_can_sign_in():
    """A paragraph for the terminal. It only names a password that works."""
    people = get_user_model().objects.filter(username__startswith="demo-", is_active=True)
    people = list(people.order_by("username"))
    if not people:
        return "There are no demonstration people: make an account with manage.py createsuperuser."
    names = textwrap.fill(
        ", ".join(person.username for person in people),
        width=96,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
    return (
        f"Sign in at {settings.PORTAL_URL}{resolve_url(settings.LOGIN_URL)} as one of\n{names}\n"
        f"{password_of(people[0])}"
    )


def password_of(person):
    asked_for = os.environ.get("DEMO_PASSWORD", "")
    kept = read(password_file())
    for password in filter(None, [asked_for, kept]):
        if person.check_password(password):
            return f"Their password: {password}"
    return (
        f"Their password is the one this database was first filled with; for another:\n"
        f"    manage.py changepassword {person.username}"
    )


if __name__ == "__main__":
    main()
