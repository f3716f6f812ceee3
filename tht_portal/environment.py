"""Read settings from the environment, and say plainly what is missing."""

import os
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def text(name, default=None):
    """The value of an environment variable; without a default it must be set."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment (README, “Run it for real”), "
            "or start ./run, which uses development settings."
        )
    return value


def flag(name, default=False):
    """A yes or no: 1, true, yes, on, or 0, false, no, off."""
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not “{value}”.")


def number(name, default):
    """A whole number, not below zero."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.")
    return int(value)


def words(name, default=None):
    """A comma-separated list, without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def hosts(name, default=None):
    """Host names the portal answers to; at least one, and not all there are."""
    names = words(name, default)
    if not names or "*" in names:
        raise ImproperlyConfigured(
            f"{name} must name the hosts the portal answers to, such as “portal.example.org”."
        )
    return names


def secret(name, default=None):
    """A long random text. It signs sessions and receipts: who guesses it is whoever they like."""
    value = text(name, default)
    if value != default:
        check_secret(name, value)
    return value


def secrets(name):
    """Earlier secrets, separated by commas, which are still honoured for a while."""
    values = words(name, ",")
    for value in values:
        check_secret(name, value)
    return values


def check_secret(name, value):
    if len(value) < 50 or len(set(value)) < 20:
        raise ImproperlyConfigured(
            f"{name} is too easy to guess. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )


def address(name, default, *, schemes):
    """The start of a web address, without a slash at its end."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.netloc or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"{name} must be an address such as {schemes[-1]}://portal.example.org, not “{value}”."
        )
    return value


def database(name, default=None, **options):
    """A database address, such as postgresql://name:password@host/database."""
    value = text(name, default)
    # What was given is not repeated in the refusal: it may hold the password.
    refusal = ImproperlyConfigured(
        f"{name} must be an address such as postgresql://name:password@host/database "
        "or sqlite:////folder/file."
    )
    try:
        settings = dj_database_url.parse(value, **options)
    except ValueError:
        raise refusal from None
    if not settings["ENGINE"].endswith((".postgresql", ".sqlite3")):
        raise refusal
    return settings
