"""The pages of organisations, on any day."""

import re
from datetime import date, timedelta

import pytest

from governance.models import Organisation, Partner
from tests.factories import make_body, make_organisation, make_seat
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 3, 31)
DAY_AFTER = LAST_DAY + timedelta(days=1)


def test_organisations_are_those_of_the_day(client, record):
    make_organisation("Old CCG", end_date=LAST_DAY)
    make_organisation("New ICB", start_date=DAY_AFTER)
    make_organisation("Neighbour", partner=False)

    def groups(day):
        page = main_of(client.get(f"/organisations/?as_on={day}"))
        return [text_of(part) for part in page.split("<h2")[1:]]

    partners, others, not_on_the_day = groups(LAST_DAY)
    assert "Old CCG" in partners and "New ICB" not in partners
    assert "Neighbour" in others
    assert "New ICB" in not_on_the_day
    partners, *_ = groups(DAY_AFTER)
    assert "New ICB" in partners and "Old CCG" not in partners
    assert "1 organisation is a partner" in text_of(main_of(client.get("/organisations/")))


def test_an_organisation_shows_all_before_it_and_after_it(client, record):
    icb = make_organisation("ICB", start_date=date(2022, 7, 1))
    merged = make_organisation(
        "Merged CCG", start_date=date(2021, 4, 1), end_date=date(2022, 6, 30), successor=icb
    )
    make_organisation("CCG one", end_date=date(2021, 3, 31), successor=merged)
    make_organisation("CCG two", end_date=date(2021, 3, 31), successor=merged)

    for slug in (icb.slug, merged.slug):
        page = client.get(f"/organisations/{slug}/").text
        steps = [
            text_of(step) for step in re.findall(r"<p class=\"tht-timeline__what\">.*?</p>", page)
        ]
        assert sorted(steps[:2]) == ["CCG one", "CCG two"]
        assert steps[2:] == ["Merged CCG", "ICB"]


def test_the_list_says_what_an_ods_code_is(client, record):
    make_organisation("Trust", ods_code="R1H")

    page = text_of(client.get("/organisations/").text)

    assert page.index("An ODS code is the NHS’s code") < page.index("ODS code R1H")


def test_successors_that_run_in_a_ring_end(client, record):
    one, two = make_organisation("One"), make_organisation("Two")
    Organisation.objects.filter(pk=one.pk).update(successor=two)
    Organisation.objects.filter(pk=two.pk).update(successor=one)

    assert client.get(f"/organisations/{one.slug}/").status_code == 200


def test_an_organisation_shows_its_codes_and_seats_and_since_when_it_is_a_partner(client, record):
    trust = make_organisation(
        "Trust", ods_code="R1H", website="https://example.org/", partner=False
    )
    Partner.objects.create(organisation=trust, start_date=date(2022, 7, 1))
    make_seat(make_body("Board"), title="Managing director", on_behalf_of=trust)

    page = text_of(client.get(f"/organisations/{trust.slug}/").text)

    assert "ODS code R1H, the NHS’s code for it" in page
    assert "Partner since 1 July 2022" in page
    assert "Board Member Managing director Vacant" in page
    before = text_of(client.get(f"/organisations/{trust.slug}/?as_on=2022-06-30").text)
    assert "Not a partner in Tower Hamlets Together on this day." in before


def test_an_organisation_that_is_gone_says_so_and_is_kept(client, record):
    gone = make_organisation("Old CCG", end_date=LAST_DAY)

    said = text_of(client.get(f"/organisations/{gone.slug}/").text)

    assert "Its last day was 31 March 2026." in said


def test_an_address_without_an_organisation_says_so(client):
    response = client.get("/organisations/no-such-organisation/")

    assert response.status_code == 404
    assert "There is no organisation at this address." in response.text
