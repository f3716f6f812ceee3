from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from governance.actions import decisions, escalations, importing, lifecycle, meetings
from governance.actions.import_meetings import Meetings
from governance.models import Document, Meeting, MeetingPaper
from localities.day_field import in_words
from tests.admin_pages import edit, sentences
from tests.factories import (
    make_body,
    make_escalation,
    make_governance_administrator,
    make_ladder,
    make_member,
    make_officer,
    make_person,
    officer_of,
)
from tests.parallel import Meanwhile
from tests.reading import refused

pytestmark = pytest.mark.django_db

SUMMER = datetime(2027, 7, 6, 9, 30, tzinfo=UTC)
WINTER = datetime(2027, 12, 7, 10, 30, tzinfo=UTC)


def make_meeting(body, starts_at=SUMMER, **fields):
    return Meeting.objects.create(body=body, starts_at=starts_at, **fields)


def events(client, body):
    response = client.get(reverse("governance:body_calendar", args=[body.slug]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["uid"]): event for event in Calendar.from_ical(response.content).events}


def test_a_calendar_holds_the_public_meetings_in_london_time(client):
    body = make_body("Night Group")
    make_meeting(body, SUMMER, is_public=True, place="Town Hall; room 1, floor 2")
    make_meeting(body, WINTER, is_public=True)
    make_meeting(body, SUMMER, is_public=False)

    summer, winter = sorted(events(client, body).values(), key=lambda event: event.start)

    london = ZoneInfo("Europe/London")
    assert summer.start == datetime(2027, 7, 6, 10, 30, tzinfo=london)
    assert winter.start == datetime(2027, 12, 7, 10, 30, tzinfo=london)
    assert summer["summary"] == "Night Group"
    assert summer["location"] == "Town Hall; room 1, floor 2"
    assert b"TZID:Europe/London" in client.get(f"/bodies/{body.slug}/meetings.ics").content


def test_a_moved_meeting_keeps_its_uid_and_raises_its_sequence(client):
    body = make_body()
    officer = make_officer(body)
    meeting = meetings.plan(
        body=body, starts_at=SUMMER, is_public=True, by=officer, reason="Agreed in June."
    )
    (before,) = events(client, body).items()

    meetings.change(meeting=meeting, starts_at=WINTER, by=officer, reason="No room.")

    (after,) = events(client, body).items()
    assert after[0] == before[0]
    assert (before[1]["sequence"], after[1]["sequence"]) == (0, 1)


def test_making_a_meeting_public_does_not_raise_its_sequence():
    body = make_body()
    officer = make_officer(body)
    meeting = meetings.plan(body=body, starts_at=SUMMER, by=officer, reason="New.")

    meeting = meetings.change(meeting=meeting, is_public=True, by=officer, reason="Published.")

    assert meeting.sequence == 0


def test_a_cancelled_meeting_stays_in_calendars_as_cancelled(client):
    body = make_body("Night Group")
    officer = make_officer(body)
    meeting = make_meeting(body, is_public=True)

    meetings.cancel(meeting=meeting, by=officer, reason="Too few could come.")

    (event,) = events(client, body).values()
    assert event["status"] == "CANCELLED"
    assert event["sequence"] == 1
    assert event["description"] == "Too few could come."


def take_back(client, meeting, note=None):
    """Plan it again in the admin."""
    changes = {"status": "planned"} | starts(meeting.starts_at) | ({"note": note} if note else {})
    assert sentences(edit(client, meeting, **changes)) == []
    meeting.refresh_from_db()
    return meeting.status, meeting.note


def test_a_meeting_that_takes_place_after_all_says_no_more_why_it_was_cancelled(client, given):
    client.force_login(given["by"])
    body = make_body()
    meeting = make_meeting(body, is_public=True, note="Bring the figures.")
    meetings.cancel(meeting=meeting, by=given["by"], reason="Too few could come.")

    meetings.change(meeting=meeting, **given, status="planned")

    (event,) = events(client, body).values()
    assert (event["status"], event["description"]) == ("CONFIRMED", "Bring the figures.")

    meetings.cancel(meeting=meeting, by=given["by"], reason="Too few could come.")
    assert take_back(client, meeting) == ("planned", "Bring the figures.")
    meetings.cancel(meeting=meeting, by=given["by"], reason="Too few could come.")
    assert take_back(client, meeting, note="In the big hall.") == ("planned", "In the big hall.")


