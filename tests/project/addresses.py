"""Every address of the portal, read from the resolver."""

from typing import NamedTuple

from django.urls import URLPattern, get_resolver


class Address(NamedTuple):
    """A pattern such as “bodies/<slug:slug>/”, and the view behind it."""

    pattern: str
    view: object
    name: str


def all_addresses(patterns=None, prefix="", namespace=""):
    for each in get_resolver().url_patterns if patterns is None else patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield Address(pattern, each.callback, namespace + (each.name or ""))
        else:
            inner = namespace + (f"{each.namespace}:" if each.namespace else "")
            yield from all_addresses(each.url_patterns, pattern, inner)


def own_addresses():
    """The patterns of all addresses but the admin's."""
    return [each.pattern for each in all_addresses() if not each.pattern.startswith("admin/")]
