"""Seats and meetings from a file: each row's rule, all or nothing, and the pages around it."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import tables
from governance.actions import importing, meetings
from governance.actions.import_meetings import Meetings
from governance.actions.import_seats import Seats
from governance.models import Evidence, Meeting, Membership, Seat, StructureRecord, User
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_governance_administrator,
    make_member,
    make_officer,
    make_organisation,
    make_person,
    make_seat,
)

pytestmark = pytest.mark.django_db

REASON = "Agreed by the board in March 2026."
APRIL = date(2026, 4, 1)


@pytest.fixture
def board():
    return make_body("Example Board", slug="example-board")


def look(kind, text, by):
    return importing.preview(kind, text=text, by=by)


def take(kind, text, by):
    """What an import does after a look at it."""
    version = look(kind, text, by).version
    return importing.carry_out(kind, text=text, by=by, reason=REASON, version=version)


def outcomes(report):
    return [(row.number, row.outcome) for row in report.rows]


def refusals(report):
    return {row.number: " ".join(row.refused) for row in report.rows if row.refused}


def everything():
    """The rows and the histories that an import could touch."""
    models = [Seat, Membership, Meeting, StructureRecord]
    models += [Seat.history.model, Membership.history.model, Meeting.history.model]
    return [list(model.objects.order_by("pk").values()) for model in models]


def queries_of(deed):
    with CaptureQueriesContext(connection) as asked:
        deed()
    return len(asked)


@pytest.mark.parametrize(
    ("kind", "header", "line", "most"),
    [
        (
            Seats,
            "body,role,title,holder,holder_from",
            lambda place: f"example-board,member,Post {place},holder-{place},2026-04-01",
            11,
        ),
        (
            Meetings,
            "body,day,start",
            lambda place: f"example-board,2027-01-12,{place // 12:02}:{place % 12 * 5:02}",
            9,
        ),
    ],
)
def test_a_line_more_takes_a_few_queries_and_no_look_at_the_whole_structure(
    board, administrator, kind, header, line, most
):
    User.objects.bulk_create(User(username=f"holder-{place}") for place in range(200))
    make_member(board, person=administrator)  # whose standing asks for the structure

    def queries(number):
        lines = [header, *map(line, range(number))]
        return queries_of(lambda: look(kind, "\n".join(lines), administrator))

    assert queries(200) - queries(100) <= 100 * most


# --- Seats ----------------------------------------------------------------------------------------


def test_a_seat_and_its_holder_are_added_with_who_and_why(board, administrator):
    person = make_person(username="a.begum")
    council = make_organisation(slug="council")
    text = (
        "body,role,title,organisation,from,until,holder,holder_from,holder_until\n"
        "example-board,Deputy chair,Director,council,2026-04-01,31/03/2028,A.Begum,01/05/2026,\n"
    )

    report = take(Seats, text, administrator)

    seat, membership = Seat.objects.get(), Membership.objects.get()
    assert (report.is_done, outcomes(report)) == (True, [(2, "added")])
    assert (seat.body, seat.role, seat.title) == (board, "deputy_chair", "Director")
    assert (seat.on_behalf_of, seat.start_date) == (council, APRIL)
    assert (seat.end_date, seat.evidence) == (date(2028, 3, 31), Evidence.ASSUMED)
    assert (membership.person, membership.start_date) == (person, date(2026, 5, 1))
    assert membership.end_date == date(2028, 3, 31)  # whoever holds a seat leaves it when it ends
    assert not membership.name_is_public
    for row in (seat, membership):
        version = row.history.get()
        assert (version.history_user, version.history_change_reason) == (administrator, REASON)


def test_the_same_seats_again_change_nothing(board, administrator):
    make_person(username="a.begum")
    text = (
        "body,role,title,from,until,holder,holder_from,source\n"
        "example-board,chair,Independent chair,2026-04-01,2027-03-31,a.begum,2026-04-01,Minutes\n"
        "example-board,member,,,,,,\n"
    )
    take(Seats, text, administrator)
    before = everything()

    report = take(Seats, text.replace("Independent chair", "INDEPENDENT  chair"), administrator)

    assert outcomes(report) == [(2, "as it is"), (3, "as it is")]
    assert not report.would_change_something
    assert everything() == before


def test_holders_follow_one_another_whatever_the_order_of_the_lines(board, administrator):
    first, second = make_person(username="first"), make_person(username="second")
    text = (
        "body,role,holder,holder_from,holder_until\n"
        "example-board,chair,second,2026-04-01,\n"
        "example-board,chair,first,2025-04-01,2026-03-31\n"
    )

    report = take(Seats, text, administrator)

    assert refusals(report) == {}
    held = Membership.objects.order_by("start_date")
    assert [row.person for row in held] == [first, second]
    assert Seat.objects.count() == 1


def test_a_known_holder_leaves_and_the_next_one_comes(board, administrator):
    old = make_member(board, Seat.Role.CHAIR, start_date=date(2025, 4, 1))
    make_person(username="next")
    text = (
        "body,role,holder,holder_from,holder_until\n"
        "example-board,chair,next,2026-04-01,\n"
        f"example-board,chair,{old.username},2025-04-01,2026-03-31\n"
    )

    report = take(Seats, text, administrator)

    assert outcomes(report) == [(2, "added"), (3, "changed")]
    assert Membership.objects.get(person=old).end_date == date(2026, 3, 31)


def test_two_holders_at_once_are_refused_as_when_one_is_appointed(board, administrator):
    make_member(board, Seat.Role.CHAIR, start_date=date(2025, 4, 1))
    make_person(username="next")
    text = "body,role,holder,holder_from\nexample-board,chair,next,2026-04-01\n"

    report = take(Seats, text, administrator)

    assert "would be held by two at once" in refusals(report)[2]
    assert (report.is_done, Membership.objects.count()) == (False, 1)


def test_a_column_left_out_changes_nothing_and_an_empty_cell_empties(board, administrator):
    seat = make_seat(board, Seat.Role.CHAIR, start_date=APRIL, end_date=date(2027, 3, 31))

    left_out = take(Seats, "body,role,from\nexample-board,chair,2026-04-01\n", administrator)
    emptied = take(Seats, "body,role,until\nexample-board,chair,\n", administrator)

    assert outcomes(left_out) == [(2, "as it is")]
    assert emptied.rows[0].changed == ["Last day: still (before: 31 March 2027)."]
    seat.refresh_from_db()
    assert (seat.start_date, seat.end_date) == (APRIL, None)


def test_a_seat_may_end_with_its_holder_in_one_line(board, administrator):
    person = make_member(board, Seat.Role.CHAIR, start_date=APRIL)
    text = (
        "body,role,until,holder,holder_from,holder_until\n"
        f"example-board,chair,2027-03-31,{person.username},2026-04-01,2027-03-31\n"
    )

    report = take(Seats, text, administrator)

    assert report.is_done
    assert Membership.objects.get().end_date == Seat.objects.get().end_date == date(2027, 3, 31)


def test_a_seat_with_a_source_is_sourced_and_keeps_it(board, administrator):
    text = "body,role,source,source_address\nexample-board,chair,Minutes,https://example.org/m\n"

    take(Seats, text, administrator)
    again = take(Seats, text.replace("Minutes", "Gossip"), administrator)

    seat = Seat.objects.get()
    assert (seat.evidence, seat.source_title) == (Evidence.SOURCED, "Minutes")
    assert seat.source_url == "https://example.org/m"
    assert "known from “Minutes” already" in refusals(again)[2]


SEATS = "body,role,title,organisation,from,until,holder,holder_from,holder_until,source,"
SEATS += "source_address\n"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",chair", "Body: enter the last part of its address"),
        ("example-bord,chair", "“example-bord”. Did you mean “example-board”?"),
        ("nowhere,chair", "Body: there is none with the address “nowhere”."),
        ("example-board,king", "“king” is not one of chair, deputy chair, secretary, member."),
        ("example-board,", "Role: “” is not one of"),
        (f"example-board,chair,{'x' * 121}", "Title: it has 121 characters, but at most 120 fit."),
        ("example-board,chair,,nobody", "Organisation: there is none with the address “nobody”."),
        ("example-board,chair,,,31/02/2026", "From: “31/02/2026” is not in the calendar."),
        ("example-board,chair,,,11/22/2026", "or the day before the month: 22/11/2026."),
        ("example-board,chair,,,46348", "From: “46348” is not a day."),
        ("example-board,chair,,,1/4/26", "write the year of “1/4/26” in four digits"),
        ("example-board,chair,,,0206-01-01", "is not between 1900 and 2200"),
        ("example-board,chair,,,٢٠٢٦-٠١-٠١", "is not a day"),
        ("example-board,chair,,,2026-04-01,2026-03-31", "The last day is before the first day."),
        ("example-board,chair,,,,,ghost,2026-04-01", "nobody has the user name “ghost”"),
        ("example-board,chair,,,,,person", "enter the day from which"),
        ("example-board,chair,,,,,,2026-04-01", "enter the user name of who holds the seat"),
        ("example-board,chair,,,2027-04-01,,person,2026-04-01", "does not exist on 1 April 2026"),
        (
            "example-board,chair,,,,,person,2026-04-01,2026-03-31",
            "The last day is before the first day.",
        ),
        ("example-board,chair,,,,,,,,,https://example.org", "Source: enter the name"),
        ("example-board,chair,,,,,,,,Minutes,javascript:1", "Source address: Enter a valid URL."),
        ("example-board,chair,=1+1", "begins with “=”, as a formula does"),
        ("example-board,chair,@SUM(A1)", "begins with “@”, as a formula does"),
        ("example-board,chair,a\x07b", "The cell title holds a character that cannot be shown."),
        ("example-board,chair,,,,,,,,,,more", "It has 12 cells, but the header has 11."),
        ("closed,chair", "closes on 31 March 2026: a seat on it cannot last longer"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why_and_stops_all(board, administrator, line, sentence):
    make_body("Closed", slug="closed", end_date=date(2026, 3, 31))
    make_person(username="person")
    before = everything()

    report = take(Seats, f"{SEATS}example-board,member,Fine\n{line}\n", administrator)

    assert list(refusals(report)) == [3]
    assert sentence in refusals(report)[3]
    assert (report.is_done, everything()) == (False, before)


def test_lines_that_say_the_same_seat_twice_or_differently_are_refused(board, administrator):
    make_person(username="one")
    text = (
        "body,role,title,from,holder,holder_from\n"
        "example-board,member,GP,2026-04-01,,\n"
        "example-board,member,gp,2026-04-01,,\n"
        "example-board,chair,,2026-04-01,,\n"
        "example-board,chair,,2026-04-02,one,2026-05-01\n"
    )

    refused = refusals(look(Seats, text, administrator))

    assert refused[3] == "Line 2 says it already. Leave one out."
    assert "Line 4 is about the same seat, but from differs." in refused[5]


def test_of_two_seats_alike_none_is_guessed(board, administrator):
    make_seat(board)
    make_seat(board)

    report = look(Seats, "body,role\nexample-board,member\n", administrator)

    assert "There are 2 such seats" in refusals(report)[2]


# --- Meetings -------------------------------------------------------------------------------------


def test_meetings_are_planned_at_london_s_times(board, administrator):
    text = (
        "body,day,start,end,place,public\n"
        "example-board,2027-07-06,10:30,12.30,Town Hall,Yes\n"
        "example-board,07/12/2027,2:30 pm,,,\n"
    )

    report = take(Meetings, text, administrator)

    summer, winter = Meeting.objects.all()
    assert outcomes(report) == [(2, "added"), (3, "added")]
    assert summer.starts_at == datetime(2027, 7, 6, 9, 30, tzinfo=UTC)
    assert summer.ends_at == datetime(2027, 7, 6, 11, 30, tzinfo=UTC)
    assert (summer.place, summer.is_public, summer.status) == ("Town Hall", True, "planned")
    assert winter.starts_at == datetime(2027, 12, 7, 14, 30, tzinfo=UTC)
    assert (winter.is_public, winter.ends_at) == (False, None)
    version = winter.history.get()
    assert (version.history_user, version.history_change_reason) == (administrator, REASON)


def test_the_same_meetings_again_change_nothing_and_calendars_hear_of_changes(board, administrator):
    text = "body,day,start,place\nexample-board,2027-07-06,10:30,Town Hall\n"
    take(Meetings, text, administrator)

    again = take(Meetings, text, administrator)
    moved = take(Meetings, text.replace("Town Hall", "Library"), administrator)

    meeting = Meeting.objects.get()
    assert outcomes(again) == [(2, "as it is")]
    assert moved.rows[0].changed == ["Place: “Library” (before: “Town Hall”)."]
    assert (meeting.place, meeting.sequence, meeting.history.count()) == ("Library", 1, 2)


def test_a_meeting_is_cancelled_with_a_note_and_never_once_held(board, administrator):
    text = "body,day,start,status,note\nexample-board,2027-07-06,10:30,planned,\n"
    take(Meetings, text, administrator)

    silent = take(Meetings, text.replace("planned", "cancelled"), administrator)
    take(Meetings, text.replace("planned,", "cancelled,Too few."), administrator)
    assert "Note: say why the meeting is cancelled" in refusals(silent)[2]
    assert (Meeting.objects.get().status, Meeting.objects.get().note) == ("cancelled", "Too few.")

    take(Meetings, text.replace("planned", "held"), administrator)
    held = take(Meetings, text.replace("planned,", "cancelled,Too few."), administrator)
    assert refusals(held)[2] == "A meeting that was held cannot be cancelled."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nowhere,2027-07-06,10:30", "Body: there is none with the address “nowhere”."),
        ("example-board,,10:30", "Day: enter it"),
        ("example-board,2027-07-06,", "Start: enter the time"),
        ("example-board,2027-02-29,10:30", "Day: “2027-02-29” is not in the calendar."),
        ("example-board,2027-07-06,25:00", "Start: “25:00” is not a time."),
        ("example-board,2027-07-06,13:00 pm", "Start: “13:00 pm” is not a time."),
        ("example-board,2027-07-06,0.4375", "Start: “0.4375” is not a time."),
        ("example-board,2027-07-06,10:30,10:00", "The meeting ends before it starts."),
        ("example-board,2027-07-06,10:30,noon", "End: “noon” is not a time."),
        ("example-board,2027-03-28,01:30", "there is no 01:30 on 28 March 2027, when the clocks"),
        ("example-board,2027-10-31,01:30", "01:30 comes twice on 31 October 2027"),
        (f"example-board,2027-07-06,10:30,,{'x' * 201}", "Place: it has 201 characters"),
        ("example-board,2027-07-06,10:30,,,perhaps", "is not one of planned, held, cancelled"),
        (f"example-board,2027-07-06,10:30,,,,{'x' * 301}", "Note: it has 301 characters"),
        ("example-board,2027-07-06,10:30,,,,,perhaps", "Public: “perhaps” is neither yes nor no."),
        ("example-board,2026-01-06,9:00", "Line 2 is about the same meeting."),
    ],
)
def test_a_meeting_that_cannot_be_taken_says_why_and_stops_all(
    board, administrator, line, sentence
):
    before = everything()
    text = "body,day,start,end,place,status,note,public\nexample-board,2026-01-06,09:00\n"

    report = take(Meetings, f"{text}{line}\n", administrator)

    assert list(refusals(report)) == [3]
    assert sentence in refusals(report)[3]
    assert (report.is_done, everything()) == (False, before)


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"body,role,title\nexample-board,chair,Caf\xc3\xa9\n",
        b"\xef\xbb\xbfbody,role,title\r\nexample-board,chair,Caf\xc3\xa9\r\n",
        b"body;role;title\rexample-board;chair;Caf\xc3\xa9\r",
        b"sep=;\r\nbody;role;title\r\nexample-board;chair;Caf\xc3\xa9\r\n",
        b'"body"\t"role"\t"title"\n"example-board"\t"chair"\t"Caf\xc3\xa9"\n',
        b"Body ,ROLE,Title,,\n,,,,\nexample-board, chair,\xc2\xa0Caf\xc3\xa9 ,,\n,,,,\n",
        b'body,role,title\n"example-board","chair","\nCaf\xc3\xa9"',
        b"body;role;title;source\r\nexample-board;chair;Caf\xe9;The caf\xe9\x92s paper\r\n",
    ],
    ids=[
        *("utf-8", "BOM", "semicolons", "sep", "tabs", "empty columns and lines", "quoted"),
        "plain CSV of Excel",
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it(board, administrator, content):
    report = take(Seats, tables.text_of(content), administrator)

    assert refusals(report) == {}
    assert Seat.objects.get().title == "Café"


def test_a_line_is_known_by_where_it_begins_in_the_file(board, administrator):
    text = 'body,role,title\n\nexample-board,chair,"two\nlines"\nexample-board,king,\n'

    assert list(refusals(look(Seats, text, administrator))) == [5]
    assert list(refusals(look(Seats, f"sep=,\n{text}", administrator))) == [6]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * (tables.LARGEST_FILE + 1), "larger than 1024 kB"),
        (b"PK\x03\x04", "This is a workbook, not a CSV file."),
        ("body,role".encode("utf-16"), "The file is in UTF-16"),
        (b"body,role\nexample-board,caf\xc3\xa9 \xe9\n", "Line 2 is not in UTF-8."),
        (b"body,role\nexample-board,\x81\n", "Line 2 is not in UTF-8."),
        (b"body,role\r\n\r\nexample-board,\x00\n", "Line 3 holds a character that no text has"),
    ],
)
def test_a_file_that_is_no_text_is_refused(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        tables.text_of(content)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file has no header."),
        ("\n\n", "The file has no header."),
        ("body,role\n", "The file has no line below its header."),
        ("body,role,boss\nx,y,z\n", "Line 1, column 3: The column “boss” is not known."),
        ("body,,role\nx,y,z\n", "Line 1, column 2: It has no name."),
        ("body,role,Body\nx,y,z\n", "Line 1: the column “body” is there twice."),
        ("body,title\nx,y\n", "Line 1: the column “role” is missing."),
        ('body,role\nx,"y\nz,a\n', "Line 2 cannot be read as CSV."),
        ("body,role\n" + "x,y\n" * 2001, "more than 2000 lines"),
        ("body,role\nx," + "y" * 140_000, "Line 2 cannot be read as CSV."),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(administrator, text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        look(Seats, text, administrator)


@pytest.mark.parametrize("kind", [Seats, Meetings])
def test_the_sample_can_be_imported_where_its_names_exist(board, administrator, kind):
    make_organisation(slug="example-council")
    make_person(username="a.begum")
    make_person(username="j.osei")

    report = take(kind, kind.sample, administrator)

    assert refusals(report) == {}
    assert next(csv.reader(io.StringIO(kind.sample))) == list(kind.columns)


# --- Look first, then all or nothing --------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Seats, "body,role\nexample-board,chair"),
        (Meetings, "body,day,start\nexample-board,2027-01-12,9:00"),
    ],
)
def test_a_look_leaves_the_database_untouched(board, administrator, kind, line):
    before = everything()

    report = look(kind, line, administrator)

    assert outcomes(report) == [(2, "added")]
    assert everything() == before


def test_a_look_is_possible_before_there_is_any_structure(administrator):
    StructureRecord.objects.all().delete()

    report = look(Seats, "body,role\nexample-board,chair\n", administrator)

    assert list(refusals(report)) == [2]
    assert (report.version, StructureRecord.objects.exists()) == ("", False)


def test_meetings_that_changed_since_the_look_are_not_imported_over(board, administrator):
    text = "body,day,start\nexample-board,2099-01-12,14:00\n"
    version = look(Meetings, text, administrator).version
    starts_at = datetime(2099, 1, 13, 14, tzinfo=UTC)
    meetings.plan(body=board, starts_at=starts_at, by=administrator, reason=REASON)

    report = importing.carry_out(
        Meetings, text=text, by=administrator, reason=REASON, version=version
    )

    assert not report.is_done
    assert Meeting.objects.count() == 1


def test_a_structure_that_changed_since_the_look_is_not_imported_into(board, administrator):
    text = "body,role\nexample-board,chair\n"
    version = look(Seats, text, administrator).version
    make_body()

    report = importing.carry_out(Seats, text=text, by=administrator, reason=REASON, version=version)

    assert not report.is_done
    assert not Seat.objects.exists()
    assert report.version != version


def test_an_import_gives_the_structure_a_new_version(board, administrator):
    before = importing.version_now()

    take(Seats, "body,role\nexample-board,chair\n", administrator)

    assert importing.version_now() != before


@pytest.mark.parametrize("kind", [Seats, Meetings])
def test_only_governance_administrators_import(board, kind):
    for person in (make_officer(board), make_engagement_team_member()):
        with pytest.raises(PermissionDenied):
            look(kind, kind.sample, person)


# --- Pages ----------------------------------------------------------------------------------------

SEAT_IMPORT = "/admin/governance/seat/import/"
TEXT = "body,role,title\nexample-board,chair,<b>Chair</b>\n"


def upload(client, text=TEXT, address=SEAT_IMPORT):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(address, {"file": SimpleUploadedFile("seats.csv", content)})


def test_the_pages_lead_from_the_file_to_the_list(client, board, administrator):
    client.force_login(administrator)

    preview = upload(client)
    assert "Nothing is imported yet.</strong> It would be: 1 added." in preview.text
    assert "&lt;b&gt;Chair&lt;/b&gt;" in preview.text and "<b>Chair" not in preview.text
    assert not Seat.objects.exists()

    posted = {"preview": preview.context["preview"], "reason": REASON}
    done = client.post(SEAT_IMPORT, posted, follow=True)
    assert done.redirect_chain == [(reverse("admin:governance_seat_changelist"), 302)]
    assert "Imported: 1 added." in done.text
    assert Seat.objects.get().history.get().history_change_reason == REASON


def test_without_a_reason_nothing_is_imported_and_the_preview_stays(client, board, administrator):
    client.force_login(administrator)
    sealed = upload(client).context["preview"]

    response = client.post(SEAT_IMPORT, {"preview": sealed, "reason": " "})

    assert "Enter the reason for this import." in response.text
    assert "1 added" in response.text
    assert not Seat.objects.exists()


def test_a_refused_row_offers_no_import_even_when_it_is_posted(client, board, administrator):
    client.force_login(administrator)
    response = upload(client, TEXT + "nowhere,chair,\n")

    assert "Nothing can be imported yet. It would be: 1 added, 1 refused." in response.text
    assert '<a href="#line-3">line 3</a>' in response.text
    assert '<tr id="line-3">' in response.text
    assert "Import these rows" not in response.text
    posted = {"preview": response.context["preview"], "reason": REASON}
    client.post(SEAT_IMPORT, posted)
    assert not Seat.objects.exists()


def test_after_a_change_of_the_structure_the_preview_comes_again(client, board, administrator):
    client.force_login(administrator)
    sealed = upload(client).context["preview"]
    make_seat(board, Seat.Role.CHAIR, title="<b>Chair</b>")

    response = client.post(SEAT_IMPORT, {"preview": sealed, "reason": REASON})

    assert "the structure has changed since you looked" in response.text
    assert "There is nothing to import:" in response.text
    assert Seat.objects.count() == 1


def test_a_preview_is_taken_from_nobody_else_and_for_nothing_else(client, board, administrator):
    client.force_login(administrator)
    sealed = upload(client).context["preview"]
    other = make_governance_administrator()

    for address, person, preview in [
        (SEAT_IMPORT, administrator, sealed[:-1]),
        (SEAT_IMPORT, administrator, ""),
        (SEAT_IMPORT, administrator, "a:b:c"),
        (SEAT_IMPORT, other, sealed),
        ("/admin/governance/meeting/import/", administrator, sealed),
    ]:
        client.force_login(person)
        response = client.post(address, {"preview": preview, "reason": REASON})
        assert "The preview is too old. Choose the file again." in response.text
    assert not Seat.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose another."),
        (b"x" * (tables.LARGEST_FILE * 2), "larger than 1024 kB"),
        (b"\x00", "NUL"),
        (b"\x81", "Line 1 is not in UTF-8."),
        (b"role\nchair\n", "the column “body” is missing"),
    ],
)
def test_a_bad_file_is_answered_with_a_sentence(client, administrator, content, sentence):
    client.force_login(administrator)

    response = upload(client, content)

    assert response.status_code == 200
    assert sentence in response.text


def test_no_file_is_answered_with_a_sentence(client, administrator):
    client.force_login(administrator)

    assert "Choose a file." in client.post(SEAT_IMPORT).text
    assert "Choose a file." in client.post(SEAT_IMPORT, {"file": "seats.csv"}).text


@pytest.mark.parametrize(("model", "kind"), [("seat", Seats), ("meeting", Meetings)])
def test_the_list_links_to_the_import_and_the_import_to_a_sample(
    client, administrator, model, kind
):
    client.force_login(administrator)
    address = f"/admin/governance/{model}/import/"

    assert f'href="{address}"' in client.get(f"/admin/governance/{model}/").text
    assert f'href="{address}sample/"' in client.get(address).text
    sample = client.get(f"{address}sample/")
    assert f"{model}s-sample.csv" in sample["Content-Disposition"]
    assert tables.text_of(sample.content) == kind.sample


@pytest.mark.parametrize("model", ["seat", "meeting"])
def test_the_pages_are_closed_to_all_others(client, board, model):
    for make_staff in (make_engagement_team_member, lambda: make_person(is_staff=True)):
        client.force_login(make_staff())
        for way in ("", "sample/"):
            address = f"/admin/governance/{model}/import/{way}"
            assert client.get(address).status_code == 403
        assert upload(client, address=f"/admin/governance/{model}/import/").status_code == 403

    client.force_login(make_officer(board))
    assert "/login/" in client.get(f"/admin/governance/{model}/import/")["Location"]
    client.logout()
    assert "/login/" in client.get(f"/admin/governance/{model}/import/sample/")["Location"]
