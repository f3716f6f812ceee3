"""pytest plug-in: a run may pass midnight, so no test reads the clock before it runs.

A day that a module reads when it is imported is yesterday for the portal once midnight has passed,
and the processes of one run may not even agree on it.
"""

import pytest
from django.utils import timezone


def no_clock():
    raise RuntimeError("Read the clock in the test: the run may be past midnight by then.")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", no_clock)
        return (yield)
