"""The portal's settings for tests: demo mode, with fast passwords and its own database.

The developer's environment and `.env` have no effect on the tests, except for TEST_DATABASE_URL.
"""

import os

os.environ.update(
    DEMO="true",
    DEBUG="false",
    SECRET_KEY="for tests only",
    ALLOWED_HOSTS="localhost,127.0.0.1",
    PAYMENT_PROVIDER="sandbox",
    EMAIL_URL="memorymail://",
    EMAIL_FROM="Sponsorship Management System <sms@example.org>",
    PORTAL_ADDRESS="http://testserver",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
)

from sms.settings import *

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because threads that share an in-memory database do not wait for each other as they do in production. Each
    # process has its own, because several may run at once. Nothing is lost if a power cut damages it.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / f"var/test-{os.getpid()}.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
elif template := os.environ.get("TEST_DATABASE_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}  # made by tests/with_postgres.py

# Log lines as in production. tests/log_watch.py collects them, and nothing is printed.
LOGGING["handlers"]["output"] = {"class": "tests.log_watch.LogWatch", "formatter": "line"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # otherwise each test client first reads the whole folder of static files
