"""Which organisation sits on which body, as on a day."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.models import Membership, Seat, StructureRecord
from tests.factories import make_body, make_kind, make_organisation, make_person, make_seat, today
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/structure/seats/"
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def record():
    StructureRecord.objects.create(first_day=today() - timedelta(days=2000))


@pytest.fixture
def board():
    return make_body("Board", kind=make_kind("board", order=1))


def hold(seat, **fields):
    membership = Membership.objects.create(seat=seat, person=make_person(), **fields)
    structure_edited()
    return membership


def ask(client, status=200, **parameters):
    response = client.get(PAGE, parameters)
    assert response.status_code == status
    return text_of(main_of(response))


def table(client, **parameters):
    """The table as {(body, organisation): what the cell says}."""
    html = client.get(PAGE, parameters).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    heads, *rows = [
        [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]
    return {
        (row[0], head): cell
        for row in rows
        for head, cell in zip(heads[1:], row[1:], strict=True)
        if cell
    }


def test_a_seat_stands_where_its_body_and_its_organisation_meet(client, board):
    group, trust = make_body("Group"), make_organisation("Acme Trust", short_name="Acme")
    council = make_organisation("Council")
    hold(make_seat(board, on_behalf_of=trust))
    hold(make_seat(group, on_behalf_of=council, title="Head of housing", evidence="assumed"))

    assert table(client) == {
        ("Board", "Acme"): "Member Assumed",
        ("Group", "Council"): "Head of housing Assumed",
        ("All bodies", "Acme"): "1 seat",
        ("All bodies", "Council"): "1 seat",
    }


def test_a_vacancy_is_told_in_words(client, board):
    trust, council = make_organisation("Acme Trust"), make_organisation("Council")
    make_seat(board, on_behalf_of=trust)
    for _ in range(3):
        make_seat(board, on_behalf_of=council)
    hold(board.seats.filter(on_behalf_of=council).first())

    assert table(client) == {
        ("Board", "Acme Trust"): "Member, vacant Assumed",
        ("Board", "Council"): "Member: 3 seats, 2 vacant Assumed",
        ("All bodies", "Acme Trust"): "1 seat, vacant",
        ("All bodies", "Council"): "3 seats, 2 vacant",
    }
    assert "4 seats are recorded, 3 of them vacant." in ask(client)


def test_roles_come_in_their_order_and_posts_say_their_role(client, board):
    trust = make_organisation("Acme Trust")
    for role, title in (
        (Seat.Role.MEMBER, ""),
        (Seat.Role.CHAIR, "Chief executive"),
        (Seat.Role.DEPUTY_CHAIR, "Deputy chair, nursing"),
    ):
        hold(make_seat(board, role, title=title, on_behalf_of=trust))

    assert table(client)["Board", "Acme Trust"] == (
        "Chief executive (chair) Assumed Deputy chair, nursing Assumed Member Assumed"
    )


def test_how_well_a_seat_is_known_is_shown_for_each(client, board):
    trust = make_organisation("Acme Trust")
    hold(make_seat(board, on_behalf_of=trust))
    proof = {"evidence": "stated", "quotation": "Acme sits on it.", "source_title": "The source"}
    hold(make_seat(board, on_behalf_of=trust, **proof))

    assert table(client)["Board", "Acme Trust"] == "Member Assumed Member Stated"


def test_seats_held_for_no_organisation_stand_below(client, board):
    make_seat(board, Seat.Role.CHAIR)

    said = ask(client)

    assert "1 seat is recorded, all vacant." in said
    assert "Seats held for no organisation Board Chair, vacant Assumed" in said
    assert table_is_absent(client)


def table_is_absent(client):
    return "<table" not in client.get(PAGE).content.decode()


def test_a_partner_without_a_seat_has_a_column_and_others_only_with_a_seat(client, board):
    make_organisation("Partner without seat")
    make_organisation("Neither", partner=False)
    make_seat(board, on_behalf_of=make_organisation("Guest", partner=False))

    said = ask(client)

    assert "Partner without seat" in said and "Neither" not in said
    assert "Guest not a partner" in said
    assert table(client)["All bodies", "Partner without seat"] == "0 seats"


def test_an_organisation_that_is_gone_keeps_the_column_of_its_seats(client, board):
    gone = make_organisation("Old Trust", partner=False, end_date=today() - A_DAY)
    make_seat(board, on_behalf_of=gone)

    assert "Old Trust no longer there" in ask(client)
    assert "Old Trust not a partner" in ask(client, as_on=(today() - A_DAY).isoformat())


def test_bodies_without_any_seat_are_named(client, board):
    make_seat(board)
    make_body("Night Group")

    assert "No seat is recorded for: Night Group" in ask(client)


def test_people_are_never_named(client, board):
    membership = hold(make_seat(board, Seat.Role.CHAIR), name_is_public=True)
    membership.person.first_name, membership.person.last_name = "Ada", "Lovelace"
    membership.person.save()
    client.force_login(membership.person)

    said = ask(client)

    assert "Lovelace" not in said and membership.person.username not in said


def test_another_day_and_what_was_known_of_it_have_their_own_table(client, board):
    trust = make_organisation("Acme Trust")
    seat = make_seat(board, on_behalf_of=trust, end_date=today())
    moment = timezone.now().isoformat()
    seat.role = Seat.Role.CHAIR
    seat.save()
    hold(seat, start_date=today())
    yesterday, tomorrow = ((today() + n * A_DAY).isoformat() for n in (-1, 1))

    assert table(client)["Board", "Acme Trust"] == "Chair Assumed"
    assert table(client, as_on=yesterday)["Board", "Acme Trust"] == "Chair, vacant Assumed"
    assert "No seat is recorded for this day." in ask(client, as_on=tomorrow)
    assert table(client, known_on=moment)["Board", "Acme Trust"] == "Member, vacant Assumed"
    assert "Our record begins on" in ask(client, as_on="1999-01-01")


def test_links_stay_on_the_day(client, board):
    make_seat(board, on_behalf_of=make_organisation(slug="acme"))

    html = client.get(PAGE, {"as_on": "2199-01-31"}).content.decode()

    assert 'href="/organisations/acme/?as_on=2199-01-31"' in html
    assert f'href="/bodies/{board.slug}/?as_on=2199-01-31"' in html


def test_many_bodies_come_a_page_at_a_time(client, monkeypatch):
    monkeypatch.setattr("governance.views.seats.BODIES_SHOWN", 2)
    for number in range(3):
        make_seat(make_body(f"Body {number}", slug=f"body-{number}"))

    assert "Page 1 of 2" in ask(client) and "Body 2" not in ask(client)
    second = client.get(PAGE, {"page": "2", "as_on": "2199-01-31"})
    assert "Body 2" in second.content.decode()
    assert 'href="?as_on=2199-01-31&amp;page=1"' in second.content.decode()
    for page in ("3", "x", "0"):
        assert "has no such page" in ask(client, status=404, page=page)


def test_a_body_without_any_seat_is_named_on_one_page(client, monkeypatch):
    monkeypatch.setattr("governance.views.seats.BODIES_SHOWN", 2)
    for number in range(6):
        body = make_body(f"Body {number}", slug=f"body-{number}")
        if number in {0, 5}:
            make_seat(body)

    pages = [ask(client, page=str(number)) for number in (1, 2, 3)]

    named = [re.findall(r"Body \d", page) for page in pages]
    assert named == [["Body 0", "Body 1"], ["Body 2", "Body 3"], ["Body 5", "Body 4"]]
    without = [page.partition("No seat is recorded for: ")[2] for page in pages]
    assert [re.findall(r"Body \d", page) for page in without] == [
        ["Body 1"],
        ["Body 2", "Body 3"],
        ["Body 4"],
    ]


def test_the_page_takes_the_same_queries_for_many_seats(client, board, django_assert_num_queries):
    def add(number):
        for _ in range(number):
            make_seat(make_body(), on_behalf_of=make_organisation())
            gone = make_organisation(partner=False, end_date=today() - A_DAY)
            make_seat(board, on_behalf_of=gone)
        client.get("/structure/")

    add(1)
    with django_assert_num_queries(2):
        ask(client, other="not kept")
    add(40)
    with django_assert_num_queries(2):
        ask(client, other="not kept")


def test_the_page_is_valid_html(client, board, html_faults):
    assert html_faults(client.get(PAGE).content) == []
    make_seat(board, on_behalf_of=make_organisation())
    make_seat(make_body())
    make_body("Night Group")

    assert html_faults(client.get(PAGE).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_page_is_accessible(new_page, axe_faults, board, width):
    for number in range(7):
        make_seat(board, on_behalf_of=make_organisation(f"Trust {number}"))
    make_seat(make_body())
    page = new_page(width=width)

    page.goto(PAGE)

    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