def test_a_calendar_is_asked_for_anew_however_long_ago_its_last_meeting_was_changed(client):
    body = make_body(slug="board")
    meeting = Meeting.objects.create(body=body, starts_at=timezone.now(), is_public=True)
    Meeting.objects.filter(pk=meeting.pk).update(changed_at=timezone.now() - timedelta(days=1000))

    answer = client.get("/bodies/board/meetings.ics")

    assert answer["Cache-Control"] == "no-cache"


def test_a_meeting_that_was_held_is_not_cancelled():
    body = make_body()
    meeting = make_meeting(body, status=Meeting.Status.HELD)

    with pytest.raises(ValidationError):
        meetings.cancel(meeting=meeting, by=make_officer(body), reason="By mistake.")


def test_a_meeting_that_decided_something_is_not_cancelled_nor_moved_off_that_day(client, given):
    body, yesterday = make_body(slug="old-group"), timezone.now() - timedelta(days=1)
    meeting = meetings.plan(body=body, starts_at=yesterday, **given)
    day = timezone.localdate(yesterday)
    decision = decisions.decide(
        body=body, meeting=meeting, title="Open late", text="Yes.", by=given["by"]
    )
    decided = f"It decided “Open late” on {in_words(day)}: it cannot be "

    says, fields = refused(
        meetings.cancel, meeting=meeting, by=given["by"], reason="Too few could come."
    )
    assert (says.startswith(f"{decided}cancelled. Say"), fields) == (True, {"status"})
    for days in (1, -1):
        moved = {"starts_at": yesterday + timedelta(days=days)}
        says, fields = refused(meetings.change, meeting=meeting, **moved, **given)
        assert (says.startswith(f"{decided}on other days"), fields) == (True, {"starts_at"})
    client.force_login(given["by"])
    page = edit(client, meeting, status="cancelled", **starts(yesterday), note="Too few")
    assert f"{decided}cancelled" in page.text
    longer = yesterday - timedelta(days=1)
    meetings.change(meeting=meeting, starts_at=longer, ends_at=yesterday, **given)

    decision.delete()
    assert meetings.cancel(meeting=meeting, by=given["by"], reason="Too few").sequence == 2


def starts(moment):
    moment = timezone.localtime(moment)
    return {"starts_at_0": f"{moment:%Y-%m-%d}", "starts_at_1": f"{moment:%H:%M:%S}"}


def test_a_meeting_that_was_held_since_it_was_read_is_not_cancelled():
    body = make_body()
    meeting = make_meeting(body)
    Meeting.objects.update(status=Meeting.Status.HELD)

    with pytest.raises(ValidationError):
        meetings.cancel(meeting=meeting, by=make_officer(body), reason="By mistake.")

    assert Meeting.objects.get().status == Meeting.Status.HELD


def test_a_meeting_does_not_end_before_it_starts():
    body = make_body()

    with pytest.raises(ValidationError, match="ends before it starts"):
        meetings.plan(
            body=body,
            starts_at=SUMMER,
            ends_at=SUMMER - timedelta(hours=1),
            by=make_officer(body),
            reason="New.",
        )


@pytest.fixture
def closing():
    """A body whose last day is that of a meeting in summer, 10:30 by London’s clocks."""
    return make_body("Old Group", slug="old-group", end_date=SUMMER.date())


def test_a_body_meets_on_its_last_day_and_on_none_after(closing, given):
    meetings.plan(body=closing, starts_at=SUMMER, **given)
    # An hour before midnight in UTC is the day after in London.
    late = SUMMER.replace(hour=23)

    says, fields = refused(meetings.plan, body=closing, starts_at=late, **given)
    assert says.startswith("Old Group closes on 6 July 2027: it cannot meet after that day.")
    assert fields == {"starts_at"}

    moved = Meeting.objects.get()
    assert refused(meetings.change, meeting=moved, starts_at=late, **given)
    assert meetings.cancel(meeting=moved, by=given["by"], reason="Not needed").sequence == 1


