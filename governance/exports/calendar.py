"""Meetings as a calendar (RFC 5545) that calendar programs subscribe to.

A meeting keeps its UID for good, and its SEQUENCE rises with every change that calendars show, so
that a moved meeting moves and a cancelled one is struck out wherever it was taken over.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration

from governance.models import Meeting

LONDON = ZoneInfo("Europe/London")
USUAL_LENGTH = timedelta(hours=2)
REFRESH = timedelta(hours=6)


def calendar_of(name, meetings, *, host, address_of):
    """The calendar as bytes. `meetings` know their body's name; `address_of` gives its page."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tower Hamlets Together//Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", LONDON.key)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"value": "DURATION"})
    for meeting in meetings:
        calendar.add_component(_event(meeting, host, address_of(meeting)))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(meeting, host, address):
    cancelled = meeting.status == Meeting.Status.CANCELLED
    event = Event()
    event.add("uid", f"{meeting.uid}@{host}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("dtstart", meeting.starts_at.astimezone(LONDON))
    event.add("dtend", (meeting.ends_at or meeting.starts_at + USUAL_LENGTH).astimezone(LONDON))
    event.add("summary", f"Cancelled: {meeting.body.name}" if cancelled else meeting.body.name)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("url", address)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.note:
        event.add("description", meeting.note)
    return event
