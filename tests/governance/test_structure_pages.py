"""The page of the structure, on any day, and what pages of the structure have in common."""

import gzip
import re
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string

from governance.actions.structure import structure_edited
from governance.models import (
    Body,
    BodyName,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
)
from governance.structure import structure_on
from tests.factories import (
    make_body,
    make_kind,
    make_line,
    make_organisation,
    make_person,
    make_seat,
    stated,
    today,
)
from tests.governance.structure_read import lines_of_chart, lines_of_list, lines_of_table
from tests.loaded import STRUCTURE, load
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import text_of
from tht_portal.templatetags import portal

pytestmark = pytest.mark.django_db

Kind = ReportingLine.Kind
LAST_DAY = date(2026, 3, 31)
DAY_AFTER = LAST_DAY + timedelta(days=1)


@pytest.mark.parametrize("address", ["/structure/", "/structure/faults/", "/structure/seats/"])
def test_of_a_moment_when_nothing_was_recorded_it_is_said_that_nothing_was(client, address):
    make_body()
    StructureRecord.objects.update(first_day=today() - timedelta(days=400))

    page = client.get(f"{address}?known_on=2026-03-03").text

    assert "On 3 March 2026 nothing had been recorded of this day yet." in page
    assert f'href="?as_on={today():%Y-%m-%d}">See what we know of it now</a>' in page
    assert "nothing had been recorded" not in client.get(address).text


def test_what_was_not_recorded_yet_was_not_taken_out_of_the_record(client):
    body, organisation = make_body(), make_organisation()
    for address in (f"/bodies/{body.slug}/", f"/organisations/{organisation.slug}/"):
        page = client.get(f"{address}?known_on=2026-03-03")

        assert page.status_code == 404
        assert "On 3 March 2026 the record had no " in page.text
        assert client.get(address).status_code == 200


# --- The structure --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    # A letter of Bengali takes three bytes.
    ("address", "most"),
    [("/structure/", 60_000), ("/so/structure/", 60_000), ("/bn/structure/", 70_000)],
)
def test_the_page_of_the_whole_structure_is_small_enough_for_a_phone(client, address, most):
    load(STRUCTURE)

    page = client.get(address).content

    assert len(page) < most
    assert len(gzip.compress(page)) < 12_000


def test_after_an_edit_only_what_is_different_is_drawn_anew(client, monkeypatch):
    load(STRUCTURE)
    client.get("/structure/")
    drawn = []
    monkeypatch.setattr(
        portal,
        "render_to_string",
        lambda template, *given: drawn.append(template) or render_to_string(template, *given),
    )
    line = ReportingLine.objects.get(
        from_body__slug="living-well", kind=ReportingLine.Kind.REPORTS_TO
    )

    ReportingLine.objects.filter(pk=line.pk).update(respect="prevention")
    structure_edited()
    page = client.get("/structure/").text

    assert "in respect of prevention" in page
    assert len(lines_of_table(page)) == 40
    of_list = ["governance/_entry.html", "governance/_entry_line.html"]
    assert drawn == [*of_list, "governance/_line.html"]


def test_what_was_drawn_in_one_language_is_not_shown_in_another(client):
    load(STRUCTURE)
    pages = [client.get(address).text for address in ("/structure/", "/so/structure/") * 2]

    english, somali = lines_of_list(pages[0]), lines_of_list(pages[1])

    assert len(english) == len(somali) == 40
    assert not set(english) & set(somali)
    assert [lines_of_list(page) for page in pages[2:]] == [english, somali]


def test_chart_list_and_table_say_exactly_the_same_lines(client):
    load(STRUCTURE)
    page = client.get("/structure/").text

    in_chart = sorted(lines_of_chart(page))

    assert len(in_chart) == len(structure_on(today()).lines) == 40
    assert [line.replace("&amp;", "&") for line in sorted(lines_of_list(page))] == in_chart
    assert [line.replace("&amp;", "&") for line in sorted(lines_of_table(page))] == in_chart
    assert (
        "THT Executive Board escalates to NHS North East London in respect of NHS resources "
        "(assumed)"
    ) in in_chart


def test_the_page_says_how_many_lines_are_stated_sourced_and_assumed(client, record):
    one, two, three = make_body(), make_body(), make_body()
    make_line(one, two, **stated())
    make_line(one, three)
    make_line(two, three)

    said = text_of(client.get("/structure/").text)

    assert "3 bodies and 3 lines between them: 1 Stated , 0 Sourced , 2 Assumed" in said