def test_a_body_does_not_meet_before_it_begins(client, given):
    body = make_body("New Group", slug="new-group", start_date=SUMMER.date())
    # Half an hour after midnight in London is the day before in UTC.
    early = SUMMER.replace(hour=23, minute=30) - timedelta(days=1)
    meeting = meetings.plan(body=body, starts_at=early, **given)
    eve = early - timedelta(hours=1)

    for deed, of in ((meetings.plan, {"body": body}), (meetings.change, {"meeting": meeting})):
        says, fields = refused(deed, starts_at=eve, **of, **given)
        assert says == (
            "New Group begins on 6 July 2027: it cannot meet before that day. Choose a later one, "
            "or plan it for another body."
        )
        assert fields == {"starts_at"}
    text = "body,day,start\nnew-group,2027-07-05,10:30\n"
    report = importing.preview(Meetings, text=text, by=given["by"])
    assert "it cannot meet before that day" in report.rows[0].refused[0]


def test_an_import_and_the_admin_plan_no_meeting_of_a_closed_body(client, closing, given):
    text = "body,day,start\nold-group,2027-07-06,10:30\nold-group,2027-07-07,10:30\n"
    report = importing.preview(Meetings, text=text, by=given["by"])
    assert [row.outcome for row in report.rows] == ["added", "refused"]
    assert "it cannot meet after that day" in report.rows[1].refused[0]

    client.force_login(given["by"])
    page = client.post(
        "/admin/governance/meeting/add/",
        {
            "body": closing.pk,
            "starts_at_0": "2027-07-07",
            "starts_at_1": "10:30",
            "status": "planned",
            "reason": "R",
            "papers-TOTAL_FORMS": "0",
            "papers-INITIAL_FORMS": "0",
        },
    )
    assert "it cannot meet after that day" in page.text
    assert not Meeting.objects.exists()


def test_a_closing_is_not_moved_to_before_a_meeting_that_is_planned(given):
    body, successor = make_body("Old Group"), make_body()
    make_officer(successor)
    meeting = meetings.plan(body=body, starts_at=SUMMER, **given)
    last_day = SUMMER.date() + timedelta(days=20)
    lifecycle.close(body=body, last_day=last_day, successor=successor, **given)
    earlier = {"body": body, "last_day": SUMMER.date() - timedelta(days=1)}

    says, fields = refused(lifecycle.reschedule, **earlier, successor=successor, **given)
    assert says.startswith("Old Group is to meet on 6 July 2027, after that day.")
    assert fields == {"end_date"}

    meetings.cancel(meeting=meeting, by=given["by"], reason="Closes")
    assert lifecycle.reschedule(**earlier, successor=successor, **given).end_date


def test_officers_and_governance_administrators_keep_the_meetings_of_a_body():
    body = make_body()
    for person in (make_officer(body), make_governance_administrator()):
        meetings.plan(body=body, starts_at=SUMMER, by=person, reason="New.")

    for person in (make_person(), make_member(body), make_officer(make_body())):
        with pytest.raises(PermissionDenied):
            meetings.plan(body=body, starts_at=SUMMER, by=person, reason="New.")
    assert body.meetings.count() == 2


def test_the_public_sees_public_meetings_and_staff_see_all(client):
    body = make_body("Night Group")
    soon = timezone.now() + timedelta(days=3)
    make_meeting(body, soon, place="Open room", is_public=True)
    make_meeting(body, soon, place="Closed room")
    make_meeting(body, timezone.now() - timedelta(days=3), place="Past room", is_public=True)

    public = client.get("/meetings/").content.decode()
    client.force_login(make_person())
    staff = client.get("/meetings/").content.decode()

    assert "Open room" in public and "Closed room" not in public
    assert "Open room" in staff and "Closed room" in staff
    assert "Past room" not in public + staff


