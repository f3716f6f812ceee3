"""People in the admin: who gives whom which rights."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from governance.models import User
from governance.permissions import ENGAGEMENT_TEAM, GOVERNANCE_ADMINISTRATORS
from tests.admin_pages import form_of, page_of
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


def test_an_administrator_adds_people_and_gives_them_groups(client, administrator):
    client.post(
        page_of(User, "add"),
        {
            "username": "newcomer",
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
        data | {"groups": [team.pk], "date_joined_0": "2026-01-01", "date_joined_1": "10:00"},
    )

    assert list(person.groups.all()) == [team]


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