def test_a_line_in_the_table_leads_to_its_quotation_and_source(client, record):
    make_line(make_body(), make_body(), **stated())

    page = client.get("/structure/").text

    assert 'href="#source-1"' in page
    [source] = re.findall(r'<li id="source-1">(.*?)</li>', page, re.DOTALL)
    assert '<q lang="en-GB">the words that say so</q>' in source
    assert '<a href="https://example.org/text">The partnership’s own text</a>' in source


def test_what_is_said_of_several_lines_stands_once(client, record):
    board = make_body()
    for _ in range(3):
        make_line(make_body(), board, reasoning="No source says so")

    page = client.get("/structure/").text

    assert page.count("No source says so") == 1 + page.count("No source says so: we assume it")
    assert page.count('href="#source-1"') == 3


def test_a_page_of_another_day_says_so_and_keeps_it_in_every_link(client, record):
    body, board = make_body("Living Well"), make_body("Board")
    make_line(body, board)
    organisation = make_organisation()
    make_seat(body, on_behalf_of=organisation)

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
    ):
        page = client.get(f"{address}?as_on=2022-11-22").text
        assert "You are looking at the structure as it was on 22 November 2022." in text_of(page)
        main = page[page.index("<main") : page.index("</main>")]
        links = re.findall(r'href="(/(?:structure|bodies|organisations|localities)/[^"]*)"', main)
        assert links
        # A calendar has no day, and changes are those between two.
        links = [link for link in links if not re.search(r"\.ics$|^/structure/changes/", link)]
        without = [link for link in links if not link.endswith("as_on=2022-11-22")]
        assert without == [address]  # back to today


def test_a_page_of_today_has_no_banner_and_plain_links(client, record):
    make_line(make_body(), make_body())

    page = client.get("/structure/").text

    assert "You are looking at" not in page
    assert "as_on=" not in page[: page.index("</main>")]


def test_a_day_to_come_is_shown_as_planned(client, record):
    make_body(start_date=date(2096, 4, 1))

    page = client.get("/structure/?as_on=2096-11-22").text

    assert "You are looking at the structure as planned for 22 November 2096." in text_of(page)


def test_before_the_record_begins_it_says_so_instead_of_an_empty_chart(client, record):
    body = make_body()
    organisation = make_organisation()

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
    ):
        response = client.get(f"{address}?as_on=2020-12-31")
        assert response.status_code == 200
        assert "Our record begins on 1 January 2021." in response.text
        assert "What the structure was on 31 December 2020 is not recorded here." in response.text
        assert "tht-chart" not in response.text
        assert "Our record begins" not in client.get(f"{address}?as_on=2021-01-01").text


def test_without_any_record_the_page_says_so(client):
    assert "No structure has been recorded yet." in client.get("/structure/").text


def test_a_day_without_bodies_says_so(client, record):
    make_body(start_date=DAY_AFTER)

    assert "No body is recorded for this day." in client.get(f"/structure/?as_on={LAST_DAY}").text


@pytest.mark.parametrize(
    "typed",
    [
        "2026-02-30",
        "22/11/2026",
        "0000-01-01",
        "10000-01-01",
        "٢٠٢٦-١١-٢٢",
        "2026-11-22T00:00:00",
        "2026-W01-1",
        "20261122",
        "yesterday",
        "<b>bold</b>",
        "1" * 5000,
    ],
)
def test_what_is_no_day_is_refused_with_a_sentence_and_kept(client, record, typed):
    body, organisation = make_body(), make_organisation()

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
    ):
        response = client.get(f"{address}?as_on={typed}")
        assert response.status_code == 400
        assert "is not a day" in response.text
        assert "There is a problem" in response.text
        assert "<b>bold" not in response.text
    if len(typed) < 40 and typed.isascii() and typed.isalnum():
        assert f'value="{typed}"' in response.text


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_day_there_is_break_nothing(client, record, typed):
    body = make_body()

    for address in ("/structure/", f"/bodies/{body.slug}/", "/organisations/"):
        assert client.get(f"{address}?as_on={typed}").status_code == 200


def test_a_day_typed_into_the_boxes_has_the_same_address_as_any_other(client, record):
    response = client.get("/structure/?as_on_day=31&as_on_month=mar&as_on_year=2026")

    assert response.status_code == 302
    assert response["Location"] == "/structure/?as_on=2026-03-31"


def test_pages_to_read_take_no_post(client, record):
    body = make_body()

    for address in ("/structure/", f"/bodies/{body.slug}/", "/organisations/", "/search/"):
        assert client.post(address).status_code == 405


