"""The WSGI application, which gunicorn and `manage.py runserver` serve."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from sms import ready, time_limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sms.settings")

time_limits.apply(settings.LIMITS_OF_PAGES, connections.settings["default"])
application = get_wsgi_application()
ready.require()
