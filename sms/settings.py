"""Settings. All come from the environment, each variable with its type.

The defaults are those for production, so that it is safe to forget one. `.env.example` lists all variables.
"""

import re
from pathlib import Path
from pkgutil import iter_modules

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from sms import logs, time_limits

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def strict_bool(name: str) -> bool:
    """Return whether the variable is "true"; False if it is missing. Raises for any value but true and false."""
    value = env.str(name, default="false").lower()
    if value not in {"true", "false"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: write true or false.")
    return value == "true"


# What kind of portal this is

DEBUG = strict_bool("DEBUG")
DEMO = strict_bool("DEMO")  # demo data, the demo password and the payment sandbox exist only here

if DEMO:
    SECRET_KEY = env.str("SECRET_KEY", default="a demonstration has nothing to keep secret")
    hosts_and_ports = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    if not (SECRET_KEY := env.str("SECRET_KEY", default="")):
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. Put a long random text into the environment or into .env, "
            "or set DEMO=true to try the portal with demo data."
        )
    hosts_and_ports = env.list("ALLOWED_HOSTS", default=[])
# Django does not accept ports in ALLOWED_HOSTS. sms/hosts.py checks both.
ALLOWED_HOSTS = [re.sub(r":\d+$", "", each) for each in hosts_and_ports]
ALLOWED_PORTS = [port for each in hosts_and_ports for port in re.findall(r":(\d+)$", each)]

INSTALLED_APPS = [
    "sms",
    "bulk_data_transfer",
    "sponsorship_duties",
    "cas",
    "licences",
    "sms.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "sms.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "sms.hosts.ours_only",
    "django.middleware.security.SecurityMiddleware",
    "sms.headers.same_origin_resources",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sms.request_log.RequestLog",  # after WhiteNoise, which serves static files, and before all else that can fail
    "sms.headers.CompressedPages",
    "sms.headers.ContentSecurityPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sms.headers.not_stored",
    "licences.time_out.TimeOut",
    "licences.time_out.SignInFirst",
    "licences.second_factor_first.SecondFactorFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "licences.confirming.Confirming",
]

ROOT_URLCONF = "sms.urls"
WSGI_APPLICATION = "sms.wsgi.application"

TEMPLATES = [
    {  # our own pages
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates/jinja2"],
        "OPTIONS": {
            "environment": "sms.core.govuk.environment.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "sms.context.service",
            ],
        },
    },
    {  # the admin's
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The database

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var/sms.sqlite3'}")}
LIMITS_OF_PAGES = time_limits.Limits(
    statement=env.int("DATABASE_STATEMENT_SECONDS", default=30),
    lock=env.int("DATABASE_LOCK_SECONDS", default=5),
    idle=env.int("DATABASE_IDLE_SECONDS", default=60),
)
# The worker and commands can run for long. sms/wsgi.py sets the limits for pages.
LIMITS_OF_COMMANDS = time_limits.Limits(
    statement=0, lock=env.int("DATABASE_COMMAND_LOCK_SECONDS", default=60), idle=LIMITS_OF_PAGES.idle
)
time_limits.apply(LIMITS_OF_COMMANDS, DATABASES["default"])
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] |= {
        "transaction_mode": "IMMEDIATE",  # a writer waits at the start, instead of failing half-way
        # FULL: a payment that was acknowledged is never lost, even in a power failure.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People

AUTH_USER_MODEL = "licences.User"
AUTHENTICATION_BACKENDS = ["licences.sign_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "licences.passwords.OwnDetailsValidator"},
    {"NAME": "licences.passwords.LengthValidator"},
    {"NAME": "licences.passwords.KnownPasswordValidator"},
]
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds: licences/accounts/links.py
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "licences.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "licences.sign_in.SignInForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # licences/models/sign_in.py counts wrong tries instead
ACCOUNT_LOGIN_TIMEOUT = 10 * 60  # seconds between the password and the code
MFA_ADAPTER = "licences.accounts.encryption.Adapter"
MFA_TOTP_TOLERANCE = 1  # also the code before the present one, and the next: clocks differ, and typing takes time
SECOND_FACTOR_KEYS = env.list("SECOND_FACTOR_KEYS", default=[SECRET_KEY] if DEMO else [])  # the first encrypts

# Email

# In demo mode, each email is a file that a person can read. Outside demo mode, sms/startup.py demands a mail server.
EMAIL_URL = env.str("EMAIL_URL", default=f"filemail:///{BASE_DIR / 'var/mail'}" if DEMO else "")
vars().update(env.email_url_config(EMAIL_URL or "dummymail:"))  # EMAIL_BACKEND, EMAIL_HOST and the others of Django
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Sponsorship Management System <sms@example.org>" if DEMO else "")
# The address of the portal, for links in emails. It never comes from a request, which could name a wrong host.
own_host = f"http://127.0.0.1:{env.int('PORT', default=8000)}" if DEMO else f"https://{''.join(hosts_and_ports[:1])}"
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", default=own_host).rstrip("/")

# Language and time

LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "Europe/London"
USE_TZ = True

# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var/static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Payment

PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="sandbox" if DEMO else "")
# Each provider has a module in cas/payments/providers, which declares its variables. They begin with its name.
PAYMENT_PROVIDERS = [module.name for module in iter_modules([str(BASE_DIR / "cas/payments/providers")])]
PROVIDER_VARIABLES = {
    name: value
    for name, value in env.ENVIRON.items()
    if name.startswith(tuple(f"{provider.upper()}_" for provider in PAYMENT_PROVIDERS))
}

# Background jobs

# The queue is in the database, unless another backend of Django's Tasks API is named (docs/deployment.md).
TASKS = {
    "default": {
        "BACKEND": env.str("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend"),
        "OPTIONS": env.json("TASKS_OPTIONS", default={}),
    }
}

# Logs

LOGGING_CONFIG = "sms.logs.configure"
LOGGING = logs.configuration(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG)

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],  # sms/headers.py adds the pages of the payment provider
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
KNOWN_BROWSER_COOKIE_NAME = "known-browser"  # licences/known_browsers.py
NOTICE_COOKIE_NAME = "notice"  # licences/sign_in_notice.py
SESSION_ENGINE = "licences.models.session"
SESSION_COOKIE_AGE = 20 * 60  # seconds without activity: licences/time_out.py
SESSION_HOURS = env.int("SESSION_HOURS", default=12)  # after signing in, with any activity
# The largest form is a CAS, with fewer than 200 fields and 100 kB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; deploy/nginx.conf has the same limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# Only the pages of Bulk data transfer accept files: bulk_data_transfer/receiving.py.
FILE_UPLOAD_HANDLERS = ["bulk_data_transfer.receiving.ReceivedFile"]
DATA_UPLOAD_MAX_NUMBER_FILES = 2  # a file, and a sheet with answers
FILES_PATH = "/students/bulk-data-transfer/"
FILES_MOST_BYTES = env.int("FILES_MOST_MEGABYTES", default=20) * 1024 * 1024
FILES_MOST_RECORDS = env.int("FILES_MOST_RECORDS", default=10_000)
# The number of proxies in front. X-Forwarded-For and X-Forwarded-Proto are trusted only if these proxies set them.
PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXIES", default=0)
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Monitoring asks from inside. A payment provider would not follow a redirect: the view refuses plain http and logs it.
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^payments/callback/"]
if not DEMO:
    # Browsers accept a cookie with this prefix only from this host, and only by https.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    KNOWN_BROWSER_COOKIE_NAME, NOTICE_COOKIE_NAME = "__Host-known-browser", "__Host-notice"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
# Banners contain names of students, so they stay on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "sms.views.csrf_failure"