@pytest.fixture
def minutes(settings, tmp_path):
    """Minutes of a body that are not public."""
    settings.MEDIA_ROOT = tmp_path
    body = make_body()
    document = Document(title="Minutes of July", media_type="application/pdf")
    document.file.save("minutes.pdf", ContentFile(b"%PDF-1.7 secret"))
    MeetingPaper.objects.create(
        meeting=make_meeting(body), document=document, kind=MeetingPaper.Kind.MINUTES
    )
    return document


def test_a_paper_that_is_not_public_is_read_by_those_on_the_body(client, minutes):
    body = minutes.meetings.get().meeting.body
    client.force_login(make_member(body))

    response = client.get(f"/documents/{minutes.pk}/")

    assert b"".join(response.streaming_content) == b"%PDF-1.7 secret"
    assert response["Content-Disposition"] == 'attachment; filename="Minutes_of_July.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_nobody_else_can_tell_that_it_exists(client, minutes):
    missing = minutes.pk + 1

    anonymous = [client.get(f"/documents/{pk}/").status_code for pk in (minutes.pk, missing)]
    client.force_login(make_officer(make_body()))
    staff = [client.get(f"/documents/{pk}/").status_code for pk in (minutes.pk, missing)]

    assert anonymous == [302, 302]
    assert staff == [404, 404]


def test_a_public_paper_is_read_by_anyone(client, minutes):
    minutes.is_public = True
    minutes.save()

    assert client.get(f"/documents/{minutes.pk}/").status_code == 200


def test_a_calendar_keeps_the_hour_of_the_clock_over_the_change_to_summer_time(client):
    body = make_body()
    for day in (21, 28):  # summer time begins on the second, at one in the morning
        starts_at = datetime(2027, 3, day, 10, tzinfo=ZoneInfo("Europe/London"))
        make_meeting(body, starts_at, is_public=True)

    address = reverse("governance:body_calendar", args=[body.slug])
    calendar = Calendar.from_ical(client.get(address).content)

    before, after = sorted(event.start for event in calendar.events)
    assert (before.hour, after.hour) == (10, 10)
    assert after - before.astimezone(UTC) == timedelta(days=7, hours=-1)
    assert {str(each["TZID"]) for each in calendar.timezones} == {"Europe/London"}
    assert [str(calendar[name]) for name in ("METHOD", "X-WR-CALNAME")] == [
        "PUBLISH",
        f"{body.name}, Tower Hamlets Together",
    ]
    assert calendar["REFRESH-INTERVAL"].to_ical() == calendar["X-PUBLISHED-TTL"].to_ical()


def test_a_calendar_tells_the_moments_of_a_night_in_which_clocks_change(client):
    body = make_body("Night, Group; “A”\nand B " + "বোর্ড " * 20 + "end")
    moments = [
        datetime(2026, 10, 25, hour, minute, tzinfo=UTC) for hour in (0, 1) for minute in (0, 30)
    ]
    moments += [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 7, 5, 23, tzinfo=UTC)]
    for starts_at in moments:
        make_meeting(body, starts_at, is_public=True, note="Comma, semicolon; \\ and\nlines")

    content = client.get(reverse("governance:body_calendar", args=[body.slug])).content

    found = Calendar.from_ical(content).events
    assert sorted(event.start.astimezone(UTC) for event in found) == moments
    assert {event.end.astimezone(UTC) - event.start.astimezone(UTC) for event in found} == {
        timedelta(hours=2)
    }
    assert {str(event["summary"]) for event in found} == {body.name}
    assert {str(event["description"]) for event in found} == {"Comma, semicolon; \\ and\nlines"}
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_a_meeting_is_on_the_page_until_its_day_is_over(client, monkeypatch):
    now = datetime(2027, 7, 6, 15, tzinfo=ZoneInfo("Europe/London"))
    monkeypatch.setattr(timezone, "now", lambda: now)
    for hours, place in ((-1, "Under way"), (-24, "Over"), (24, "To come")):
        starts_at = now + timedelta(hours=hours)
        make_meeting(make_body(), starts_at, is_public=True, place=place)

    page = client.get("/meetings/").text

    assert "Under way" in page and "To come" in page
    assert "Over" not in page


