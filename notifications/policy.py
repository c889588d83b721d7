"""Who may use this room's addresses, and its background tasks."""

from core.policy import NOBODY, PUBLIC, Route

ROUTES = [
    Route("notifications:show-health", PUBLIC, NOBODY),
    Route("notifications:show-readiness", PUBLIC, NOBODY),
    Route("notifications:take-from-notify", NOBODY, PUBLIC),
    Route("notifications:list-messages", {"operator"}, NOBODY),
    Route("notifications:show-kept-mail", {"operator"}, NOBODY),
    Route("notifications:show-attachment", {"operator"}, NOBODY),
]
TASKS = ["notifications.tasks.drain"]
