"""Pages of the localities: the map and the list say the same, and every question gets an answer."""

import re
from datetime import date

import pytest
from django.urls import reverse

from governance.actions.structure import structure_edited
from localities.actions.loading import load_localities
from localities.models import Locality
from tests.factories import make_body, make_locality, make_place, make_ward
from tests.plugins.browser import DESKTOP, PHONE

ADDRESSES = ["/localities/", "/localities/se/", "/localities/find/", "/localities/find/?q=Mile+End"]


@pytest.fixture
def whole_borough(db):
    load_localities()


def text_of(page):
    """What a reader reads: the page without its tags."""
    body = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", page)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def find(client, typed, **more):
    return client.get(reverse("governance:find_locality"), {"q": typed, **more})


def test_the_addresses_are_those_promised():
    assert reverse("governance:localities") == "/localities/"
    assert reverse("governance:locality", args=["ne"]) == "/localities/ne/"
    assert reverse("governance:find_locality") == "/localities/find/"


def test_the_map_and_the_list_name_the_same_localities_and_committees(client, whole_borough):
    make_body("NE Committee", slug="ne-committee", locality=Locality.objects.get(pk="ne"))

    page = client.get("/localities/").text

    for code, name in [("ne", "North East"), ("se", "South East")]:
        assert re.search(rf'(?s)<a href="/localities/{code}/">.*?<path .*?{name}</text>', page)
        assert f'<a href="/localities/{code}/">{name}</a>' in page
    assert '<a href="/bodies/ne-committee/">NE Committee</a>' in page
    for ward in "Bow East", "St Katharine&#x27;s &amp; Wapping", "Lansbury":
        assert ward in page


def test_a_locality_says_how_sure_each_of_its_wards_is(client, whole_borough):
    text = text_of(client.get("/localities/ne/").text)

    assert "Bow East Assumed Inferred Inferred, since no public document lists the wards" in text
    assert "Mile End Assumed Inferred, and contested" in text
    text = text_of(client.get("/localities/se/").text)
    assert "Lansbury Sourced Named in a source Named by the partnership" in text
    text = text_of(client.get("/localities/nw/").text)
    assert "Bethnal Green West formerly St Peter&#x27;s" in text


def test_the_numbers_of_the_map_are_those_of_the_list(client, whole_borough):
    page = client.get("/localities/sw/").text

    assert re.findall(r">(\d)</text>", page) == ["1", "2", "3", "4", "5"]
    listed = re.search(r'(?s)<ol class="tht-map-list">(.*?)</ol>', page)[1]
    assert re.findall(r"<li>(.*?)</li>", listed)[:2] == ["Shadwell", "St Dunstan&#x27;s"]


def test_the_days_of_the_licence_and_the_table_are_shown(client, whole_borough):
    for address in ADDRESSES:
        text = text_of(client.get(address).text)
        assert "OS Code-Point Open 2025.4.0, published on 20 October 2025" in text
        assert "Contains OS data © Crown copyright and database right 2025." in text
        assert "Contains Royal Mail data © Royal Mail copyright and database right 2025." in text
        assert "Source: Office for National Statistics licensed under the Open Government" in text


def test_there_is_no_page_of_a_locality_that_does_not_exist(client, whole_borough):
    assert client.get("/localities/centre/").status_code == 404


# --- Finding --------------------------------------------------------------------------------------


def test_a_postcode_gives_ward_locality_confidence_and_committee(client, whole_borough):
    make_body("NE Committee", slug="ne-committee", locality=Locality.objects.get(pk="ne"))

    page = find(client, "e3 4ab").text

    text = text_of(page)
    assert (
        "E3 4AB is in Bromley North ward, which is in the North East locality (inferred)." in text
    )
    assert "Ward Bromley North" in text
    assert '<a href="/bodies/ne-committee/">NE Committee</a>' in page
    assert 'value="e3 4ab"' in page


def test_feedback_is_offered_without_the_postcode_in_the_address(client, whole_borough):
    page = find(client, "E3 4AB").text

    assert 'href="/feedback/"' in page
    links = re.findall(r'href="([^"]*)"', page)
    assert not any("E3" in link or "e34ab" in link.lower() for link in links)


def test_an_answer_is_kept_by_nobody(client, whole_borough):
    assert find(client, "E3 4AB")["Cache-Control"] == "private, no-store"


def test_an_ambiguous_place_is_asked_about_with_its_wards(client, whole_borough):
    text = text_of(find(client, "Mile End").text)

    assert "Which of these do you mean?" in text
    assert "North East Wards: Mile End, Bow West" in text
    assert "North West Ward: Bethnal Green East" in text
    assert "Mile End Hospital and Queen Mary are in Bethnal Green East ward" in text


