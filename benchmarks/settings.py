"""The portal's settings for benchmarks: those of production in demo mode, with the database of DATABASE_URL.

Each request still writes its log line, which is discarded. The developer's environment and `.env` have no effect,
except for the database.
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
