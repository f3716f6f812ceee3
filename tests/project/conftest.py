import pytest

from tests.project.world import make_world
from tht_portal.admin_site import PortalAdmin


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def no_app_list(monkeypatch):
    """Without what stands beside every page of the admin, and takes half of its time."""
    monkeypatch.setattr(PortalAdmin, "get_app_list", lambda *_args, **_options: [])
