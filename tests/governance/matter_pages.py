"""Where matters are on the portal, and what their pages offer."""

import re

LIST = "/escalations/"
NEW = "/escalations/new/"


def page_of(matter, move=None):
    """The address of a matter, or that to which one of its moves is posted."""
    return f"/escalations/{matter.reference}/" + (f"{move}/" if move else "")


def moves_offered(response):
    """The deeds to which the forms of a page post."""
    return set(re.findall(r'(?:form)?action="/escalations/E-[0-9-]+/([a-z-]+)/"', response.text))
