"""What this room's fields are. It stores nothing yet."""

from core.privacy import Declared

FIELDS: list[Declared] = []
