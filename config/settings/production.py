"""A real installation. Refuses to start with unsafe values: each refusal says what to set."""

import os
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import (
    ALLOWED_HOSTS,
    DEFAULT_FROM_EMAIL,
    EMAIL_HOST,
    FIELD_KEYS,
    INSTALLATION_MODE,
    NOTIFY,
    REDIS_URL,
    REST_FRAMEWORK,
    SECRET_KEY,
    SITE_URL,
    SITE_URL_MOST,
)

DEMO = False
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = os.environ.get("FR_TLS", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
REST_FRAMEWORK = {**REST_FRAMEWORK, "NUM_PROXIES": 1}  # see SECURE_PROXY_SSL_HEADER
EMAIL_CHANNEL = os.environ.get("FR_EMAIL_CHANNEL", "smtp")
TEXT_CHANNEL = os.environ.get("FR_TEXT_CHANNEL", EMAIL_CHANNEL)

_CHANNELS = {EMAIL_CHANNEL, TEXT_CHANNEL}
_SENDER = parseaddr(DEFAULT_FROM_EMAIL)[1]
_REFUSALS = {
    "Set FR_SECRET_KEY to at least 50 random characters.": len(SECRET_KEY) < 50,
    "Set FR_FIELD_KEYS: personal contact details are encrypted with it.": not FIELD_KEYS,
    "Set FR_HOSTS to the public host name.": not ALLOWED_HOSTS or set(ALLOWED_HOSTS) == {"localhost", "127.0.0.1"},
    f"Set FR_SITE_URL to {SITE_URL_MOST} characters at the most: texts hold it with their words.": (
        len(SITE_URL) > SITE_URL_MOST
    ),
    "Set DATABASE_URL.": "DATABASE_URL" not in os.environ,
    "Set REDIS_URL.": not REDIS_URL,
    "FR_MODE must be 'real' under production settings: demo data never mixes with people.": INSTALLATION_MODE != "real",
    "FR_EMAIL_CHANNEL and FR_TEXT_CHANNEL must be smtp or notify: kept mail is for demonstrations.": (
        not {"smtp", "notify"} >= _CHANNELS
    ),
    "Set FR_SMTP_HOST.": "smtp" in _CHANNELS and not EMAIL_HOST,
    "Set FR_FROM_EMAIL to an address of yours: nobody could answer one that ends in .example.": (
        "smtp" in _CHANNELS and ("@" not in _SENDER or _SENDER.lower().endswith(".example"))
    ),
    "Set FR_NOTIFY_API_KEY, FR_NOTIFY_EMAIL_TEMPLATE, FR_NOTIFY_TEXT_TEMPLATE and FR_NOTIFY_CALLBACK_TOKEN.": (
        "notify" in _CHANNELS and not all(NOTIFY.values())
    ),
}
if _found := [text for text, bad in _REFUSALS.items() if bad]:
    raise ImproperlyConfigured("Refusing to start:\n" + "\n".join(_found))
