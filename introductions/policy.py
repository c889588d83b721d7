"""Who may use this room's addresses, and its background tasks."""

from core.policy import NOBODY, Route
from matching.policy import READERS

ROUTES: list[Route] = [Route("introductions:show-monday", READERS, NOBODY)]
TASKS: list[str] = []
