"""Loading the reference data: as often as one likes, without undoing what people edited."""

from io import StringIO

import pytest
from django.core.management import call_command

from localities.actions.loading import load_localities
from localities.models import (
    DeliveryOfficePostcode,
    DistrictInLocality,
    Locality,
    PlaceName,
    Postcode,
    PostcodeDistrict,
    PostcodeRelease,
    Ward,
    WardInLocality,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("borough")]


def loaded():
    return {sentence.partition(":")[0]: sentence for sentence in load_localities()}


def edit(row, reason="Agreed by the partnership", **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row._change_reason = reason
    row.save()


def test_everything_is_there():
    assert Locality.objects.count() == 4
    assert Ward.objects.count() == 20
    assert WardInLocality.objects.count() == 20
    assert PlaceName.objects.count() == 76
    assert Postcode.objects.count() == 5888
    assert DeliveryOfficePostcode.objects.count() == 297
    assert PostcodeDistrict.objects.count() == 14
    release = PostcodeRelease.objects.get()
    assert (release.title, release.rows) == ("OS Code-Point Open 2025.4.0", 5888)
    assert release.published_on.isoformat() == "2025-10-20"


def test_every_ward_says_how_its_locality_is_known():
    homes = {home.ward.name: home for home in WardInLocality.objects.select_related("ward")}

    assert all(home.source for home in homes.values())
    assert homes["Lansbury"].confidence == "named-in-source"
    assert homes["Canary Wharf"].confidence == "supported"
    assert homes["Bow East"].confidence == "inferred"
    assert homes["Mile End"].confidence == "inferred-contested"
    assert {ward.start_date.isoformat() for ward in Ward.objects.all()} == {"2014-05-22"}


def test_every_row_with_a_history_says_where_it_came_from():
    for model in Locality, Ward, WardInLocality, PlaceName, PostcodeDistrict:
        reasons = set(model.history.values_list("history_change_reason", flat=True))
        assert reasons == {"Loaded from localities/data"}


def test_loading_again_changes_nothing():
    versions = Ward.history.count()

    sentences = load_localities()

    assert all(sentence.endswith(" as they were.") for sentence in sentences)
    assert "added" not in " ".join(sentences)
    assert Ward.history.count() == versions


def test_loading_again_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        load_localities()


def test_what_changed_in_the_files_is_brought_in_with_a_version():
    ward = Ward.objects.get(name="Bow East")
    edit(ward, reason="Loaded from localities/data", name="Bow Beast")
    Postcode.objects.filter(code="E34AB").delete()
    Postcode.objects.filter(code="E10AA").update(ward_gss="E05009321")
    DistrictInLocality.objects.all().delete()

    said = loaded()

    assert said["Wards"] == "Wards: 1 changed, 19 as they were."
    assert said["Postcodes"] == "Postcodes: 2 added, 1 removed, 5,886 as they were."
    ward.refresh_from_db()
    assert ward.name == "Bow East"
    assert ward.history.first().history_change_reason == "Loaded from localities/data"
    assert Postcode.objects.get(code="E10AA").ward_gss == "E05009332"
    assert DistrictInLocality.objects.count() == 20


def test_what_people_edited_stays_as_they_left_it():
    edit(Ward.objects.get(name="Bow East"), name="Old Ford")
    edit(WardInLocality.objects.get(ward__name="Mile End"), locality_id="se")

    said = loaded()

    assert said["Wards"] == "Wards: 19 as they were. Left as people edited them: Old Ford."
    assert "Mile End in South East" in said["Wards in localities"]
    assert WardInLocality.objects.get(ward__name="Mile End").locality_id == "se"


def test_the_spellings_of_a_place_that_people_edited_stay():
    place = PlaceName.objects.get(name="Fish Island")
    place.spellings.create(key="the fish island")
    edit(place)

    said = loaded()

    assert said["Spellings of places"].endswith("as they were.")
    assert place.spellings.count() == 2


def test_what_people_deleted_is_not_loaded_again():
    place = PlaceName.objects.get(name="Fish Island")
    place._change_reason = "Nobody says that"
    place.delete()

    said = loaded()

    assert "Left as people edited them: Fish Island point." in said["Place names"]
    assert not PlaceName.objects.filter(name="Fish Island").exists()


def test_a_place_that_people_added_keeps_its_spellings():
    place = PlaceName.objects.create(name="Docklands", kind="area")
    place.spellings.create(key="docklands")

    load_localities()

    assert place.spellings.exists()


def test_postcodes_of_a_newer_table_are_left_alone():
    PostcodeRelease.objects.create(
        title="OS Code-Point Open 2026.1.0", published_on="2026-02-20", rows=1
    )
    Postcode.objects.exclude(code="E34AB").delete()

    said = loaded()

    assert said["Postcodes"] == (
        "Postcodes: left alone, since OS Code-Point Open 2026.1.0 was imported."
    )
    assert Postcode.objects.count() == 1


def test_the_command_says_what_it_did():
    output = StringIO()

    call_command("load_localities", stdout=output)

    assert "Postcodes: 5,888 as they were." in output.getvalue()
