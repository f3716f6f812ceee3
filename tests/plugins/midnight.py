"""pytest plug-in: a run may pass midnight, so no test reads the clock before it runs.

A day that a module reads when it is imported is yesterday for the portal once midnight has passed,
and the processes of one run may not even agree on it.
"""

import pytest
from django.utils import timezone


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    read, is_collecting = timezone.now, True

    def now():
        if is_collecting:
            raise RuntimeError("Read the clock in the test: the run may be past midnight by then.")
        return read()  # for who imported this function itself

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", now)
        result = yield
    is_collecting = False
    return result
