"""What every kind of installation shares. All that differs comes from the environment (see docs/settings.md)."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = Path(os.environ.get("FR_STATE_DIR", BASE_DIR / "var"))

SECRET_KEY = os.environ.get("FR_SECRET_KEY", "")
FIELD_KEYS = [key for key in os.environ.get("FR_FIELD_KEYS", "").split(",") if key]
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("FR_HOSTS", "localhost,127.0.0.1").split(",") if host]
SITE_URL = os.environ.get("FR_SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
SITE_URL_MOST = 47  # letters: one text holds it, the words and the rest of a link
INSTALLATION_MODE = os.environ.get("FR_MODE", "demo")  # read once, when the database is made

ROOMS = [
    "core",
    "accounts",
    "notifications",
    "pledges",
    "occupations",
    "opportunities",
    "matching",
    "introductions",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "rest_framework",
    "drf_spectacular",
    *ROOMS,
    "config",
]

# Sessions and sign-in stand OUTSIDE the request's transaction: their tables carry no row-level security, they are read
# before a scope is known, and a rolled-back page must not sign anybody out. The policy stands inside it.
MIDDLEWARE = [
    "core.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.hats.HatMiddleware",
    "opportunities.api.gate.ApiMiddleware",  # takes the hat off again: a session counts for nothing in the API
    "accounts.attempts.AttemptsMiddleware",  # outside the transaction: a page rolled back does not forget an attempt
    "core.middleware.RequestTransactionMiddleware",
    "core.policy.PolicyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
SCOPE_FOR_REQUEST = "accounts.hats.scope_for"  # core knows nothing of hats: it is told where to ask
PATHS_WITHOUT_DATABASE = frozenset({"/healthz", "/readyz"})
POLICY = "config.policy.POLICY"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
FORM_RENDERER = "core.forms.Renderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.page",
                "opportunities.feedback.page",
            ],
            "builtins": ["core.templatetags.look"],
        },
    }
]


def database(role: str) -> dict[str, Any]:
    """DATABASE_URL with its user replaced by `role` (and FR_DB_PASSWORD, where the server asks for one)."""
    found: dict[str, Any] = dict(dj_database_url.parse(os.environ.get("DATABASE_URL", "postgres:///first_rung")))
    found["HOST"] = found.get("OPTIONS", {}).pop("host", found["HOST"])  # ...?host=SOCKET_FOLDER
    if role:
        found["USER"] = role
        found["PASSWORD"] = os.environ.get("FR_DB_PASSWORD", found.get("PASSWORD", ""))
    return {
        **found,
        "ATOMIC_REQUESTS": False,  # its transaction ends before templates render: lists would come out empty
        "CONN_MAX_AGE": 600,  # safe, because nothing is ever set for the session: see core/scope.py
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # .iterator() outside a transaction would break behind pgbouncer
    }


DB_ROLE = os.environ.get("FR_DB_ROLE", "fr_web")  # web: fr_web; worker and relay: fr_worker; migrate: fr_owner
DATABASES = {"default": database(DB_ROLE)}
CLOCK_OFFSET_ALLOWED = False

REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES = {
    "default": {
        "BACKEND": "core.cache.PatientlessCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
REMEMBERED_PHONE_AGE = 60 * 60 * 24 * 30  # of those who work here and ask for it

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"  # how people read times; the database always speaks UTC

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Sign-in by e-mailed code, by invitation only: nobody signs up in the open.
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # counted in the database by accounts.attempts: a cache that is down must not open the door
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/go/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

WHITENOISE_ALLOW_ALL_ORIGINS = False  # our own pages ask for our files, and nobody else needs them
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer makes browsers send "Origin: null", which CSRF checks refuse
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# What one key may write: each draft is work for people.
API_WRITES_A_MINUTE = int(os.environ.get("FR_API_WRITES_A_MINUTE", "60"))
API_DRAFTS_A_DAY = int(os.environ.get("FR_API_DRAFTS_A_DAY", "200"))
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["opportunities.api.parsing.Parser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # keys: opportunities/api/gate.py; sessions: never
    "DEFAULT_PERMISSION_CLASSES": [],  # the policy decides, before any view is entered
    "DEFAULT_THROTTLE_CLASSES": ["opportunities.api.throttle.Throttle"],
    "NUM_PROXIES": 0,
    "DEFAULT_SCHEMA_CLASS": "opportunities.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "First Rung",
    "DESCRIPTION": (
        "Checked opportunities for care leavers of 16 to 25 in England. Anybody may read what is open; an employer's"
        " system writes drafts with a key, which people then check and publish. A council's case system sends young"
        " people with a key, and reads none. Errors are problem+json."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "frk_..., shown once to whoever made it"}
        }
    },
}

# A bell may be lost (the tables know what is due) but must never keep a web page waiting.
CELERY = {
    "broker_url": REDIS_URL,
    "task_ignore_result": True,
    "task_publish_retry": False,
    "task_default_queue": "default",
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0},
    "task_time_limit": 600,
    "timezone": "Europe/London",
}

EMAIL_CHANNEL = os.environ.get("FR_EMAIL_CHANNEL", "kept")  # kept, console (demo) | smtp | notify
TEXT_CHANNEL = os.environ.get("FR_TEXT_CHANNEL", EMAIL_CHANNEL)
NOTIFY = {
    "api_key": os.environ.get("FR_NOTIFY_API_KEY", ""),
    "base_url": os.environ.get("FR_NOTIFY_URL", "https://api.notifications.service.gov.uk"),
    "email_template": os.environ.get("FR_NOTIFY_EMAIL_TEMPLATE", ""),
    "text_template": os.environ.get("FR_NOTIFY_TEXT_TEMPLATE", ""),
    "callback_token": os.environ.get("FR_NOTIFY_CALLBACK_TOKEN", ""),
}
METRICS_TOKEN = os.environ.get("FR_METRICS_TOKEN", "")  # what /metrics asks for; without it, this machine alone may ask
EMAIL_HOST = os.environ.get("FR_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("FR_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("FR_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("FR_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("FR_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = float(os.environ.get("FR_SMTP_TIMEOUT", "10"))  # seconds, for each step of the conversation
# How long an unknown hand-over rests before the provider is asked about it, and asked a second time.
ASK_AFTER_SECONDS = float(os.environ.get("FR_ASK_AFTER_SECONDS", "300"))
DEFAULT_FROM_EMAIL = os.environ.get("FR_FROM_EMAIL", "First Rung <no-reply@first-rung.example>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask_paths": {"()": "core.logs.MaskPaths"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["mask_paths"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("FR_LOG_LEVEL", "INFO")},
    # It would write down what the provider says of an address or a number.
    "loggers": {"notifications_python_client": {"level": "ERROR"}},
}
