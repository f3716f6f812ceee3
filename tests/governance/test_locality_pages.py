"""Pages of the localities: the map and the list say the same, and every question gets an answer."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.models import Decision, Meeting, Seat, TermsOfReference
from localities.models import Indicator, Locality
from tests.factories import (
    make_body,
    make_figure,
    make_locality,
    make_member,
    make_organisation,
    make_person,
    make_place,
    make_seat,
    make_ward,
    today,
)
from tests.loaded import LOCALITIES, load
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import text_of

ADDRESSES = ["/localities/", "/localities/se/", "/localities/find/", "/localities/find/?q=Mile+End"]


@pytest.fixture
def whole_borough(db):
    load(LOCALITIES)


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


def test_a_coming_meeting_stands_under_the_name_that_its_committee_has_on_the_day(client, db):
    tomorrow = today() + timedelta(days=1)
    committee = make_body("Old name", locality=make_locality("ne"))
    committee.names.update(end_date=today())
    committee.names.create(name="New name", start_date=tomorrow)
    structure_edited()
    in_a_week = timezone.now() + timedelta(days=7)
    Meeting.objects.create(body=committee, starts_at=in_a_week, is_public=True)

    page = client.get(f"/localities/ne/?as_on={tomorrow}").text

    assert page.count("New name") == 3  # on top, as its committee, and above its meeting
    assert "Old name" not in page


def test_a_locality_says_how_sure_each_of_its_wards_is(client, whole_borough):
    text = text_of(client.get("/localities/ne/").text)

    assert "Bow East Assumed Inferred Inferred, since no public document lists the wards" in text
    assert "Mile End Assumed Inferred, and contested" in text
    text = text_of(client.get("/localities/se/").text)
    assert "Lansbury Sourced Named in a source Named by the partnership" in text
    text = text_of(client.get("/localities/nw/").text)
    assert "Bethnal Green West formerly St Peter's" in text


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
        "E3 4AB is in Bromley North ward, which is in the North East locality (we worked this out)."
        in text
    )
    assert "Ward Bromley North" in text
    assert '<a href="/bodies/ne-committee/">NE Committee</a>' in page
    assert 'value="e3 4ab"' in page


def test_feedback_is_offered_without_the_postcode_in_the_address(client, whole_borough):
    page = find(client, "E3 4AB").text

    assert 'href="/feedback/?place=Bromley%20North"' in page
    links = re.findall(r'href="([^"]*)"', page)
    # The same page in another language is the one that may be asked for with it.
    elsewhere = [link for link in links if "/localities/find/?q=" not in link]
    assert not any("E3" in link or "e34ab" in link.lower() for link in elsewhere)


def test_the_form_is_told_the_ward_or_the_locality_that_one_comes_from(client, whole_borough):
    assert 'href="/feedback/?place=St%20Dunstan%27s"' in find(client, "St Dunstan's").text
    assert 'href="/feedback/?place=North%20East"' in find(client, "E3").text
    assert 'href="/feedback/?place=North%20East"' in client.get("/localities/ne/").text
    assert 'href="/bn/feedback/?place=North%20East"' in client.get("/bn/localities/ne/").text


def test_an_answer_is_kept_by_nobody(client, whole_borough):
    assert find(client, "E3 4AB")["Cache-Control"] == "private, no-store"


def test_an_ambiguous_place_is_asked_about_with_its_wards(client, whole_borough):
    text = text_of(find(client, "Mile End").text)

    assert "Which of these do you mean?" in text
    assert "North East Wards: Mile End, Bow West" in text
    assert "North West Ward: Bethnal Green East" in text
    assert "Mile End Hospital and Queen Mary are in Bethnal Green East ward" in text


def test_the_same_number_of_postcodes_is_written_alike_in_sentence_and_choice(
    client, whole_borough
):
    text = find(client, "E14").text

    [number] = re.findall(r"([0-9],[0-9]{3}) in the South East", text)
    assert f">{number} postcodes</p>" in text
    assert not re.search(r"\b[0-9]{4} postcodes", text)


def test_a_postcode_that_is_not_in_the_table_is_never_called_invalid(client, whole_borough):
    text = text_of(find(client, "SW1A 1AA").text)

    assert "SW1A 1AA is outside Tower Hamlets, or newer than our table of October 2025." in text
    assert "invalid" not in text.lower()
    assert "Give feedback or an idea" in text


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


@pytest.mark.parametrize("address", ["/localities/", "/localities/ne/", "/localities/find/?q=ne"])
def test_before_the_record_it_is_said_that_nothing_is_recorded(
    client, record, html_faults, address
):
    locality = make_locality("ne")
    make_ward("Bow East", locality=locality)
    make_body("NE Committee", locality=locality)

    day = "&as_on=" if "?" in address else "?as_on="
    before = client.get(f"{address}{day}2020-12-31").text
    first = client.get(f"{address}{day}2021-01-01").text

    assert "Our record begins on 1 January 2021." in before
    assert "Bow East" not in before and "NE Committee" not in before
    assert "NE Committee" in first
    assert html_faults(before) == []


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
        ("/localities/ne/", 15),
        ("/localities/find/", 1),
        ("/localities/find/?q=E3+4AB", 3),
        ("/localities/find/?q=Mile+End", 2),
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
    assert len(client.get(address).content) < 40_000


@pytest.mark.parametrize("address", [*ADDRESSES, "/localities/find/?q=Sheldwell"])
def test_pages_are_valid_html(client, whole_borough, html_faults, address):
    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_pages_are_accessible_and_fit_the_screen(new_page, axe_faults, width):
    load(LOCALITIES)
    page = new_page(width=width)

    for address in [*ADDRESSES, "/localities/find/?q=E3+4AB", "/localities/find/?q=Sheldwell"]:
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.django_db(transaction=True)
def test_the_map_is_walked_with_the_keyboard_and_needs_no_javascript(new_page):
    load(LOCALITIES)
    page = new_page(javascript=False)
    page.goto("/localities/")

    page.locator(".tht-map a").nth(2).focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/localities/se/")
    page.get_by_role("heading", name="South East").wait_for()


# --- Committee, meetings, decisions ---------------------------------------------------------------


def test_a_seat_on_behalf_of_an_organisation_that_is_gone_still_says_whose_it_is(client, db):
    committee = make_body("Committee", locality=make_locality("ne"))
    gone = make_organisation("Old CCG", partner=False, end_date=today() - timedelta(days=1))
    make_seat(committee, on_behalf_of=gone)

    assert "for Old CCG" in client.get("/localities/ne/").text


def test_the_committee_is_shown_by_its_roles_and_never_by_names(client, whole_borough):
    committee = make_body("NE Committee", locality=Locality.objects.get(pk="ne"))
    make_member(committee, Seat.Role.CHAIR, person=make_person(last_name="Rahman"))
    make_seat(committee, on_behalf_of=make_organisation("The Trust"), title="Head of nursing")

    page = client.get("/localities/ne/").text

    text = text_of(page)
    assert "Chair Member: Head of nursing , for The Trust Vacant" in text
    assert "Rahman" not in page


def test_the_next_public_meetings_are_shown_and_no_others(client, whole_borough):
    committee = make_body("NE Committee", locality=Locality.objects.get(pk="ne"))
    soon = timezone.now() + timedelta(days=9)
    for place, fields in {
        "Public hall": {"is_public": True},
        "Back room": {"is_public": False},
        "Burnt hall": {"is_public": True, "status": Meeting.Status.CANCELLED},
    }.items():
        Meeting.objects.create(body=committee, starts_at=soon, place=place, **fields)

    text = text_of(client.get("/localities/ne/").text)

    assert "Public hall" in text
    assert "Back room" not in text and "Burnt hall" not in text


def test_of_two_terms_in_force_the_later_ones_are_shown_as_on_the_page_of_the_body(client, db):
    make_ward("Bow", locality=(locality := make_locality("ne")))
    committee = make_body("NE Committee", slug="committee", locality=locality)
    for start in (date(2024, 1, 1), date(2025, 1, 1)):
        TermsOfReference.objects.create(body=committee, start_date=start)

    texts = [text_of(client.get(page).text) for page in ("/localities/ne/", "/bodies/committee/")]

    assert all("since 1 January 2025" in text for text in texts)
    assert not any("1 January 2024" in text for text in texts)


def test_what_its_committee_decided_in_public_is_shown(client, whole_borough):
    committee = make_body("NE Committee", locality=Locality.objects.get(pk="ne"))
    for title, is_public in [("Open till eight", True), ("Secret", False)]:
        Decision.objects.create(
            body=committee, decided_on=today(), title=title, text="T", is_public=is_public
        )

    text = text_of(client.get("/localities/ne/").text)

    assert "Open till eight NE Committee" in text
    assert "Secret" not in text


def test_an_empty_locality_says_so_part_by_part(client, db):
    make_ward("Bow", locality=make_locality("ne", name="North East"))

    text = text_of(client.get("/localities/ne/").text)

    for sentence in (
        "No committee of this locality is recorded on this day.",
        "No decision of its committee is published yet.",
        "No published figures about this locality are loaded yet.",
        "No list of GP practices is loaded.",
        "Nobody has written about this locality in these months.",
    ):
        assert sentence in text


# --- Practices ------------------------------------------------------------------------------------


def test_practices_stand_by_network_with_the_day_of_their_list(client, whole_borough):
    text = text_of(client.get("/localities/ne/").text)

    assert "By the list of 1 January 2022." in text
    assert "Bow Health Network Harley Grove Medical Centre, E3 2AT" in text
    assert "XX Place Health Centre belongs to a network of this locality, but stands in" in text
    assert "Jubilee Street" not in text


# --- Needs ----------------------------------------------------------------------------------------


def test_figures_of_wards_stand_beside_the_borough_s(client, db):
    ward = make_ward("Bow", locality=make_locality("ne", name="North East"))
    here = make_figure(ward.gss, value=40, lower=35, upper=45)
    make_figure(indicator=here.indicator, value=20)
    make_figure(make_ward("Far away", locality=make_locality("sw")).gss, indicator=here.indicator)

    page = client.get("/localities/ne/").text

    assert "Bow 40.0% (35.0 to 45.0%) Tower Hamlets 20.0%" in text_of(page)
    assert "Far away" not in text_of(page)
    # The scale ends a little beyond the largest limit; the line of the borough is at half the bar.
    length = float(re.search(r'tht-bars__length" d="M0 1h([0-9.]+)v', page)[1])
    mark = float(re.search(r'tht-bars__mark" d="M([0-9.]+) 0', page)[1])
    assert length == pytest.approx(2 * mark, abs=0.1)


def test_the_newest_figure_is_shown_with_its_period_source_and_licence(client, db):
    make_ward("Bow", locality=make_locality("ne", name="North East"))
    old = make_figure(year=2024, value=11)
    make_figure(indicator=old.indicator, year=2026, value=22)
    make_figure(indicator=old.indicator, year=2099, value=99)

    text = text_of(client.get("/localities/ne/?as_on=2027-02-01").text)

    assert "Tower Hamlets 22.0%" in text
    assert "11.0%" not in text and "99.0%" not in text
    assert "Period: 2026 . Source: A source. Open Government Licence v3.0." in text
    assert "Known for the whole borough alone." in text


def test_an_old_figure_and_one_that_is_not_published_say_so(client, db):
    make_ward("Bow", locality=make_locality("ne", name="North East"))
    make_figure(year=2011)
    make_figure(year=2026, value=None, note="Suppressed")

    text = text_of(client.get("/localities/ne/?as_on=2027-02-01").text)

    assert "Old This is 15 years old, and nothing newer is loaded." in text
    assert "No figure is published for this period. Suppressed" in text


def test_an_indicator_that_is_not_to_be_shown_is_not(client, db):
    make_ward("Bow", locality=make_locality("ne", name="North East"))
    figure = make_figure()
    assert figure.indicator.name in client.get("/localities/ne/").text

    Indicator.objects.filter(pk=figure.indicator_id).update(is_shown=False)

    assert figure.indicator.name not in client.get("/localities/ne/").text


def test_the_languages_of_the_borough_stand_in_one_table(client, whole_borough):
    page = client.get("/localities/ne/").text

    assert "Bengali, with Sylheti and Chatgaya 11.0%" in text_of(page)
    assert page.count('<table class="tht-bars">') == 3


@pytest.mark.parametrize("count", [1, 60])
def test_many_figures_take_no_more_queries(client, db, django_assert_num_queries, count):
    ward = make_ward("Bow", locality=make_locality("ne", name="North East"))
    for _ in range(count):
        figure = make_figure(ward.gss)
        make_figure(indicator=figure.indicator)
    make_body(locality=ward.localities.get().locality)
    client.get("/localities/ne/")

    with django_assert_num_queries(15):
        page = client.get("/localities/ne/").text

    assert ("more figures than one page can show" in page) is (count == 60)
