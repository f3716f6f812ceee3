"""The page of what changed, and its feed."""

from datetime import date, datetime, timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from governance.models import BodyName, Decision, Meeting, Membership, Seat, StructureRecord
from tests.factories import (
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_person,
    make_seat,
    today,
)
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

PAGE, FEED = "/structure/changes/", "/structure/changes/feed/"
A_DAY = timedelta(days=1)
DAY = date(2026, 4, 1)
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def long_record():
    StructureRecord.objects.create(first_day=date(2021, 1, 1))


def said_by(response):
    """What a page says without its tags, up to where another time is chosen if it is in order."""
    main = main_of(response)
    if response.status_code == 200:
        main = main.partition('<h2 id="choose">')[0]
    return text_of(main)


def ask(client, status=200, **parameters):
    names = {name.removesuffix("_"): value for name, value in parameters.items()}
    response = client.get(PAGE, names)
    assert response.status_code == status
    return said_by(response)


def entries(client, **parameters):
    response = client.get(FEED, parameters)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content).findall("atom:entry", ATOM)


def close(body, last_day, by=None, reason="", **fields):
    body.end_date = last_day
    for name, value in fields.items():
        setattr(body, name, value)
    body._history_user, body._change_reason = by, reason
    body.save()
    return body


# --- Which days -----------------------------------------------------------------------------------


def test_without_days_it_tells_the_last_twelve_months_and_what_is_planned(client):
    make_body("Too early", start_date=today() - timedelta(days=367))
    make_body("Lately", start_date=today() - timedelta(days=300))
    make_body("Today", start_date=today())
    make_body("Tomorrow", start_date=today() + A_DAY)

    said = ask(client)

    assert "Lately began." in said and "Today began." in said and "Too early" not in said
    planned, _, happened = said.partition("2 changes, the latest first")
    assert "Planned" in planned and "Tomorrow begins." in planned
    assert happened.index("Today began.") < happened.index("Lately began.")


def test_both_days_are_included(client):
    make_body("On the first", start_date=DAY)
    make_body("On the last", start_date=DAY + timedelta(days=29))
    make_body("Before", start_date=DAY - A_DAY)
    make_body("After", start_date=DAY + timedelta(days=30))

    said = ask(client, from_="2026-04-01", to="2026-04-30")

    assert "from 1 April 2026 to 30 April 2026, both days included" in said
    assert "On the first began." in said and "On the last began." in said
    assert "Before began" not in said and "After began" not in said


def test_one_day_may_be_the_first_and_the_last(client):
    make_body("Night Group", start_date=DAY)

    assert "Night Group began." in ask(client, from_="2026-04-01", to="2026-04-01")


def test_days_to_come_are_told_as_planned(client):
    day = today() + timedelta(days=40)
    make_body("Night Group", start_date=day)

    first, last = ((today() + timedelta(days=days)).isoformat() for days in (30, 50))
    said = ask(client, from_=first)

    assert "Planned" in said and "Night Group begins." in said and "No change" not in said
    assert "Night Group begins." in ask(client, from_=first, to=last)


def test_the_days_before_the_record_say_that_they_are_not_recorded(client):
    said = ask(client, from_="2020-12-31", to="2022-01-01")
    assert "Our record begins on 1 January 2021. What changed before that day is not" in said

    assert "Our record begins" not in ask(client, from_="2021-01-01", to="2022-01-01")


def test_an_empty_record_says_so(client):
    StructureRecord.objects.all().delete()

    assert "No structure has been recorded yet." in ask(client)


