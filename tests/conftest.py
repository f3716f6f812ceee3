"""What every test shares. Fixtures for the browser and the HTML checker are in tests/plugins/."""

import os

from hypothesis import settings

# The same examples every time, so that a run says something about the change that was made.
settings.register_profile("quick", max_examples=25, derandomize=True, database=None, deadline=None)
# New examples every time, and many: HYPOTHESIS_PROFILE=deep ./test tests/governance
settings.register_profile("deep", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
