"""The page of a body, on any day."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.actions.structure import structure_edited
from governance.models import BodyName, Membership, ReportingLine, Seat, User
from localities.day_field import in_words
from tests.factories import (
    make_body,
    make_escalation_line,
    make_kind,
    make_line,
    make_locality,
    make_member,
    make_organisation,
    make_person,
    make_seat,
    stated,
    today,
)
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

Kind = ReportingLine.Kind
LAST_DAY = date(2026, 3, 31)
DAY_AFTER = LAST_DAY + timedelta(days=1)


def test_an_address_without_a_body_says_so(client):
    response = client.get("/bodies/no-such-body/")

    assert response.status_code == 404
    assert "There is no body at this address." in response.text


def test_an_address_cut_short_leads_to_all_bodies_on_the_same_days(client, record):
    response = client.get("/bodies/?as_on=2026-03-31")

    assert response.url == "/structure/?as_on=2026-03-31"
    assert client.get("/bn/bodies/").url == "/bn/structure/"


def test_a_body_speaks_in_its_own_words(client, record):
    body = make_body(
        purpose="To ensure residents get the best possible care.",
        remit="Community services.",
        cohort="Mainly healthy adults.",
        **stated(),
    )

    page = client.get(f"/bodies/{body.slug}/").text

    quote = text_of(re.search(r"<blockquote>(.*?)</blockquote>", page, re.DOTALL)[1])
    assert quote == (
        "To ensure residents get the best possible care. Community services. Mainly healthy adults."
    )
    assert "The partnership’s own text" in text_of(
        re.search(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)[1]
    )


def test_a_renamed_body_keeps_its_address_and_shows_its_old_name_until_when(client, record):
    body = make_body("Born Well Growing Well")
    BodyName.objects.filter(body=body).update(end_date=LAST_DAY)
    BodyName.objects.create(body=body, name="Children and Families Executive", start_date=DAY_AFTER)

    page = text_of(client.get(f"/bodies/{body.slug}/").text)
    before = text_of(client.get(f"/bodies/{body.slug}/?as_on={LAST_DAY}").text)

    assert "Former name Born Well Growing Well, until 31 March 2026" in page
    assert "Planned name Children and Families Executive, from 1 April 2026" in before
    assert "Living" not in page


def test_the_way_up_is_shown_rung_by_rung(client, record):
    committee, group, board = make_body("Committee"), make_body("Group"), make_body("Board")
    council = make_body("Council")
    make_escalation_line(committee, group)
    make_escalation_line(group, board, **stated())
    make_escalation_line(board, council, respect="money")

    page = client.get(f"/bodies/{committee.slug}/").text

    steps = re.findall(r'<li class="tht-timeline__step.*?</li>', page, re.DOTALL)
    assert [text_of(step) for step in steps] == [
        "Group Assumed from this body",
        "Board Stated from Group",
        "Council Assumed from Board, in respect of money",
    ]


def test_a_way_up_that_is_a_ring_ends(client, record):
    one, two = make_body(), make_body()
    make_escalation_line(one, two)
    make_escalation_line(two, one)

    assert client.get(f"/bodies/{one.slug}/").text.count("tht-timeline__step") == 1 + 1


def test_lines_from_and_to_a_body_say_how_they_are_known(client, record):
    body, board, other = make_body("Group"), make_body("Board"), make_body("Centre")
    make_line(body, board, reasoning="No source names another.")
    make_line(other, body, Kind.SUPPORTS, **stated())

    page = text_of(client.get(f"/bodies/{body.slug}/").text)

    assert "Reports to Board Assumed No source names another." in page
    assert "Supports this body: Centre Stated the words that say so" in page


def test_seats_stand_in_the_order_of_their_roles_and_vacant_ones_say_so(client, record):
    body, trust = make_body(), make_organisation("Barts Health")
    make_seat(body, on_behalf_of=trust)
    make_seat(body, Seat.Role.SECRETARY)
    make_seat(body, Seat.Role.CHAIR, title="Independent chair")
    Membership.objects.create(seat=body.seats.get(role="member"), person=make_person())

    page = client.get(f"/bodies/{body.slug}/").text

    rows = page[page.index('id="seats"') :]
    rows = rows[rows.index("<tbody>") : rows.index("</tbody>")].split("</tr>")[:-1]
    assert [text_of(row) for row in rows] == [
        "Chair Independent chair Vacant",
        "Secretary Vacant",
        "Member Barts Health Yes",
    ]


def test_a_name_is_shown_only_where_it_is_public(client, record):
    body = make_body()
    open_person = make_person(first_name="Ada", last_name="Ali")
    private_person = make_person(first_name="Bea", last_name="Begum")
    make_member(body, Seat.Role.CHAIR, person=open_person)
    make_member(body, Seat.Role.SECRETARY, person=private_person)
    Membership.objects.filter(person=open_person).update(name_is_public=True)

    page = client.get(f"/bodies/{body.slug}/").text

    assert "Ada Ali" in page
    assert "Bea" not in page and "Begum" not in page and private_person.username not in page


def test_names_are_asked_for_only_where_one_is_public(client, record):
    body = make_body()
    ada = make_member(body, Seat.Role.CHAIR, person=make_person(first_name="Ada"))
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/bodies/{body.slug}/")

    Membership.objects.filter(person=ada).update(name_is_public=True)
    structure_edited()
    with CaptureQueriesContext(connection) as asked_of_public:
        page = client.get(f"/bodies/{body.slug}/").text

    assert not of_people(asked) and "Ada" in page
    assert len(of_people(asked_of_public)) == 1


def of_people(asked):
    return [each["sql"] for each in asked if User._meta.db_table in each["sql"]]


def test_a_seat_of_an_organisation_that_is_gone_still_names_it(client, record):
    body, gone = make_body(), make_organisation("Old CCG", end_date=LAST_DAY)
    make_seat(body, on_behalf_of=gone)

    assert "Old CCG" in client.get(f"/bodies/{body.slug}/").text


def test_a_committee_leads_to_its_locality(client, record):
    body = make_body(locality=make_locality("ne", name="North East"))

    page = client.get(f"/bodies/{body.slug}/?as_on=2026-11-22").text

    assert '<a href="/localities/ne/?as_on=2026-11-22">North East</a>' in page


def test_only_those_who_sit_on_a_body_are_offered_to_raise_a_matter(client, record):
    body = make_body()
    address, offer = f"/bodies/{body.slug}/", f"/escalations/new/?body={body.slug}"

    assert offer not in client.get(address).text
    client.force_login(make_member(make_body()))
    assert offer not in client.get(address).text
    client.force_login(make_member(body))
    assert offer in client.get(address).text
    assert offer not in client.get(f"{address}?as_on=2022-01-01").text


def test_everyone_is_offered_to_give_feedback_but_not_to_bodies_outside(client, record):
    inside = make_body()
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))

    assert '"/feedback/">Give feedback</a>' in main_of(client.get(f"/bodies/{inside.slug}/"))
    page = client.get(f"/bodies/{outside.slug}/")
    assert ">Give feedback</a>" not in main_of(page)
    assert "outside the partnership" in main_of(page)


def test_a_body_that_is_closed_says_so_with_its_last_day_and_successor(client, record):
    successor = make_body("New group")
    body = make_body("Old group", end_date=LAST_DAY, successor=successor)

    response = client.get(f"/bodies/{body.slug}/?as_on={DAY_AFTER}")

    assert response.status_code == 200
    said = text_of(response.text)
    assert "Its last day was 31 March 2026." in said
    assert "Its successor is New group" in said
    assert f'href="?as_on={LAST_DAY}"' in response.text
    assert "Its last day was" not in client.get(f"/bodies/{body.slug}/?as_on={LAST_DAY}").text


def test_a_body_that_is_to_close_has_a_last_day_to_come(client, record):
    body = make_body("Old group", end_date=today())

    said = text_of(client.get(f"/bodies/{body.slug}/?as_on={today() + timedelta(days=1)}").text)

    assert f"Its last day is {in_words(today())}." in said


def test_a_body_that_is_to_close_says_first_when_and_who_follows(client, record):
    follows = make_body("New group")
    body = make_body("Old group", end_date=today() + timedelta(days=9), successor=follows)

    said = text_of(client.get(f"/bodies/{body.slug}/").text)

    told = f"Its last day is {in_words(body.end_date)}. Its successor is New group"
    assert told in said
    assert said.index(told) < said.index("Where it sits")


def test_a_body_that_is_yet_to_begin_says_so_with_its_first_day(client, record):
    body = make_body("New group", start_date=DAY_AFTER)
    make_body("Old group", end_date=LAST_DAY, successor=body)

    response = client.get(f"/bodies/{body.slug}/?as_on={LAST_DAY}")

    assert response.status_code == 200
    said = text_of(response.text)
    assert "It begins on 1 April 2026." in said
    assert "It takes over from Old group" in said
    page = text_of(client.get(f"/bodies/{body.slug}/?as_on={DAY_AFTER}").text)
    assert "Took over from Old group" in page


def test_what_anyone_writes_into_the_record_is_shown_as_text(client, record):
    nasty = "<script>alert(1)</script>"
    body = make_body(nasty, purpose=nasty, remit=nasty, stage=nasty[:60], **stated(quotation=nasty))
    make_line(body, make_body(nasty), respect=nasty, reasoning=nasty)
    make_seat(body, title=nasty)
    organisation = make_organisation(nasty, note=nasty)

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
        f"/search/?q={nasty}",
    ):
        assert nasty not in client.get(address).text


# --- As the portal had recorded it ----------------------------------------------------------------


def test_a_page_may_show_what_was_recorded_before_an_edit(client, record):
    body = make_body("Living Well", purpose="As it was first written.")
    seen = body.history.first().history_date.isoformat().replace("+00:00", "Z")
    name = body.names.get()
    name.name = "Living Better"
    name.save()
    body.purpose = "As it was written later."
    body.save()
    seen = max(seen, body.names.get().history.last().history_date.isoformat()[:26] + "Z")

    now = client.get(f"/bodies/{body.slug}/").text
    then = client.get(f"/bodies/{body.slug}/?known_on={seen}").text

    assert "Living Better" in now and "As it was written later." in now
    assert "Living Well" in then and "As it was first written." in then


# --- What was public once -------------------------------------------------------------------------


def test_a_body_that_was_taken_out_of_the_record_is_gone_and_not_unknown(client, db):
    body = make_body("Founded by mistake", slug="founded-by-mistake")
    body.names.all().delete()
    body.delete()
    structure_edited()

    gone = client.get("/bodies/founded-by-mistake/")

    assert gone.status_code == 410
    assert "A body of this address was taken out of the record." in gone.text
    assert client.get("/bodies/never-there/").status_code == 404
