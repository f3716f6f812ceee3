import pytest

from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_governance_administrator,
    make_officer,
)

pytestmark = pytest.mark.django_db


def test_governance_administrators_may_edit_places_and_nobody_else_may():
    assert make_governance_administrator().has_perm("localities.change_ward")
    for person in (make_engagement_team_member(), make_officer(make_body())):
        assert not person.has_perm("localities.change_ward")


def test_rights_elsewhere_do_not_come_from_here():
    administrator = make_governance_administrator()

    assert not administrator.has_perm("engagement.change_submission")
    assert not administrator.has_perm("auth.change_group")


def test_someone_whose_account_is_closed_has_no_right():
    administrator = make_governance_administrator()
    administrator.is_active = False

    assert not administrator.has_perm("localities.change_ward")


def test_an_administrator_reaches_the_wards_in_the_admin(client):
    client.force_login(make_governance_administrator())

    assert client.get("/admin/localities/ward/").status_code == 200
