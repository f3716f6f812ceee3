"""What each process keeps of localities, wards and names is what stands in the tables.

A page of the admin that nobody has thought of here makes a test fail.
"""

from datetime import date

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from localities.actions.atlas import atlas_edited
from localities.actions.loading import load_localities
from localities.atlas import current_atlas
from localities.finder import find
from localities.models import (
    AtlasVersion,
    DeliveryOfficePostcode,
    DistrictInLocality,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    PostcodeDistrict,
    PostcodeRelease,
    Ward,
    WardInLocality,
)
from tests.admin_pages import form_of
from tests.factories import make_locality, make_person, make_place, make_postcode, make_ward

pytestmark = pytest.mark.django_db

KEPT = {
    DeliveryOfficePostcode,
    DistrictInLocality,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    PostcodeDistrict,
    PostcodeRelease,
    Ward,
    WardInLocality,
}
BY = {"reason": "Order of the council, 2027"}


@pytest.fixture
def bow():
    """A postcode in a ward of the north east, which has been found before."""
    ward = make_ward("Bow East", locality=make_locality("ne", name="North East"))
    make_postcode("E32AA", ward)
    make_locality("se", name="South East")
    assert find("E3 2AA").locality.code == find("Bow East").locality.code == "ne"
    return ward


def version():
    return AtlasVersion.objects.get().version


# --- Who edits gives it a new version -------------------------------------------------------------


def writes_atlas(page):
    """Whether a page of the admin writes what is kept, itself or in a part of it."""
    may_write = page.model is not PostcodeRelease  # written by imports alone
    return may_write and not KEPT.isdisjoint({page.model, *(each.model for each in page.inlines)})


ROWS = {
    Locality: lambda: make_locality(),
    Ward: lambda: make_ward(),
    WardInLocality: lambda: make_ward(locality=make_locality()).localities.get(),
    PlaceName: lambda: make_place("Bowland", make_ward()),
    PostcodeDistrict: lambda: PostcodeDistrict.objects.create(code="E3"),
}


def test_every_page_of_the_admin_that_writes_the_atlas_has_an_example():
    assert {page.model for page in admin.site._registry.values() if writes_atlas(page)} == {*ROWS}


@pytest.mark.parametrize("deed", ["change", "delete"])
@pytest.mark.parametrize("model", ROWS)
def test_a_page_of_the_admin_gives_the_atlas_a_new_version(client, model, deed):
    client.force_login(make_person(is_staff=True, is_superuser=True))
    row = ROWS[model]()
    if model in {Locality, Ward}:
        row.wards.all().delete() if model is Locality else row.localities.all().delete()
    address = reverse(f"admin:localities_{model._meta.model_name}_{deed}", args=[row.pk])
    atlas_edited()
    before = version()
    page = client.get(address)

    answer = client.post(address, (form_of(page) if deed == "change" else {"post": "yes"}) | BY)

    assert answer.status_code == 302
    assert model.objects.filter(pk=row.pk).exists() is (deed == "change")
    assert version() != before


def test_a_load_gives_the_atlas_a_new_version():
    assert current_atlas().version is None

    load_localities()
    assert find("E3 4AB").locality.code == "ne"
    before = version()
    load_localities()

    assert version() != before


# --- What is kept is never older ------------------------------------------------------------------


def test_who_asks_after_an_edit_gets_what_is_now(bow):
    bow.localities.update(locality="se")
    Ward.objects.update(name="Roman")
    atlas_edited()

    assert find("E3 2AA").locality.code == "se"
    assert find("E3 2AA").facts["wards"] == ["Roman"]
    assert find("Roman").locality.code == "se"
    assert find("Bow East").answer == "not-understood"


def test_an_edit_that_was_taken_back_is_not_kept(bow):
    with transaction.atomic():
        bow.localities.update(locality="se")
        atlas_edited()
        assert find("E3 2AA").locality.code == find("Bow East").locality.code == "se"
        transaction.set_rollback(True)

    assert find("E3 2AA").locality.code == find("Bow East").locality.code == "ne"


def test_names_are_those_of_the_day_asked_for(bow):
    bow.localities.update(end_date=date(2027, 3, 31))
    atlas_edited()

    answers = [
        find(text, day).answer
        for text in ("E3 2AA", "Bow East")
        for day in (date(2027, 3, 31), date(2027, 4, 1), date(2027, 3, 31))
    ]

    assert answers == ["found", "outside", "found", "found", "not-understood", "found"]


def test_names_are_not_kept_for_every_day_that_anyone_asks_for(bow):
    for day in range(1, 29):
        find("Bow East", date(2026, 2, day))

    assert len(current_atlas()._names) <= 8


def test_before_there_is_a_version_nothing_is_kept():
    ward = make_ward("Bow East", locality=make_locality("ne"))
    make_postcode("E32AA", ward)
    make_locality("se")
    AtlasVersion.objects.all().delete()
    assert find("E3 2AA").locality.code == "ne"

    ward.localities.update(locality="se")

    assert find("E3 2AA").locality.code == "se"
