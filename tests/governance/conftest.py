"""What tests of the structure and of matters share."""

from datetime import date

import pytest

from governance.models import StructureRecord
from tests.factories import REASON, make_escalation

# What fails in these is told as in a test.
pytest.register_assert_rewrite("tests.governance.sequences")


@pytest.fixture
def given(administrator):
    """What every deed of the structure asks for: by whom it is done, and why."""
    return {"by": administrator, "reason": REASON}


@pytest.fixture
def record(db):
    """A record that reaches back to 2021."""
    StructureRecord.objects.create(first_day=date(2021, 1, 1))


@pytest.fixture
def matter(ladder):
    """A matter that the lowest of three bodies has raised to the one above it."""
    return make_escalation(ladder[0], ladder[1])
