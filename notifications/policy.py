"""Who may use this room's addresses, and its background tasks."""

from core.policy import Route

ROUTES: list[Route] = []
TASKS: list[str] = []
