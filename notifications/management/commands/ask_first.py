"""manage.py ask_first [--hours 48]: run it after a backup was restored, before the relay and the workers start."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications import after_restore


class Command(BaseCommand):
    """Each message is asked about before it is handed over, for it may have gone out since the backup was made. Runs as
    fr_worker. A mail server cannot be asked: what waits there is marked, for it may come twice.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=int, default=48, help="how long: until what was sent since is over")

    def handle(self, *, hours: int, **options: Any) -> None:
        asked, marked = after_restore.ask_first(dt.timedelta(hours=hours))
        names = ", ".join(asked) or "nobody: no provider here can be asked"
        self.stdout.write(f"Asked before each message, for {hours} hours: {names}.")
        self.stdout.write(f"Marked, because they may come twice: {marked} messages.")
