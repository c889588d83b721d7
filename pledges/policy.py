"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import DESK, WORKERS, Role
from core.policy import NOBODY, PUBLIC, Route

COORDINATOR = frozenset({Role.COORDINATOR})
ROUTES: list[Route] = [
    Route("pledges:make-pledge", PUBLIC, PUBLIC),
    Route("pledges:make-pledge-at", PUBLIC, PUBLIC),
    Route("pledges:show-wall", PUBLIC, NOBODY),
    Route("pledges:show-wall-now", PUBLIC, NOBODY),
    Route("pledges:show-public-code", PUBLIC, NOBODY),
    Route("pledges:show-promises", PUBLIC, NOBODY),
    # A signed link is its own right: the view answers 404 to one that is not in force.
    Route("pledges:show-link", PUBLIC, NOBODY),
    Route("pledges:change-link", PUBLIC, PUBLIC),
    Route("pledges:move-link", NOBODY, PUBLIC),
    Route("pledges:answer-link", PUBLIC, PUBLIC),
    Route("pledges:answered-link", PUBLIC, NOBODY),
    Route("pledges:list-calls", DESK, NOBODY),
    Route("pledges:show-call", DESK, DESK),
    Route("pledges:show-week", DESK, NOBODY),
    Route("pledges:list-support", WORKERS, NOBODY),
    Route("pledges:ask-for", WORKERS, WORKERS),
    Route("pledges:list-asks", WORKERS, NOBODY),
    Route("pledges:move-ask", NOBODY, WORKERS),
    Route("pledges:list-asks-desk", DESK, NOBODY),
    Route("pledges:move-ask-desk", NOBODY, DESK),
    Route("pledges:show-desk", DESK, NOBODY),
    Route("pledges:take-pledge", NOBODY, DESK),
    Route("pledges:list-events", DESK, NOBODY),
    Route("pledges:add-event", DESK, DESK),
    Route("pledges:show-event", DESK, NOBODY),
    Route("pledges:show-code", DESK, NOBODY),
    Route("pledges:type-pledge", DESK, DESK),
    Route("pledges:upload-sheet", DESK, DESK),
    Route("pledges:preview-sheet", DESK, DESK),
    Route("pledges:move-event", NOBODY, COORDINATOR),
    Route("pledges:list-to-clear-up", DESK, NOBODY),
    Route("pledges:show-to-clear-up", DESK, DESK),
    Route("pledges:show-employer", DESK, NOBODY),
    Route("pledges:take-step", NOBODY, COORDINATOR),
]
TASKS: list[str] = []
