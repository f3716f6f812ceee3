"""Activities as a calendar that calendar programs subscribe to."""

from django.utils.translation import gettext as _

from governance.exports.calendar import Entry, calendar_with


def calendar_of(activities, *, host, portal_url):
    """The calendar as bytes; a cancelled activity is struck out wherever it was taken over."""
    return calendar_with(
        _("Get involved, Tower Hamlets Together"),
        (
            Entry(
                uid=f"{activity.uid}@{host}",
                sequence=activity.sequence,
                changed_at=activity.changed_at,
                starts_at=activity.starts_at,
                ends_at=activity.ends_at,
                title=activity.text_of("title"),
                place=activity.where,
                note=activity.text_of("note") or activity.text_of("summary"),
                is_cancelled=activity.is_cancelled,
                address=portal_url + activity.get_absolute_url(),
            )
            for activity in activities
        ),
    )