def test_no_space_stands_before_the_full_stop_after_a_period():
    told = render_to_string("governance/_period.html", {"fact": make_body()})

    assert told == "since before our record"


# --- As many queries for a thousand as for a few --------------------------------------------------


def fill(count):
    """A board, and `count` bodies that report and escalate to it, with seats and names."""
    board, kind = make_body("Board"), make_kind()
    bodies = Body.objects.bulk_create(
        Body(slug=f"many-{number}", kind=kind, purpose="Many") for number in range(count)
    )
    BodyName.objects.bulk_create(BodyName(body=body, name=f"Many {body.slug}") for body in bodies)
    for line_kind in (Kind.REPORTS_TO, Kind.ESCALATES_TO):
        ReportingLine.objects.bulk_create(
            ReportingLine(from_body=body, to_body=board, kind=line_kind) for body in bodies
        )
    organisation = make_organisation("Trust")
    Organisation.objects.bulk_create(
        Organisation(slug=f"many-{number}", name=f"Many {number}", kind="nhs_trust")
        for number in range(count)
    )
    Partner.objects.bulk_create(
        Partner(organisation=each) for each in Organisation.objects.exclude(pk=organisation.pk)
    )
    Seat.objects.bulk_create(Seat(body=board, on_behalf_of=organisation) for _ in range(count))
    person = make_person()
    Membership.objects.bulk_create(
        Membership(seat=seat, person=person, name_is_public=True)
        for seat in Seat.objects.filter(body=board)
    )
    return board, organisation


@pytest.mark.parametrize("count", [3, 1000])
def test_pages_take_as_many_queries_for_a_thousand_rows(
    client, record, count, django_assert_num_queries
):
    board, organisation = fill(count)
    structure_on(today())

    for address, queries in (
        ("/structure/", 1),
        (f"/bodies/{board.slug}/", 11),
        ("/organisations/", 2),
        (f"/organisations/{organisation.slug}/", 3),
    ):
        with django_assert_num_queries(queries):
            assert client.get(f"{address}?x=").status_code == 200


# --- In the browser -------------------------------------------------------------------------------


ADDRESSES = [
    "/structure/",
    "/structure/?as_on=2022-01-01",
    "/structure/?as_on=2019-01-01",
    "/structure/?as_on=never",
    "/bodies/executive-board/",
    "/bodies/nhs-north-east-london/?as_on=2021-06-01",
    "/organisations/",
    "/organisations/nhs-north-east-london/",
    "/search/?q=living",
    "/search/?q=E3+4AB",
    "/search/?q=nothing+of+the+kind",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_the_structure_is_valid_html(client, html_faults, address):
    load(STRUCTURE)

    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
def test_the_chart_is_as_wide_as_its_paper_and_no_wider(new_page):
    make_line(make_body("Below"), make_body("Above"))
    page = new_page(width=733)  # A4 without the margins that the chart has there
    page.goto("/structure/")

    page.emulate_media(media="print")

    sheet = page.locator(".tht-chart-sheet").bounding_box()
    assert (sheet["x"], sheet["width"]) == (0, 733)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_pages_of_the_structure_are_accessible_and_fit(new_page, axe_faults, width):
    load(STRUCTURE)
    page = new_page(width=width)

    for address in ADDRESSES:
        if "never" in address:  # its answer is a 400, which the browser notes as a fault
            continue
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.django_db(transaction=True)
def test_the_keyboard_walks_the_chart_in_the_order_of_the_tree(page):
    board = make_body("Board")
    StructureRecord.objects.update(first_day=date(2021, 1, 1))
    first, second = make_body("First", slug="first"), make_body("Second", slug="second")
    make_line(first, board)
    make_line(second, board)
    page.goto("/structure/")

    page.locator(".tht-scroll").focus()
    walked = []
    for _ in range(3):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.getAttribute('href')"))

    assert walked == [f"/bodies/{body.slug}/" for body in (board, first, second)]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/bodies/{second.slug}/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, 700, DESKTOP])
def test_names_of_one_long_word_and_of_many_fit(new_page, width):
    long, longer = make_body("Gesundheitsversorgung" * 4), make_body("স্বাস্থ্যসেবা" * 8)
    many = make_body("Communications Transformation Management Group of Stakeholders " * 2)
    make_line(long, longer)
    make_line(longer, long)
    make_line(many, longer)
    page = new_page(width=width)

    for address in ("/structure/", f"/bodies/{long.slug}/", f"/structure/faults/?body={long.slug}"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
