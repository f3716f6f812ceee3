"""Render one NHS.UK frontend component from NHS England's own Jinja templates."""

import re
from functools import cache, lru_cache

from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from jinja2 import ChainableUndefined, Environment, PackageLoader

FOLDERS = {"table": "tables"}  # where the folder is not the macro's name with hyphens


@lru_cache(maxsize=1)
def environment():
    """The Jinja environment of the port; the templates are part of the package, so never reload."""
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        undefined=ChainableUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )


@cache
def macro(name):
    """The macro of a component by its NHS.UK name, such as `summaryList`."""
    folder = FOLDERS.get(name, re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower())
    return getattr(
        environment().get_template(f"nhsuk/components/{folder}/macro.jinja").module, name
    )


def component(name, /, **params):
    """The HTML of a component; text in `params` is escaped, safe strings are taken as HTML."""
    return mark_safe(str(macro(name)(plain(params))).strip())


def kept_component(name, /, **params):
    """The same, drawn once for the same parameters: for what holds nothing that anyone typed."""
    return drawn(name, Parameters(plain(params)))


class Parameters(dict):
    """Parameters that can be looked up; text and HTML of the same letters differ by their key."""

    def __hash__(self):
        return hash(repr(self))


@lru_cache(maxsize=512)
def drawn(name, params):
    return component(name, **params)


def plain(value):
    """The same value with lazy text settled: the macros tell text from HTML by its type."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def text(value):
    """Text for a component's parameter: as HTML if it is marked safe, escaped otherwise."""
    value = str(value)
    return {"html" if hasattr(value, "__html__") else "text": value}
