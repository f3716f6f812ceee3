"""Search finds what the portal says of itself, by any name, and never what residents wrote."""

import re
from datetime import date, timedelta

import pytest

from governance.actions.structure import structure_edited
from governance.models import Body, BodyName, Organisation
from localities.actions.atlas import atlas_edited
from localities.models import PlaceName, Ward
from tests.factories import (
    make_body,
    make_kind,
    make_locality,
    make_organisation,
    make_place,
    make_postcode,
    make_ward,
    today,
)
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def found(client, text):
    """What is found, as (name, address), and the words of the whole page."""
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200
    main = main_of(response)
    links = re.findall(r'<h3[^>]*><a href="([^"]*)">(.*?)</a></h3>', main)
    return [(name, address) for address, name in links], text_of(main)


def test_a_body_is_found_by_any_part_of_its_name_in_any_case(client):
    body = make_body("Children and Families Executive")

    for text in ("children", "FAMILIES", "executive children", "famil exec"):
        links, _ = found(client, text)
        assert links == [("Children and Families Executive", f"/bodies/{body.slug}/")]


def test_a_body_is_found_by_its_old_name(client):
    body = make_body("Born Well Growing Well")
    BodyName.objects.filter(body=body).update(end_date=today() - DAY)
    BodyName.objects.create(body=body, name="Children and Families", start_date=today())

    links, words = found(client, "growing")

    assert links == [("Children and Families", f"/bodies/{body.slug}/")]
    assert "formerly Born Well Growing Well" in words


def test_a_body_is_found_by_its_short_name_kind_and_locality(client):
    body = make_body(
        "NE Committee",
        kind=make_kind("locality-committee"),
        locality=make_locality("ne", name="North East"),
    )
    BodyName.objects.update(short_name="NEHWC")

    for text in ("nehwc", "locality committee", "committee north east"):
        links, _ = found(client, text)
        assert ("NE Committee", f"/bodies/{body.slug}/") in links


def test_a_body_is_found_by_the_words_of_its_purpose_remit_and_cohort_after_those_named_so(client):
    make_body("Alpha", slug="a", purpose="It looks after workforce matters.")
    make_body("Beta", slug="b", remit="Workforce")
    make_body("Gamma", slug="c", cohort="the workforce")
    make_body("Workforce Group", slug="d")

    links, words = found(client, "workforce")

    assert [name for name, _ in links] == ["Workforce Group", "Alpha", "Beta", "Gamma"]
    assert "It looks after workforce matters." in words


def test_a_body_that_is_closed_or_to_come_is_found_and_says_so(client):
    make_body("Old group", end_date=date(2024, 3, 31))
    make_body("New group", start_date=date(2096, 4, 1))

    _, words = found(client, "group")

    assert "ended in March 2024" in words
    assert "planned for April 2096" in words


def test_an_organisation_is_found_by_name_and_code(client):
    trust = make_organisation("Barts Health NHS Trust", ods_code="R1H", short_name="Barts")

    for text in ("barts", "r1h", "health trust"):
        links, _ = found(client, text)
        assert links == [("Barts Health NHS Trust", f"/organisations/{trust.slug}/")]


def test_half_a_postcode_is_no_part_of_a_code_in_a_note(client):
    make_organisation("Old CCG", slug="ccg", note="GSS code E38000186.")

    for text in ("E3", "38"):
        assert "Old CCG" not in dict(found(client, text)[0])
    assert found(client, "E38000186")[0] == [("Old CCG", "/organisations/ccg/")]


def test_a_postcode_says_its_ward_and_locality(client):
    make_postcode("E34AB", make_ward("Bow East", locality=make_locality("ne", name="North East")))

    links, words = found(client, "e3 4ab")

    assert links == [("e3 4ab", "/localities/find/?q=e3+4ab")]
    assert "Bow East ward, which is in the North East locality" in words


def test_a_postcode_far_away_says_so(client):
    _, words = found(client, "SW1A 1AA")

    assert "SW1A 1AA is outside Tower Hamlets" in words


def test_localities_wards_and_places_are_found_by_part_of_their_names(client):
    locality = make_locality("se", name="South East")
    ward = make_ward("Island Gardens", locality=locality, former_name="Millwall")
    make_place("Isle of Dogs", ward)

    assert ("South East", "/localities/se/") in found(client, "east")[0]
    assert ("Island Gardens", "/localities/find/?q=Island+Gardens") in found(client, "garden")[0]
    assert ("Island Gardens", "/localities/find/?q=Island+Gardens") in found(client, "millw")[0]
    assert ("Isle of Dogs", "/localities/find/?q=Isle+of+Dogs") in found(client, "dog")[0]


def test_a_ward_that_is_gone_is_not_offered(client):
    make_ward("Millwall", end_date=today() - DAY)

    assert found(client, "millwall")[0] == []


def test_nothing_found_says_what_to_try(client):
    links, words = found(client, "zzz")

    assert links == []
    assert "Nothing was found for “zzz”. Try fewer or other words" in words
    assert "Messages from residents cannot be searched here." in words


@pytest.mark.parametrize("text", ["zzz", "living"])
def test_who_looks_for_a_service_is_told_where_they_are_listed(client, text):
    make_body("Living Well")

    _, words = found(client, text)

    assert "This portal does not list services." in words


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_search_asks_what_for(client, text):
    _, words = found(client, text)

    assert "What are you looking for?" in words
    assert "Nothing was found" not in words


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "&", "…", "🙂"])
def test_a_sign_is_no_wildcard(client, text):
    make_body("Living Well")
    make_organisation("Trust")

    links, words = found(client, text)

    assert links == []
    assert "Nothing was found" in words


def test_too_long_a_text_is_refused_with_a_sentence_and_kept(client):
    assert client.get("/search/", {"q": "x" * 200}).status_code == 200

    response = client.get("/search/", {"q": "x" * 201})

    assert response.status_code == 400
    assert "Shorten what you are looking for to 200 characters or fewer" in response.text
    assert "x" * 201 in response.text


def test_what_cannot_be_read_is_refused(client):
    assert client.get("/search/?q=a%00b").status_code == 400


def test_what_was_typed_stays_in_the_box_as_text(client):
    response = client.get("/search/", {"q": '"><script>'})

    assert 'value="&#34;&gt;&lt;script&gt;"' in response.text
    assert "<script>" not in response.text[response.text.index("<main") :]


def test_no_more_than_twenty_of_a_kind_are_shown(client):
    for number in range(21):
        make_body(f"Group {number}")

    links, words = found(client, "group")

    assert len(links) == 20
    assert "The first 20 are shown. Add a word to find fewer." in words


@pytest.mark.parametrize("count", [1, 1000])
def test_search_takes_as_many_queries_for_a_thousand_rows(client, count, django_assert_num_queries):
    kind = make_kind()
    bodies = Body.objects.bulk_create(
        Body(slug=f"many-{number}", kind=kind) for number in range(count)
    )
    BodyName.objects.bulk_create(BodyName(body=body, name=f"Many {body.slug}") for body in bodies)
    Organisation.objects.bulk_create(
        Organisation(slug=f"many-{number}", name=f"Many {number}", kind="nhs_trust")
        for number in range(count)
    )
    Ward.objects.bulk_create(
        Ward(gss=f"E{number:08}", name=f"Many {number}") for number in range(count)
    )
    PlaceName.objects.bulk_create(
        PlaceName(name=f"Many {number}", kind="area") for number in range(count)
    )
    atlas_edited()
    structure_edited()
    client.get("/search/?q=many")

    with django_assert_num_queries(12):
        assert client.get("/search/?q=many").status_code == 200
