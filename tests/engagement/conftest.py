"""What tests of the engagement app share."""

import pytest

from tests.factories import make_engagement_team_member, make_partnership


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def team():
    return make_engagement_team_member()


@pytest.fixture
def officer(partnership):
    return partnership.officers["living-well"]


@pytest.fixture
def media(settings, tmp_path):
    """Files lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
