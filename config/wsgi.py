"""The web process. It refuses to start when its database role could walk round the second wall."""

import os
from typing import Any

from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application

from core import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
application = get_wsgi_application()

from django.db import connection  # noqa: E402

from core.role_check import refuse_unsafe_role  # noqa: E402  (needs Django to be set up)

refuse_unsafe_role()
connection.close()  # gunicorn loads this once and then forks its workers: they must not share a connection


def heard_of(**_signal: Any) -> None:
    """Whoever was answered saw that the site lives."""
    alive.say()


request_finished.connect(heard_of, dispatch_uid="alive")
