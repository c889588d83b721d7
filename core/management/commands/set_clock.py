"""manage.py set_clock 2027-03-31 | off: let a demonstration live on another day. Run as fr_owner; refused in real mode.

Processes that are already connected keep the old day until they connect again.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import sql

from core.models import Installation


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", help="the day it shall be, like 2027-03-31, or: off")

    def handle(self, *, day: str, **options: Any) -> None:
        if not settings.CLOCK_OFFSET_ALLOWED or Installation.objects.filter(mode=Installation.Mode.REAL).exists():
            raise CommandError("The clock of a real installation is never moved.")
        try:
            days = 0 if day == "off" else (dt.date.fromisoformat(day) - self.real_today()).days
        except ValueError:
            raise CommandError("Write the day like 2027-03-31, or: off") from None
        name = connection.settings_dict["NAME"]
        query = sql.SQL("ALTER DATABASE {} SET app.clock_offset = {}").format(
            sql.Identifier(name), sql.Literal(f"{days} days" if days else "")
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
        self.stdout.write(f"moved by {days} days")

    @staticmethod
    def real_today() -> dt.date:
        """The machine's day, whatever the offset now in force."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT (statement_timestamp() AT TIME ZONE 'Europe/London')::date")
            today: dt.date = cursor.fetchone()[0]
        return today
