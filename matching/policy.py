"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import Role
from core.policy import NOBODY, Route

WORKERS = frozenset({Role.ADVISER, Role.SOCIAL_WORKER})  # for their own young people
READERS = WORKERS | {Role.TEAM_MANAGER}  # a manager reads the team's list and writes nothing

ROUTES: list[Route] = [
    Route("matching:list-matches", WORKERS, NOBODY),
    Route("matching:act-on-match", NOBODY, WORKERS),
    Route("matching:list-people", READERS, NOBODY),
    Route("matching:add-person", WORKERS, WORKERS),
    Route("matching:show-person", WORKERS, NOBODY),
    Route("matching:edit-interests", WORKERS, WORKERS),
]
TASKS: list[str] = ["matching.tasks.run", "matching.tasks.full"]
