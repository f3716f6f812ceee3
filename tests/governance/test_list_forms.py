"""The filters of lists: folded away unless one is set, and what they are then called."""

import re

import pytest

from tests.factories import make_engagement_team_member

pytestmark = pytest.mark.django_db

FOLDED = re.compile(
    r'<details class="nhsuk-details tht-no-print"( open)?>\s*<summary[^>]*><span[^>]*>([^<]*)<'
)


def filters_of(client, address, status=200):
    """Whether the filters stand open, and what stands over them."""
    response = client.get(address)
    assert response.status_code == status
    [(is_open, summary)] = FOLDED.findall(response.text)
    return bool(is_open), summary


@pytest.mark.parametrize(
    ("address", "summary"),
    [
        ("/staff/feedback/", "Find or filter"),
        ("/staff/feedback/?status=open", "Find or filter"),
        ("/escalations/", "Find, filter or sort"),
        ("/escalations/?order=newest", "Find, filter or sort"),
        ("/actions/", "Filter this list"),
        ("/you-said/", "Filter this list"),
        ("/you-said/?page=1", "Filter this list"),
        ("/ideas/", "Filter this list"),
        ("/get-involved/?when=coming", "Filter this list"),
    ],
)
def test_filters_are_folded_away_while_none_is_set(client, address, summary):
    client.force_login(make_engagement_team_member())
    assert filters_of(client, address) == (False, summary)


@pytest.mark.parametrize(
    ("address", "summary"),
    [
        ("/staff/feedback/?status=all", "1 filter is set: Status"),
        ("/staff/feedback/?q=bus&urgent=on", "2 filters are set: Reference, or words in it · Only"),
        ("/escalations/?status=open&category=access", "2 filters are set: Status · Kind"),
        ("/actions/?show=done", "1 filter is set: Show"),
        ("/you-said/?year=2026", "1 filter is set: Year"),
        ("/so/ideas/?year=2026", "1 shaandho ayaa la dejiyay: Sannad"),
        ("/get-involved/?when=past", "1 filter is set: When"),
    ],
)
def test_filters_that_are_set_stand_open_and_are_named(client, address, summary):
    client.force_login(make_engagement_team_member())
    is_open, said = filters_of(client, address)
    assert is_open and said.startswith(summary)


def test_a_filter_that_is_not_understood_stands_open(client):
    assert filters_of(client, "/you-said/?year=x", status=400)[0]
