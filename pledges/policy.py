"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import DESK, Role
from core.policy import NOBODY, PUBLIC, Route

COORDINATOR = frozenset({Role.COORDINATOR})
ROUTES: list[Route] = [
    Route("pledges:make-pledge", PUBLIC, PUBLIC),
    Route("pledges:make-pledge-at", PUBLIC, PUBLIC),
    # A signed link is its own right: the view answers 404 to one that is not in force.
    Route("pledges:show-link", PUBLIC, NOBODY),
    Route("pledges:change-link", PUBLIC, PUBLIC),
    Route("pledges:move-link", NOBODY, PUBLIC),
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
