"""Who may use this room's addresses."""

from accounts.roles import Role
from core.policy import NOBODY, Route

COORDINATOR = frozenset({Role.COORDINATOR})

ROUTES: list[Route] = [
    Route("occupations:list-slang", COORDINATOR, NOBODY),
    Route("occupations:change-slang", COORDINATOR, COORDINATOR),
]
TASKS: list[str] = []
