"""The portal as a WSGI application: `gunicorn tht_portal.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tht_portal.settings")

application = get_wsgi_application()
