"""The portal's settings for tests: a demo portal, cheap to sign in to, with a database of its own.

What the developer's environment and `.env` say does not reach the tests, except TEST_DATABASE_URL.
"""

import os

os.environ.update(
    DEMO="true",
    DEBUG="false",
    SECRET_KEY="for tests only",
    ALLOWED_HOSTS="localhost,127.0.0.1",
    PAYMENT_PROVIDER="sandbox",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
)

from sms.settings import *

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because threads that share an in-memory database do not wait for each other as they do in
    # production; one for each process, because several may run at once. Nobody needs it after a power cut.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / f"var/test-{os.getpid()}.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
elif template := os.environ.get("TEST_DATABASE_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}  # tests/with_postgres.py has made it

# The lines of production, and quiet: tests/log_watch.py reads them instead of whoever watches the terminal.
LOGGING["handlers"]["output"] = {"class": "tests.log_watch.LogWatch", "formatter": "line"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # or else each browser of a test would begin by reading the folder of static files
