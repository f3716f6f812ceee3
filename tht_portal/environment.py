"""Read settings from the environment, and say plainly what is missing."""

import os

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
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.") from None


def words(name, default=None):
    """A comma-separated list, without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
