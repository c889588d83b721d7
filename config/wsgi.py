"""The web process. It refuses to start when its database role could walk round the second wall."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
application = get_wsgi_application()

from django.db import connection  # noqa: E402

from core.role_check import refuse_unsafe_role  # noqa: E402  (needs Django to be set up)

refuse_unsafe_role()
connection.close()  # gunicorn loads this once and then forks its workers: they must not share a connection
