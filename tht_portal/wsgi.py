"""The portal as a WSGI application: `gunicorn tht_portal.wsgi`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from tht_portal.guard import Guard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tht_portal.settings")

try:
    application = Guard(get_wsgi_application())
except ImproperlyConfigured as sentence:
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(3)  # which gunicorn takes for “do not try again”
