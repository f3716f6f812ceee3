"""Atom feeds (RFC 4287)."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.timezone import localdate
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

# What XML cannot carry.
UNREADABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A tag (RFC 4151) names the holder of a name on a day: any on which it was ours.
TAGGED_ON = "2026-11-22"


class Feed(Atom1Feed):
    """An Atom feed that was last changed when its contents were, even if there are none."""

    def latest_post_date(self):
        return self.feed["updated_at"]


def changes_feed(changes, *, of, page, query, updated_at):
    """The changes of the structure, or those `of` a body; `page` is the page that tells them.

    An entry keeps its id as long as the change is the same, wherever the portal is read.
    """
    title = _("Changes in the structure of Tower Hamlets Together")
    times = [change.recorded.at for change in changes if change.recorded]
    feed = Feed(
        title=clean(f"{title}: {of}" if of else title),
        link=f"{page}{query}",
        description=_("What began, ended, moved or fell vacant, and why."),
        language=to_locale(get_language()).replace("_", "-"),
        author_name="Tower Hamlets Together",
        feed_url=f"{page}feed/{query}",
        updated_at=max([*times, updated_at or datetime.fromtimestamp(0, UTC)]),
    )
    for change in changes:
        day = change.day.isoformat()
        feed.add_item(
            title=clean(change.sentence),
            link=f"{page}?from={day}&to={day}#{change.key}",
            description=escape(clean(summary(change))),  # Django marks it as HTML
            unique_id=f"tag:{urlsplit(page).hostname},{TAGGED_ON}:structure/changes/{change.key}",
            updateddate=change.recorded.at if change.recorded else updated_at,
        )
    return feed.writeString("utf-8")


def summary(change):
    """From when it holds, when it was recorded, why, and who decided it."""
    said = [_("From %(day)s.") % {"day": date_format(change.day)}]
    if made := change.recorded:
        said.append(_("Recorded on %(day)s.") % {"day": date_format(localdate(made.at))})
        if made.reason:
            said.append(_("Why: %(reason)s.") % {"reason": made.reason.rstrip(".")})
        if made.decision:
            decided = {
                "by": made.decided_by,
                "day": date_format(made.decision.decided_on),
                "title": made.decision.title,
            }
            said.append(_("Decided by %(by)s on %(day)s: %(title)s.") % decided)
    return " ".join(said)


def clean(text):
    return UNREADABLE.sub("\ufffd", text)
