"""Stories as an Atom feed."""

from datetime import UTC, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from governance.exports.feed import TAGGED_ON, Feed, clean

LONDON = ZoneInfo("Europe/London")


def stories_feed(stories, *, page):
    """The stories, newest first; an entry keeps its id for good. `page` is the list of them all."""
    times = [story.changed_at for story in stories]
    feed = Feed(
        title=_("Stories of Tower Hamlets Together"),
        link=page,
        description=_("What the partnership has achieved together."),
        language=to_locale(get_language()).replace("_", "-"),
        author_name="Tower Hamlets Together",
        feed_url=f"{page}feed/",
        updated_at=max(times, default=datetime.fromtimestamp(0, UTC)),
    )
    host = urlsplit(page).hostname
    for story in stories:
        feed.add_item(
            title=clean(story.text_of("title")),
            link=f"{page}{story.slug}/",
            description=escape(clean(story.text_of("summary"))),  # Django marks it as HTML
            unique_id=f"tag:{host},{TAGGED_ON}:stories/{story.pk}",
            pubdate=datetime.combine(story.published_on, time(), LONDON),
            updateddate=story.changed_at,
        )
    return feed.writeString("utf-8")
