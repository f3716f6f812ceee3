"""pytest plug-in: tests that share what takes long to make are all done by one worker.

Other tests of a parallel run go to whichever worker is free. `--dist loadgroup` would do it with a
mark on each test, but with pytest 9.2 it keeps no group together, and says nothing of it.
"""

import pytest

from tests.plugins.database import uses_database

# The files whose fixtures are made once for all of their tests.
TOGETHER = {
    "tests/engagement/test_demonstration.py",
    "tests/engagement/test_make_load.py",
    "tests/engagement/test_queue_plans.py",
    "tests/engagement/test_reading.py",
    "tests/engagement/test_routing.py",
    "tests/governance/test_escalation_plans.py",
    "tests/localities/test_finder.py",
    "tests/localities/test_loading.py",
    "tests/localities/test_map.py",
    "tests/project/test_bad_requests.py",
    "tests/project/test_kept_connections.py",
    "tests/project/test_matrix.py",
    "tests/project/test_tooling_run.py",
}


def unit_of(nodeid):
    """What is given to a worker as a whole: a file, or a single test."""
    file = nodeid.partition("::")[0]
    return file if file in TOGETHER else nodeid


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """First what needs no database, while one is made; then files, which take longest."""
    if not hasattr(config, "workerinput"):
        return
    on_database = {unit_of(item.nodeid) for item in items if uses_database(item)}

    def turn(item):
        unit = unit_of(item.nodeid)
        return unit in on_database, unit not in TOGETHER

    items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        """The units in the order of the tests."""

        def _split_scope(self, nodeid):
            return unit_of(nodeid)

        def _pending_of(self, workload):
            """What is done is forgotten, or after each test all before it would be counted."""
            for unit in [unit for unit, tests in workload.items() if all(tests.values())]:
                del workload[unit]
            return super()._pending_of(workload)

    config.option.loadscopereorder = False
    return Together(config, log)
