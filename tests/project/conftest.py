import pytest

from tests.project.world import make_world


@pytest.fixture
def world(db):
    return make_world()
