"""People in the admin: who gives whom which rights."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Seat, User
from governance.permissions import ENGAGEMENT_TEAM, GOVERNANCE_ADMINISTRATORS
from tests.admin_pages import form_of, page_of
from tests.factories import make_body, make_member, make_person

pytestmark = pytest.mark.django_db

JOINED = {"date_joined_0": "2026-01-01", "date_joined_1": "10:00"}


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


def test_an_administrator_adds_people_and_gives_them_groups(client, administrator):
    client.post(
        page_of(User, "add"),
        {
            "username": "newcomer",
            "email": "newcomer@example.org",
            "usable_password": "true",
            "password1": "a long enough password",
            "password2": "a long enough password",
        },
    )
    person = User.objects.get(username="newcomer")
    team = Group.objects.get(name=ENGAGEMENT_TEAM)

    data = form_of(client.get(page_of(User, "change", person.pk)))
    client.post(
        page_of(User, "change", person.pk),
        data | JOINED | {"groups": [team.pk], "reason": "Head of engagement, 3 March"},
    )

    assert list(person.groups.all()) == [team]


def test_what_someone_may_do_changes_with_a_reason_that_stands_in_the_history(
    client, administrator
):
    person = make_person()
    address = page_of(User, "change", person.pk)
    team = Group.objects.get(name=ENGAGEMENT_TEAM)
    data = form_of(client.get(address)) | JOINED

    for change in ({"groups": [team.pk]}, {"is_staff": "on"}):
        refused = client.post(address, data | change)
        assert "Enter the reason for this change of what they may do." in refused.text
    without_access = {name: value for name, value in data.items() if name != "is_active"}
    assert client.post(address, without_access).status_code == 200
    assert not person.groups.exists()

    client.post(address, data | {"groups": [team.pk], "reason": "Asked for by Ms Osei"})
    history = client.get(page_of(User, "history", person.pk)).text
    assert f"Groups since: {ENGAGEMENT_TEAM}. Reason: Asked for by Ms Osei" in history


def test_the_name_and_address_of_someone_change_without_a_reason(client, administrator):
    person = make_person()
    address = page_of(User, "change", person.pk)

    data = form_of(client.get(address)) | JOINED | {"last_name": "Osei"}
    assert client.post(address, data).status_code == 302

    person.refresh_from_db()
    assert person.last_name == "Osei"


def test_a_new_person_is_named_and_needs_the_address_that_mail_goes_to(client, administrator):
    password = "a long enough password"
    typed = {
        "username": "newcomer",
        "first_name": "Nell",
        "last_name": "Ash",
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }

    refused = client.post(page_of(User, "add"), typed)
    assert "Enter the address that mail for their posts goes to." in refused.text
    assert not User.objects.filter(username="newcomer").exists()

    client.post(page_of(User, "add"), typed | {"email": "nell@example.org"})

    person = User.objects.get(username="newcomer")
    assert (str(person), person.email) == ("Nell Ash", "nell@example.org")


def test_nobody_gives_more_than_they_have(client, administrator):
    person = make_person()
    powerful = Group.objects.create(name="Powerful")
    powerful.permissions.add(Permission.objects.first())

    page = client.get(page_of(User, "change", person.pk))
    form = page.context["adminform"].form
    assert "is_superuser" not in form.fields
    assert "user_permissions" not in form.fields
    assert powerful not in form.fields["groups"].queryset

    client.post(page_of(User, "change", person.pk), form_of(page) | {"is_superuser": "on"})
    person.refresh_from_db()
    assert not person.is_superuser


def test_someone_with_more_rights_cannot_be_changed(client, administrator):
    above = make_person(is_superuser=True, is_staff=True)

    address = page_of(User, "change", above.pk)
    assert client.post(address, {"username": "taken-over"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[above.pk])
    assert client.post(password, {"password1": "x", "password2": "x"}).status_code == 403
    above.refresh_from_db()
    assert above.username != "taken-over"


def test_nobody_gives_standing_to_themselves(client, administrator):
    page = client.get(page_of(User, "change", administrator.pk))
    team = Group.objects.get(name=ENGAGEMENT_TEAM)

    data = form_of(page) | {"groups": [team.pk]}
    data |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00"}
    client.post(page_of(User, "change", administrator.pk), data)

    assert [group.name for group in administrator.groups.all()] == [GOVERNANCE_ADMINISTRATORS]


def test_people_are_not_deleted(client, administrator):
    assert client.get(page_of(User, "delete", make_person().pk)).status_code == 403


def test_the_page_of_a_person_shows_the_seats_they_hold_and_held(client, administrator):
    person = make_person()
    make_member(make_body("Board"), person=person, start_date=date(2026, 4, 1))
    dates = {"start_date": date(2024, 1, 1), "end_date": date(2026, 3, 1)}
    make_member(make_body("Old Group"), person=person, **dates)

    page = client.get(page_of(User, "change", person.pk)).text
    seats = page.split("Seats they hold and held")[1]

    for held in person.memberships.all():
        assert f'<a href="{page_of(Seat, "change", held.seat_id)}">' in seats
    assert seats.index("Board: Member") < seats.index("Old Group: Member")
    assert "1 April 2026" in seats and "1 March 2026" in seats
    assert "memberships-0-DELETE" not in page and "Add another" not in seats
    assert "Seats they hold" not in client.get(page_of(User, "add")).text


def test_the_page_of_a_person_asks_as_much_for_many_seats(client, administrator):
    person = make_person()

    def look():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page_of(User, "change", person.pk)).status_code == 200
        return len(asked)

    make_member(make_body(), person=person)
    look()
    few = look()
    for _ in range(8):
        make_member(make_body(), person=person)
    look()

    assert look() == few
