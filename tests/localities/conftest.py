import pytest
from django.db import transaction

from localities.actions.loading import load_localities


@pytest.fixture(scope="module")
def borough(django_db_setup, django_db_blocker):
    """The whole reference data, loaded once for the tests of a file and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_localities()
        yield
        transaction.set_rollback(True)
