"""The way back to the list from which somebody came to a page, filtered as it was.

The page carries only what stood after the list’s question mark, never an address: so whatever is
written there, it leads to this list.
"""

from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

CARRIED = "list"
LONGEST = 2000


class WayBack:
    """The address of a list, and what pages add to theirs to know it; where nothing is, nothing."""

    def __init__(self, name, query):
        query = query if len(query) <= LONGEST else ""
        query = urlencode(parse_qsl(query))
        self.address = reverse(name) + (query and f"?{query}")
        self.carried = query and f"?{urlencode({CARRIED: query})}"


def way_back_to(name, request):
    """From a page that carries it."""
    return WayBack(name, request.GET.get(CARRIED, ""))
