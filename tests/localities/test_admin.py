"""The admin of localities: it asks why, and says in a sentence what a rule refuses."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from localities.models import Locality, PlaceName, Ward, WardInLocality
from tests.factories import make_locality, make_person, make_place, make_ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(make_person(username="secretary", is_staff=True, is_superuser=True))
    return client


def ward_form(ward, rows, **fields):
    """What the browser posts from the page of a ward with these rows in its inline."""
    form = {
        "gss": ward.gss,
        "name": ward.name,
        "former_name": "",
        "boundary": "{}",
        "label_longitude": "",
        "label_latitude": "",
        "start_date": "",
        "end_date": "",
        "localities-TOTAL_FORMS": len(rows),
        "localities-INITIAL_FORMS": sum("id" in row for row in rows),
    }
    for number, row in enumerate(rows):
        form.update(
            {f"localities-{number}-ward": ward.gss, f"localities-{number}-confidence": "inferred"}
        )
        form.update({f"localities-{number}-{key}": value for key, value in row.items()})
    return form | fields


def change_address(row):
    return reverse(f"admin:localities_{row._meta.model_name}_change", args=[row.pk])


def delete_address(row):
    return reverse(f"admin:localities_{row._meta.model_name}_delete", args=[row.pk])


def test_a_change_without_a_reason_is_refused_and_what_was_typed_is_kept(admin):
    ward = make_ward("Bow East")

    response = admin.post(change_address(ward), ward_form(ward, [], name="Bow Further East"))

    assert "Enter the reason for this change." in response.text
    assert "Bow Further East" in response.text
    assert Ward.objects.get().name == "Bow East"


def test_the_reason_and_the_person_stand_in_the_history(admin):
    ward = make_ward("Bow East")

    admin.post(
        change_address(ward), ward_form(ward, [], name="Bow", reason="Order of the council, 2027")
    )

    version = ward.history.first()
    assert version.name == "Bow"
    assert version.history_change_reason == "Order of the council, 2027"
    assert version.history_user.username == "secretary"


def test_rows_of_an_inline_carry_the_same_reason(admin):
    ward = make_ward("Bow East")
    row = {"locality": make_locality("ne").code}

    admin.post(change_address(ward), ward_form(ward, [row], reason="Found in the minutes"))

    version = WardInLocality.objects.get().history.get()
    assert version.history_change_reason == "Found in the minutes"
    assert version.history_user.username == "secretary"


def test_a_deleted_row_of_an_inline_carries_the_reason(admin):
    ward = make_ward("Bow East", locality=make_locality("ne"))
    row = ward.localities.get()
    form = {"id": row.pk, "locality": "ne", "DELETE": "on"}

    admin.post(change_address(ward), ward_form(ward, [form], reason="It was a slip"))

    version = WardInLocality.history.first()
    assert version.history_type == "-"
    assert version.history_change_reason == "It was a slip"


def test_nothing_is_deleted_without_a_reason(admin):
    ward = make_ward()

    response = admin.post(delete_address(ward), {"post": "yes", "reason": "  "}, follow=True)

    assert "Nothing was deleted: enter the reason first." in response.text
    assert Ward.objects.exists()


def test_a_deletion_carries_its_reason(admin):
    ward = make_ward()

    admin.post(delete_address(ward), {"post": "yes", "reason": "Entered twice"})

    assert not Ward.objects.exists()
    version = Ward.history.first()
    assert (version.history_type, version.history_change_reason) == ("-", "Entered twice")
    assert version.history_user.username == "secretary"


def test_the_page_that_deletes_asks_for_the_reason(admin):
    page = admin.get(delete_address(make_ward())).text

    assert "Reason for deleting it" in page


def test_deleting_many_at_once_is_not_offered(admin):
    make_ward()

    page = admin.get(reverse("admin:localities_ward_changelist")).text

    assert "delete_selected" not in page


def test_a_ward_in_two_localities_at_once_is_refused_in_a_sentence(admin):
    ward = make_ward("Mile End", locality=make_locality("ne", name="North East"))
    make_locality("sw", name="South West")
    row = ward.localities.get()
    rows = [
        {"id": row.pk, "locality": "ne"},
        {"locality": "sw", "start_date": "2027-04-01", "source": "New terms of reference"},
    ]

    response = admin.post(change_address(ward), ward_form(ward, rows, reason="They agreed"))

    assert (
        "Mile End would be in two localities at once: in North East from before our record with "
        "no last day, and in South West from 1 April 2027 with no last day."
    ) in response.text
    assert "New terms of reference" in response.text
    assert WardInLocality.objects.count() == 1


def test_a_ward_moves_in_one_edit_when_the_periods_meet(admin):
    ward = make_ward("Mile End", locality=make_locality("ne"))
    make_locality("sw")
    rows = [
        {"id": ward.localities.get().pk, "locality": "ne", "end_date": "2027-03-31"},
        {"locality": "sw", "start_date": "2027-04-01"},
    ]

    admin.post(change_address(ward), ward_form(ward, rows, reason="They agreed"))

    on = WardInLocality.objects.on
    assert on(date(2027, 3, 31)).get().locality_id == "ne"
    assert on(date(2027, 4, 1)).get().locality_id == "sw"


def test_periods_that_share_one_day_overlap(admin):
    ward = make_ward("Mile End", locality=make_locality("ne"))
    make_locality("sw")
    rows = [
        {"id": ward.localities.get().pk, "locality": "ne", "end_date": "2027-04-01"},
        {"locality": "sw", "start_date": "2027-04-01"},
    ]

    response = admin.post(change_address(ward), ward_form(ward, rows, reason="They agreed"))

    assert "in two localities at once" in response.text


def test_a_last_day_before_the_first_is_refused_in_a_sentence(admin):
    ward = make_ward("Mile End", start_date=date(2014, 5, 22))

    response = admin.post(
        change_address(ward),
        ward_form(ward, [], start_date="2014-05-22", end_date="2014-05-21", reason="Slip"),
    )

    assert "The last day is before the first day." in response.text


def test_the_page_of_a_locality_refuses_a_ward_that_is_elsewhere(admin):
    make_ward("Mile End", gss="E05009327", locality=make_locality("ne", name="North East"))
    south_west = make_locality("sw", name="South West")

    response = admin.post(
        change_address(south_west),
        {
            "name": "South West",
            "order": 0,
            "reason": "They agreed",
            "wards-TOTAL_FORMS": 1,
            "wards-INITIAL_FORMS": 0,
            "wards-0-ward": "E05009327",
            "wards-0-confidence": "supported",
        },
    )

    assert "Mile End would be in two localities at once" in response.text
    assert WardInLocality.objects.count() == 1


def test_someone_who_may_only_look_is_not_asked_why(client):
    person = make_person(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_ward"))
    client.force_login(person)

    response = client.get(change_address(make_ward("Weavers")))

    assert "Weavers" in response.text
    assert "field-reason" not in response.text


def test_a_spelling_is_kept_as_the_finder_compares_it(admin):
    place = make_place("Bow", make_ward())

    admin.post(
        change_address(place),
        {
            "name": "Bow",
            "kind": "area",
            "note": "",
            "reason": "Residents write it so",
            "wards-TOTAL_FORMS": 0,
            "wards-INITIAL_FORMS": 0,
            "spellings-TOTAL_FORMS": 1,
            "spellings-INITIAL_FORMS": 0,
            "spellings-0-key": "The Saint John’s Bow",
        },
    )

    assert sorted(place.spellings.values_list("key", flat=True)) == ["bow", "st johns bow"]


@pytest.mark.parametrize("model", ["locality", "ward", "wardinlocality", "placename"])
def test_lists_take_as_many_queries_for_many_rows(admin, model, django_assert_max_num_queries):
    for number in range(12):
        locality = make_locality(name=f"Quarter {number}")
        make_place(f"Place {number}", make_ward(locality=locality))

    with django_assert_max_num_queries(10):
        response = admin.get(reverse(f"admin:localities_{model}_changelist"))

    assert response.status_code == 200


@pytest.mark.parametrize("model", [Locality, Ward, WardInLocality, PlaceName])
def test_every_row_has_a_page_and_a_history(admin, model):
    make_place("Bow", make_ward(locality=make_locality("ne")))
    row = model.objects.get()

    for page in "change", "history":
        address = reverse(f"admin:localities_{model._meta.model_name}_{page}", args=[row.pk])
        assert admin.get(address).status_code == 200


def test_an_old_version_is_only_read(client):
    ward = make_ward("Weavers")
    version = ward.history.get()
    person = make_person(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_ward"))
    client.force_login(person)
    address = reverse("admin:localities_ward_simple_history", args=[ward.pk, version.pk])
    form = ward_form(ward, [], name="Changed", reason="Taken back")

    shown = client.get(address)
    answer = client.post(address, form)

    assert shown.status_code == 200
    assert "Revert" not in shown.text
    assert answer.status_code == 403
    assert Ward.objects.get().name == "Weavers"
