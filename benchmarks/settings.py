"""The portal's settings for benchmarks: production's, of a demo portal, with the database that DATABASE_URL names.

Each request still writes its line of the log, which goes nowhere. What the developer's environment and `.env` say of
the portal does not count, except the database.
"""

# ruff: noqa: F403, F405, TID251

import os

os.environ.update(
    DEMO="true",
    DEBUG="false",
    SECRET_KEY="for benchmarks only",
    ALLOWED_HOSTS="localhost",
    PAYMENT_PROVIDER="sandbox",
    PROXIES="0",
    LOG_LEVEL="INFO",
)

from sms.settings import *

LOGGING["handlers"]["output"] = {"class": "logging.FileHandler", "filename": os.devnull, "formatter": "line"}
ROOT_URLCONF = "benchmarks.urls"