@pytest.mark.parametrize(
    ("parameters", "sentence", "kept"),
    [
        ({"from_": "yesterday"}, "“yesterday” is not a day", 'value="yesterday"'),
        ({"to": "2026-02-30"}, "“2026-02-30” is not a day", 'value="2026-02-30"'),
        ({"from_": "٢٠٢٦-٠١-٠١"}, "“٢٠٢٦-٠١-٠١” is not a day", 'value="٢٠٢٦-٠١-٠١"'),
        (
            {"from_": "2026-05-01", "to": "2026-04-30"},
            "Enter a day on or after 1 May 2026, the first day of the period.",
            'name="to_day" type="text" value="30"',
        ),
        ({"body": "night-group"}, "There is no body “night-group” on record.", "All bodies"),
        (
            {"from_day": "1", "from_month": "", "from_year": "2026"},
            "Enter the month too",
            'value="2026"',
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_with_what_was_typed(
    client, parameters, sentence, kept
):
    names = {name.removesuffix("_"): value for name, value in parameters.items()}

    response = client.get(PAGE, names)

    assert response.status_code == 400
    assert sentence in said_by(response)
    assert kept in response.content.decode()
    assert "Error: What changed" in response.content.decode()


def test_both_wrong_days_are_named_at_once(client):
    said = ask(client, status=400, from_="soon", to="later")

    assert "“soon” is not a day" in said and "“later” is not a day" in said


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "1e9"])
def test_a_page_that_is_not_there_is_not_found(client, page):
    assert "has no such page" in ask(client, status=404, page=page)


def test_the_boxes_lead_to_the_one_address_of_a_period(client):
    body = make_body()
    boxes = {"from_day": "1", "from_month": "4", "from_year": "2026"}
    boxes |= {"to_day": "", "to_month": "", "to_year": "", "body": body.slug}

    assert client.get(PAGE, boxes).url == f"{PAGE}?from=2026-04-01&body={body.slug}"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_too(client, day):
    make_body("Night Group", start_date=date(1, 1, 1), end_date=date(9999, 12, 31))

    ask(client, from_=day)
    ask(client, from_="0001-01-01", to=day)


# --- What is told ---------------------------------------------------------------------------------


def test_a_change_says_when_it_was_recorded_and_why(client):
    close(make_body("Night Group"), DAY - A_DAY, reason="Agreed in March")

    said = ask(client)

    recorded_on = f"{today().day} {today():%B %Y}"
    assert (
        f"1 April 2026 Night Group was closed. Recorded on {recorded_on}. Agreed in March."
    ) in said


def test_who_recorded_it_is_for_staff(client):
    editor = make_governance_administrator()
    editor.first_name, editor.last_name = "Ada", "Lovelace"
    editor.save()
    close(make_body("Night Group"), DAY - A_DAY, editor, "Agreed in March.")

    assert "Lovelace" not in ask(client)
    client.force_login(make_person())
    assert "by Ada Lovelace. Agreed in March." in ask(client)


def test_why_someone_left_a_seat_is_for_staff(client):
    seat = make_seat(make_body("Night Group"), Seat.Role.CHAIR)
    membership = Membership(seat=seat, person=make_person(), end_date=DAY - A_DAY)
    membership._change_reason = "Moved to Leeds for her health."
    membership.save()

    said = ask(client)
    assert "The seat “Chair” of Night Group fell vacant." in said and "Leeds" not in said
    assert "Leeds" not in client.get(FEED).content.decode()
    client.force_login(make_person())
    assert "Leeds" in ask(client)


@pytest.mark.parametrize("is_public", [True, False])
def test_the_decision_that_made_it_is_told_to_those_who_may_know(client, is_public):
    board = make_body("Old Board")
    BodyName.objects.filter(body=board).update(end_date=DAY)
    BodyName.objects.create(body=board, name="New Board", start_date=DAY + A_DAY)
    meeting = Meeting.objects.create(
        body=board, starts_at=timezone.make_aware(datetime(2026, 3, 10, 9))
    )
    decision = Decision.objects.create(
        body=board,
        decided_on=date(2026, 3, 12),
        title="Close it",
        text="Yes.",
        meeting=meeting,
        is_public=is_public,
    )
    close(make_body("Night Group"), DAY - A_DAY, decision=decision)

    for_everyone = ask(client)
    client.force_login(make_person())
    for_staff = ask(client)

    words = (
        "Decided by Old Board on 12 March 2026: Close it. "
        "It was decided at the meeting of 10 March 2026."
    )
    assert words in for_staff
    assert (words in for_everyone) == is_public


def test_a_decision_taken_from_the_public_is_gone_at_once(client):
    decision = Decision.objects.create(
        body=make_body(), decided_on=DAY, title="Close it", text="Yes.", is_public=True
    )
    close(make_body("Night Group"), DAY - A_DAY, decision=decision)
    assert "Close it" in ask(client)

    decision.is_public = False
    decision.save()

    assert "Close it" not in ask(client)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?from=2026-01-01", FEED])
def test_a_page_without_a_decision_is_kept_until_the_structure_changes(
    client, django_assert_num_queries, address
):
    make_body("Night Group", start_date=DAY)
    first = client.get(address)

    with django_assert_num_queries(1):
        second = client.get(address)

    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"]
    make_body("Day Group", start_date=DAY)
    assert "Day Group began." in client.get(address).text


def test_what_was_recorded_together_says_so_once(client):
    for name in ("Night Group", "Day Group"):
        close(make_body(name), DAY - A_DAY, reason="Agreed in March.")
    close(make_body("Evening Group"), DAY - A_DAY, reason="Agreed in May.")

    said = ask(client)

    assert said.count("Agreed in March.") == said.count("Agreed in May.") == 1


def test_one_body_has_its_own_changes(client):
    group, board, other = make_body("Group"), make_body("Board"), make_body("Other")
    make_escalation_line(group, board, start_date=DAY)
    make_escalation_line(other, board, start_date=DAY)

    said = ask(client, body=group.slug)

    assert "Group escalates to Board." in said
    assert "Other escalates" not in said
    assert "What changed for Group" in said


def test_a_long_list_is_told_a_page_at_a_time(client):
    make_body("The oldest", start_date=DAY)
    for _ in range(100):
        make_body(start_date=DAY + A_DAY)
    make_body("Planned Group", start_date=today() + A_DAY)

    first = ask(client, from_="2026-04-01")
    second = client.get(PAGE, {"from": "2026-04-01", "page": "2"})

    assert "101 changes" in first and "Page 1 of 2" in first
    assert "The oldest" not in first and "Planned Group begins." in first
    assert "The oldest began." in said_by(second)
    assert "Planned Group" not in said_by(second)
    assert '<a href="?from=2026-04-01&amp;page=1" rel="prev">' in second.content.decode()


def test_more_planned_than_a_page_holds_says_how_much_more(client):
    for _ in range(103):
        make_body(start_date=today() + A_DAY)

    assert "3 more changes are planned after these: see all that is planned" in ask(client)


def test_more_than_a_page_can_tell_asks_for_a_shorter_time(client, monkeypatch):
    monkeypatch.setattr("governance.views.changes.AT_MOST", 2)
    for _ in range(3):
        make_body(start_date=DAY)

    said = ask(client, from_="2026-01-01")

    assert "More changed in this time than one page can tell." in said
    assert "Choose a shorter time, or one body." in said


def test_the_page_takes_the_same_queries_for_ten_changes_and_for_a_thousand(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    def add(number):
        for _ in range(number):
            body = make_body(start_date=DAY)
            make_escalation_line(body, board, start_date=DAY + A_DAY)
            Membership.objects.create(seat=make_seat(body), person=person, end_date=DAY)

    board, person = make_body(), make_person()
    client.force_login(person)
    add(3)
    with django_assert_num_queries(15):
        few = client.get(PAGE, {"from": "2026-01-01"})
    add(197)
    # At most: its first page shows fewer kinds of changes.
    with django_assert_max_num_queries(15):
        many = client.get(PAGE, {"from": "2026-01-01"})

    assert "15 changes" in said_by(few) and "1000 changes" in said_by(many)


# --- The feed -------------------------------------------------------------------------------------


def test_the_page_names_its_feed_where_readers_look_for_it(client):
    body = make_body("Night Group")

    html = client.get(PAGE, {"body": body.slug}).content.decode()

    assert (
        '<link rel="alternate" type="application/atom+xml" '
        f'title="Changes in the structure: Night Group" href="{FEED}?body={body.slug}">'
    ) in html
    assert client.get(f"{FEED}?body={body.slug}").status_code == 200


def test_the_feed_tells_what_changed_and_what_is_planned_the_latest_first(client):
    make_body("Too early", start_date=today() - timedelta(days=367))
    make_body("Lately", start_date=today() - timedelta(days=300))
    make_body("Tomorrow", start_date=today() + A_DAY)

    titles = [entry.findtext("atom:title", namespaces=ATOM) for entry in entries(client)]

    assert titles == ["Tomorrow begins.", "Lately began."]


def test_what_is_planned_pushes_out_nothing_that_happened(client, monkeypatch):
    monkeypatch.setattr("governance.views.changes.IN_FEED", 2)
    for days in (-3, -2, -1, 1, 2, 3):
        make_body(f"Day {days}", start_date=today() + days * A_DAY)

    titles = [entry.findtext("atom:title", namespaces=ATOM) for entry in entries(client)]

    assert titles == ["Day 2 begins.", "Day 1 begins.", "Day -1 began.", "Day -2 began."]


def test_an_entry_keeps_its_id_and_leads_to_its_place_on_the_page(client, settings):
    settings.PORTAL_URL = "https://portal.example.org"
    body = close(make_body("Night Group"), DAY - A_DAY)

    (entry,) = entries(client)
    close(body, DAY - A_DAY, reason="Said more clearly.")
    (later,) = entries(client)

    key = f"body-{body.pk}-ends-2026-04-01"
    for each in (entry, later):
        assert each.findtext("atom:id", namespaces=ATOM) == (
            f"tag:portal.example.org,2026-11-22:structure/changes/{key}"
        )
    address = entry.find("atom:link", ATOM).get("href")
    assert address == (f"https://portal.example.org{PAGE}?from=2026-04-01&to=2026-04-01#{key}")
    page = client.get(address.removeprefix("https://portal.example.org"))
    assert f'id="{key}"' in page.content.decode()


def test_the_feed_of_a_body_is_about_that_body(client):
    group, other = make_body("Group", start_date=DAY), make_body("Other", start_date=DAY)

    (entry,) = entries(client, body=group.slug)

    assert entry.findtext("atom:title", namespaces=ATOM) == "Group began."
    assert client.get(FEED, {"body": "nothing"}).status_code == 404
    assert len(entries(client, body=other.slug)) == 1


def test_the_feed_is_for_everyone_even_to_those_signed_in(client):
    editor = make_governance_administrator()
    close(make_body("Night Group"), DAY - A_DAY, editor, "Agreed in March.")
    client.force_login(editor)

    feed = client.get(FEED).content.decode()

    assert "Agreed in March." in feed and str(editor) not in feed


def test_the_feed_says_when_it_last_changed_though_it_is_empty(client):
    feed = ElementTree.fromstring(client.get(FEED).content)

    changed_at = StructureRecord.objects.get().changed_at
    assert feed.findtext("atom:updated", namespaces=ATOM) == changed_at.isoformat()


def test_what_feeds_cannot_carry_does_not_break_them(client):
    close(make_body("Night <i>Group</i> & \x0b more"), DAY - A_DAY, reason="Because <b>\x01</b> &.")

    (entry,) = entries(client)

    assert entry.findtext("atom:title", namespaces=ATOM) == (
        "Night <i>Group</i> & \ufffd more was closed."
    )
    # The summary is HTML, and says the reason's own characters.
    summary = unescape(entry.findtext("atom:summary", namespaces=ATOM))
    assert "<b>" not in entry.findtext("atom:summary", namespaces=ATOM)
    assert "Because <b>\ufffd</b> &." in summary


def test_the_feed_takes_the_same_queries_for_ten_changes_and_for_a_thousand(
    client, django_assert_num_queries
):
    for _ in range(10):
        make_body(start_date=DAY)
    with django_assert_num_queries(11):
        client.get(f"{FEED}?not=kept")
    for _ in range(990):
        make_body(start_date=DAY)
    with django_assert_num_queries(11):
        client.get(f"{FEED}?not=kept")


# --- How it looks ---------------------------------------------------------------------------------


def test_the_page_is_valid_html(client, html_faults):
    close(make_body("Night Group"), DAY - A_DAY, reason="Agreed in March.")
    make_body("Tomorrow", start_date=today() + A_DAY)

    assert html_faults(client.get(PAGE).content) == []
    assert html_faults(client.get(PAGE, {"from": "x", "to": "y"}).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_page_is_accessible(new_page, axe_faults, width):
    close(make_body("Night Group"), DAY - A_DAY, reason="Agreed in March.")
    make_body("Tomorrow", start_date=today() + A_DAY)
    page = new_page(width=width)

    for address in (PAGE, f"{PAGE}?from=x"):
        page.goto(address)
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
