"""Another day, for the rest of the transaction of a test."""

from contextlib import contextmanager

from django.db import connection

SET = "SELECT set_config('app.clock_offset', ((%s::timestamptz - statement_timestamp())::text), true)"


@contextmanager
def at(instant: str):
    """A block at an instant like "2026-06-30 23:30", in UTC."""
    with connection.cursor() as cursor:
        cursor.execute(SET, [f"{instant}+00"])
        yield
        cursor.execute("SELECT set_config('app.clock_offset', '', true)")


def on(day: str):
    """A block at noon of a day like "2026-06-30"."""
    return at(f"{day} 12:00")
