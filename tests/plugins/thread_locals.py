"""pytest plug-in: what Django keeps for each thread is kept by Python itself.

The connection, the language, the time zone and the addresses lie in a storage of asgiref's that
serves coroutines too. It is written in Python and asked some thousands of times for one page, which
takes a twelfth of the time of most tests, and a sixth of those of the admin. In a thread without
coroutines, and neither the portal nor its tests have any, it promises to be what Python's own is.
"""

import sys
import threading

from asgiref import local

# Django takes it by its name when it is imported.
assert "django.utils.translation" not in sys.modules, "this plug-in comes before Django"
local.Local = lambda thread_critical=False: threading.local()
