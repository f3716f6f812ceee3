"""What is published of outcomes and of ideas, as Atom feeds."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from governance.exports.feed import TAGGED_ON, Feed, clean


def outcomes_feed(told, *, page):
    """The outcomes as they are told; an entry keeps its id, and is newer when it changed."""
    outcomes = [each.outcome for each in told]
    return feed_of(
        [(each, each.get_state_display(), [each.said, each.did]) for each in outcomes],
        page=page,
        name="you-said",
        title=_("You said, they decided, we did"),
        description=_("What came of what residents said about health and care."),
    )


def ideas_feed(ideas, *, page):
    """Ideas of residents who agreed, as staff put them, with how far each is."""
    return feed_of(
        [(each, each.get_status_display(), [each.summary]) for each in ideas],
        page=page,
        name="ideas",
        title=_("Ideas of residents, and what became of them"),
        description=_("What residents proposed for health and care, and what became of it."),
    )


def feed_of(entries, *, page, name, title, description):
    """Rows that are published and change, each with how far it is and its words."""
    times = [row.changed_at for row, _state, _words in entries]
    feed = Feed(
        title=title,
        link=page,
        description=description,
        language=to_locale(get_language()).replace("_", "-"),
        author_name="Tower Hamlets Together",
        feed_url=f"{page}feed/",
        updated_at=max(times, default=datetime.fromtimestamp(0, UTC)),
    )
    host = urlsplit(page).hostname
    for row, state, words in entries:
        feed.add_item(
            title=clean(row.title),
            link=f"{page}{row.pk}/",
            description=escape(clean(" ".join(filter(None, [f"{state}.", *words])))),
            unique_id=f"tag:{host},{TAGGED_ON}:{name}/{row.pk}",
            pubdate=row.published_at,
            updateddate=row.changed_at,
        )
    return feed.writeString("utf-8")
