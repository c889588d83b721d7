"""Is this a demonstration or the real thing? Written once, when the database is made, and asked by all
that invents data."""

from django.conf import settings
from django.core.management.base import CommandError

from core.models import Installation


def record() -> str:
    """Write the mode of the settings if the database has none yet; return the mode in force.

    Raises CommandError when the settings say something else than the database.
    """
    row, _made = Installation.objects.get_or_create(pk=1, defaults={"mode": settings.INSTALLATION_MODE})
    if row.mode != settings.INSTALLATION_MODE:
        raise CommandError(
            f"This database was made as “{row.mode}” and the settings say “{settings.INSTALLATION_MODE}”. "
            "A database never changes from one to the other: make a new one, or set FR_MODE back."
        )
    return row.mode


def is_demo() -> bool:
    """Whether both the settings and the database say that this is a demonstration. One query when the settings do."""
    return settings.INSTALLATION_MODE == "demo" and Installation.objects.filter(mode="demo").exists()
