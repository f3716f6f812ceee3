"""pytest plug-in: Python looks for garbage seldom, and not among what stays.

Settings, models and thousands of collected tests live as long as the run. Walking through them
again and again, as Python would, finds nothing and takes a seventh of the time.
"""

import gc

# Before anything is imported. Cycles that are garbage are still found, in larger heaps.
gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
