"""pytest plug-in: tests that share what takes long to make are all done by one worker.

Other tests of a parallel run go to whichever worker is free. `--dist loadgroup` would do it with a
mark on each test, but with pytest 9.2 it keeps no group together, and says nothing of it.
"""

import pytest

# The files whose fixtures are made once for all of their tests.
TOGETHER = {
    "tests/engagement/test_queue_plans.py",
    "tests/engagement/test_reading.py",
    "tests/engagement/test_routing.py",
    "tests/governance/test_escalation_plans.py",
    "tests/localities/test_finder.py",
    "tests/localities/test_loading.py",
    "tests/localities/test_map.py",
    "tests/project/test_bad_requests.py",
    "tests/project/test_kept_connections.py",
    "tests/project/test_tooling_run.py",
}


def unit_of(nodeid):
    """What is given to a worker as a whole: a file, or a single test."""
    file = nodeid.partition("::")[0]
    return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        """The units with the most tests first, so that a long one does not begin at the end."""

        def _split_scope(self, nodeid):
            return unit_of(nodeid)

    return Together(config, log)
