"""Meetings as a calendar (RFC 5545) that calendar programs subscribe to.

A meeting keeps its UID for good, and its SEQUENCE rises with every change that calendars show, so
that a moved meeting moves and a cancelled one is struck out wherever it was taken over.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from governance.models import Meeting

LONDON = ZoneInfo("Europe/London")
USUAL_LENGTH = timedelta(hours=2)
REFRESH = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a calendar shows of something that takes place, and where to read more."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    title: str
    place: str
    note: str
    is_cancelled: bool
    address: str


def calendar_of(name, meetings, *, host, address_of):
    """The calendar as bytes. `meetings` know their body's name; `address_of` gives its page."""
    return calendar_with(
        name,
        (
            Entry(
                uid=f"{meeting.uid}@{host}",
                sequence=meeting.sequence,
                changed_at=meeting.changed_at,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                title=meeting.body.name,
                place=meeting.place,
                note=meeting.note,
                is_cancelled=meeting.status == Meeting.Status.CANCELLED,
                address=address_of(meeting),
            )
            for meeting in meetings
        ),
    )


def calendar_with(name, entries):
    """A calendar of these entries as bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tower Hamlets Together//Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " ".join(name.split()))  # written as it is: one line
    calendar.add("x-wr-timezone", LONDON.key)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))  # the same, for Outlook
    for entry in entries:
        calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(entry):
    event = Event()
    title = entry.title
    if entry.is_cancelled:
        title = _("Cancelled: %(title)s") % {"title": title}
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", on_clocks(entry.starts_at))
    event.add("dtend", on_clocks(entry.ends_at or entry.starts_at + USUAL_LENGTH))
    event.add("summary", title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("url", entry.address)
    if entry.place:
        event.add("location", entry.place)
    if entry.note:
        event.add("description", entry.note)
    return event


def on_clocks(moment):
    """A moment by London's clocks; in the hour that comes twice, what they show is its first."""
    shown = moment.astimezone(LONDON)
    return moment.astimezone(UTC) if shown.fold else shown
