"""The default: everything on one machine, started by dev.py. Demo data, nothing is sent out."""

from config.settings.base import *  # noqa: F403

DEMO = True
CLOCK_OFFSET_ALLOWED = True
SESSION_COOKIE_SECURE = False