def test_who_would_like_to_come_is_told_to_ask_first(client):
    meeting = make_meeting(make_body(), timezone.now() + timedelta(days=3), is_public=True)

    for address in ("/meetings/", f"/bodies/{meeting.body.slug}/"):
        page = client.get(address).text
        assert "Not every meeting is open to everyone." in page
        assert '<a href="/feedback/">ask first</a>' in page


def test_more_meetings_than_a_page_holds_are_on_the_next(client, monkeypatch):
    monkeypatch.setattr("governance.views.meetings.SHOWN", 2)
    for days in range(1, 4):
        starts_at = timezone.now() + timedelta(days=days)
        make_meeting(make_body(), starts_at, is_public=True, place=f"Room {days}")

    first, second = (client.get("/meetings/", {"page": number}).text for number in (1, 2))

    assert "Room 2" in first and "Room 3" not in first and 'href="?page=2"' in first
    assert "Room 3" in second and "Room 2" not in second
    for wrong in ("3", "0", "x", "9" * 40):
        assert client.get("/meetings/", {"page": wrong}).status_code == 404


def test_the_page_takes_the_same_queries_for_many_meetings(client, django_assert_num_queries):
    soon = timezone.now() + timedelta(days=3)
    make_meeting(make_body(), soon, is_public=True)
    with django_assert_num_queries(4):
        client.get("/meetings/")
    for _ in range(20):
        make_meeting(make_body(), soon, is_public=True)

    with django_assert_num_queries(4):
        client.get("/meetings/")


def test_a_document_that_was_public_once_is_gone_for_those_who_may_not_read_it(client):
    document = Document.objects.create(title="T", url="https://example.org/t", is_public=True)
    document.is_public = False
    document.save()
    never_public = Document.objects.create(title="N", url="https://example.org/n")

    gone = client.get(f"/documents/{document.pk}/")

    assert gone.status_code == 410
    assert "This document was public once, and is so no longer." in gone.text
    assert client.get(f"/documents/{never_public.pk}/").status_code == 302
    client.force_login(make_governance_administrator())
    assert client.get(f"/documents/{document.pk}/").status_code == 302


# --- At once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_changes_a_meeting_while_its_body_is_closed_waits_for_no_one_who_waits(monkeypatch):
    body, administrator = make_body(), make_governance_administrator()
    officer, day = make_officer(body), timezone.localdate() + timedelta(days=30)
    meeting = make_meeting(body, timezone.now() + timedelta(days=60))
    close = Meanwhile(
        lambda: lifecycle.close(
            body=body, last_day=day, successor=None, by=administrator, reason="Done"
        )
    )
    check = meetings.check_can_keep_record_of

    def checked(person, of):
        if person == officer:
            close.begin()
        check(person, of)

    monkeypatch.setattr(meetings, "check_can_keep_record_of", checked)
    meetings.change(meeting=meeting, place="Mile End", by=officer, reason="Moved")

    assert close.outcome.end_date == day
    meeting.refresh_from_db()
    assert (meeting.place, meeting.status) == ("Mile End", "cancelled")


@pytest.mark.django_db(transaction=True)
def test_who_resolves_a_matter_at_a_meeting_while_that_is_changed_does(monkeypatch):
    bottom, middle = make_ladder(2)
    officer = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer)
    meeting = make_meeting(middle, timezone.now() - timedelta(days=1))
    change = Meanwhile(
        lambda: meetings.change(meeting=meeting, place="Mile End", by=officer, reason="Moved")
    )
    work_edited = decisions.work_edited

    def edited():
        change.begin()
        work_edited()

    monkeypatch.setattr(decisions, "work_edited", edited)
    resolved = escalations.resolve(escalation=matter, outcome="Yes", meeting=meeting, by=officer)

    assert change.outcome.place == "Mile End"
    assert resolved.decision.meeting == meeting
