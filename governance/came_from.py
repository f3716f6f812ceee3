"""What a matter came from, of which the apps above know: they `register` it when they start."""

from typing import NamedTuple

from governance.registered import Registered


class Link(NamedTuple):
    words: str
    address: str = ""


class Origin:
    """Something that matters come from. Origins say which of it a reader may open.

    An origin may keep its drafts: they are written and raised on a page of its own, which has an
    address for those who may use it.
    """

    key = ""
    order = 0

    def links(self, escalation, standing):
        return []

    def keeps(self, escalation):
        return False

    def written_at(self, escalation, standing):
        return ""


ORIGINS = Registered()
register = ORIGINS.register


def came_from(escalation, standing):
    """The links to what a matter came from, for those who may read it."""
    return [link for origin in ORIGINS for link in origin.links(escalation, standing)]


def is_kept(escalation):
    """Whether a draft is raised where it came from, and nowhere else."""
    return any(each.keeps(escalation) for each in ORIGINS)


def written_at(escalation, standing):
    """The page on which a draft is written and raised, if it is that of its origin."""
    return next(filter(None, (each.written_at(escalation, standing) for each in ORIGINS)), "")
