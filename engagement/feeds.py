"""What is published of outcomes, as an Atom feed."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from governance.exports.feed import TAGGED_ON, Feed, clean


def outcomes_feed(told, *, page):
    """The outcomes as they are told; an entry keeps its id, and is newer when it changed."""
    times = [each.outcome.changed_at for each in told]
    feed = Feed(
        title=_("You said, they decided, we did"),
        link=page,
        description=_("What came of what residents said about health and care."),
        language=to_locale(get_language()).replace("_", "-"),
        author_name="Tower Hamlets Together",
        feed_url=f"{page}feed/",
        updated_at=max(times, default=datetime.fromtimestamp(0, UTC)),
    )
    host = urlsplit(page).hostname
    for each in told:
        outcome = each.outcome
        said = [f"{outcome.get_state_display()}.", outcome.said, outcome.did]
        feed.add_item(
            title=clean(outcome.title),
            link=f"{page}{outcome.pk}/",
            description=escape(clean(" ".join(filter(None, said)))),
            unique_id=f"tag:{host},{TAGGED_ON}:you-said/{outcome.pk}",
            pubdate=outcome.published_at,
            updateddate=outcome.changed_at,
        )
    return feed.writeString("utf-8")
