"""Standing: what someone may act for today, from current memberships and two groups."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from governance.models import Membership, Seat
from governance.permissions import (
    can_sit_for,
    check_can_keep_record_of,
    check_can_sit_for,
    standing_of,
)
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_governance_administrator,
    make_member,
    make_officer,
    make_person,
    today,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def can_act_for(person, body):
    return body.pk in standing_of(person).officer_of


def test_nobody_who_is_not_signed_in_has_any_standing():
    standing = standing_of(AnonymousUser())

    assert not standing.is_signed_in
    assert standing.person is None
    assert not standing.sits_on
    assert not standing.is_engagement_team
    assert not standing.is_governance_administrator


def test_an_account_that_was_closed_has_no_standing():
    body = make_body()
    person = make_officer(body)
    person.is_active = False
    person.save()

    assert standing_of(person) == standing_of(AnonymousUser())


@pytest.mark.parametrize("role", Seat.Role.values)
def test_chair_deputy_chair_and_secretary_act_for_a_body_and_members_sit_on_it(role):
    body = make_body()
    person = make_member(body, role)

    assert can_sit_for(person, body)
    assert can_act_for(person, body) == (role != "member")


def test_standing_ends_after_the_last_day_of_the_membership():
    body = make_body()

    assert can_act_for(make_officer(body, end_date=today()), body)
    assert not can_act_for(make_officer(body, end_date=today() - DAY), body)
    assert not can_act_for(make_officer(body, start_date=today() + DAY), body)


def test_standing_ends_with_the_seat():
    body = make_body()
    person = make_officer(body)
    Seat.objects.update(end_date=today() - DAY)

    assert not can_sit_for(person, body)
    assert body.pk in standing_of(person, today() - DAY).sits_on


def test_standing_ends_with_the_body():
    body = make_body(end_date=today() - DAY)
    person = make_officer(body)

    assert not can_act_for(person, body)


def test_someone_may_sit_on_several_bodies_in_several_roles():
    first, second = make_body(), make_body()
    person = make_officer(first)
    make_member(second, person=person)

    standing = standing_of(person)

    assert standing.sits_on == {first.pk, second.pk}
    assert standing.officer_of == {first.pk}


def test_the_two_groups_give_standing_without_a_seat():
    team, administrator = make_engagement_team_member(), make_governance_administrator()

    assert standing_of(team).is_engagement_team
    assert not standing_of(team).is_governance_administrator
    assert standing_of(administrator).is_governance_administrator
    assert not standing_of(administrator).is_engagement_team


def test_a_superuser_sits_on_no_body():
    body = make_body()
    person = make_person(is_superuser=True)

    assert standing_of(person).is_governance_administrator
    assert not can_act_for(person, body)


def test_a_refusal_names_the_body_and_who_may():
    body = make_body("Executive Board")
    member, stranger = make_member(body), make_person()

    check_can_sit_for(member, body)
    with pytest.raises(PermissionDenied, match="Only those who sit on Executive Board"):
        check_can_sit_for(stranger, body)
    with pytest.raises(PermissionDenied, match="Only the officers of Executive Board"):
        check_can_keep_record_of(member, body)


def test_standing_is_read_afresh():
    body = make_body()
    person = make_officer(body)
    assert can_act_for(person, body)

    Membership.objects.update(end_date=today() - DAY)

    assert not can_act_for(person, body)


def test_standing_asks_no_more_of_the_database_for_many_seats(django_assert_max_num_queries):
    person = make_person()
    for _ in range(20):
        make_member(make_body(), person=person)
    standing_of(person)

    with django_assert_max_num_queries(3):
        standing_of(person)
