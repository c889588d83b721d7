"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import DESK, Role
from core.policy import NOBODY, PUBLIC, Route

ROUTES = [
    Route("opportunities:list-opportunities", PUBLIC, NOBODY),
    Route("opportunities:show-opportunity", PUBLIC, NOBODY),
    Route("opportunities:show-board", {Role.BOARD_MEMBER}, NOBODY),
    Route("opportunities:list-desk", DESK, NOBODY),
    Route("opportunities:edit-opportunity", DESK, DESK),
    Route("opportunities:move-opportunity", NOBODY, DESK),
    Route("opportunities:api-list-opportunities", PUBLIC, NOBODY),
    Route("opportunities:api-show-opportunity", PUBLIC, NOBODY),
]
TASKS: list[str] = []
