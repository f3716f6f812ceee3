import pytest
from django.core.management import CommandError, call_command

from governance.models import User
from tests.loaded import FACTS, PASSWORD, load

pytestmark = pytest.mark.django_db


def test_it_refuses_where_this_may_be_the_real_portal(monkeypatch):
    load(FACTS)
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)

    with pytest.raises(CommandError, match="may be the real portal"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_it_asks_for_a_password_and_for_a_structure(monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="Set DEMO_PASSWORD"):
        call_command("load_demo", force=True)

    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="Run load_structure first"):
        call_command("load_demo", force=True)
