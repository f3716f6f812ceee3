import pytest
from django.core.management import CommandError, call_command

from engagement.models import Submission

pytestmark = pytest.mark.django_db


def test_it_refuses_where_this_may_be_the_real_portal_or_nothing_is_loaded():
    with pytest.raises(CommandError, match="may be the real portal"):
        call_command("make_load", 1)
    with pytest.raises(CommandError, match="Run load_routing first"):
        call_command("make_load", 1, "--force")
    assert not Submission.objects.exists()