def test_a_postcode_that_is_not_in_the_table_is_never_called_invalid(client, whole_borough):
    text = text_of(find(client, "SW1A 1AA").text)

    assert "SW1A 1AA is outside Tower Hamlets, or newer than our table of October 2025." in text
    assert "invalid" not in text.lower()


def test_what_is_not_understood_is_said_kindly_with_names_that_are_like_it(client, whole_borough):
    page = find(client, "Sheldwell").text

    assert "We do not know a place of that name." in text_of(page)
    assert 'href="/localities/find/?q=Shadwell"' in page
    assert 'value="Sheldwell"' in page


def test_what_was_typed_is_shown_as_text(client, whole_borough):
    page = find(client, "<script>alert(1)</script>").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_nothing_typed_is_asked_for_again(client, whole_borough):
    response = find(client, "  ")

    assert response.status_code == 200
    assert "Enter a postcode or the name of an area" in response.text


def test_the_form_alone_has_no_error(client, whole_borough):
    page = client.get("/localities/find/").text

    assert "There is a problem" not in page


def test_too_long_an_entry_is_refused_with_a_sentence_and_kept(client, whole_borough):
    response = find(client, "Bow " * 100)

    assert response.status_code == 400
    assert "Enter at most 200 characters" in response.text
    assert "You entered 399" in response.text
    assert "Bow Bow Bow" in response.text


# --- Days -----------------------------------------------------------------------------------------


def test_pages_show_the_day_asked_for_and_links_stay_on_it(client, db):
    locality = make_locality("ne", name="North East")
    ward = make_ward("Bow", locality=locality)
    ward.localities.update(end_date=date(2030, 6, 30))
    make_body("Old", slug="old", locality=locality, end_date=date(2030, 6, 30))
    make_body("New", slug="new", locality=locality, start_date=date(2030, 7, 1))

    before = client.get("/localities/ne/?as_on=2030-06-30").text
    after = client.get("/localities/ne/?as_on=2030-07-01").text

    assert "30 June 2030" in text_of(before)
    assert '<a href="/bodies/old/?as_on=2030-06-30">Old</a>' in before
    assert "<li>Bow</li>" in before
    assert '<a href="/bodies/new/?as_on=2030-07-01">New</a>' in after
    assert "No ward of this locality is recorded on this day." in after
    overview = client.get("/localities/?as_on=2030-06-30").text
    assert 'href="/localities/ne/?as_on=2030-06-30"' in overview


def test_a_place_is_looked_for_on_the_day_asked_for(client, db):
    ward = make_ward("Lansbury", locality=make_locality("se"))
    ward.localities.update(end_date=date(2030, 6, 30))
    make_place("Chrisp Street", ward)

    page = find(client, "Lansbury", as_on="2030-06-30").text

    assert "Lansbury ward is in the" in text_of(page)
    assert '<input type="hidden" name="as_on" value="2030-06-30">' in page
    assert "We do not know" in text_of(find(client, "Lansbury", as_on="2030-07-01").text)


@pytest.mark.parametrize("address", ["/localities/", "/localities/ne/", "/localities/find/"])
@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "22/11/2026"])
def test_what_is_not_a_day_is_refused_with_a_sentence(client, whole_borough, address, day):
    response = client.get(address, {"as_on": day})

    assert response.status_code == 400
    assert "is not a day" in text_of(response.text)


# --- Queries, validity, looks ---------------------------------------------------------------------


@pytest.mark.parametrize("bodies", [2, 30])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/localities/", 3),
        ("/localities/ne/", 4),
        ("/localities/find/", 1),
        ("/localities/find/?q=E3+4AB", 4),
        ("/localities/find/?q=Mile+End", 4),
        ("/localities/find/?q=SW1A+1AA", 3),
    ],
)
def test_a_page_takes_a_fixed_number_of_queries(
    client, whole_borough, django_assert_num_queries, address, queries, bodies
):
    for _ in range(bodies):
        make_body(locality=Locality.objects.get(pk="ne"))
    structure_edited()
    client.get(address)

    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_stay_small(client, whole_borough, address):
    assert len(client.get(address).content) < 30_000


@pytest.mark.parametrize("address", [*ADDRESSES, "/localities/find/?q=Sheldwell"])
def test_pages_are_valid_html(client, whole_borough, html_faults, address):
    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_pages_are_accessible_and_fit_the_screen(new_page, axe_faults, width):
    load_localities()
    page = new_page(width=width)

    for address in [*ADDRESSES, "/localities/find/?q=E3+4AB", "/localities/find/?q=Sheldwell"]:
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.django_db(transaction=True)
def test_the_map_is_walked_with_the_keyboard_and_needs_no_javascript(new_page):
    load_localities()
    page = new_page(javascript=False)
    page.goto("/localities/")

    page.locator(".tht-map a").nth(2).focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/localities/se/")
    page.get_by_role("heading", name="South East").wait_for()
