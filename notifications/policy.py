"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import DESK, SEES_YOUNG_PEOPLE, WORKERS
from core.policy import NOBODY, PUBLIC, SIGNED_IN, Route

TOLD_DAILY = DESK | (WORKERS & SEES_YOUNG_PEOPLE)  # whom digests go to

ROUTES = [
    Route("notifications:show-health", PUBLIC, NOBODY),
    Route("notifications:show-readiness", PUBLIC, NOBODY),
    Route("notifications:show-metrics", PUBLIC, NOBODY),  # with a token, or from this machine
    Route("notifications:take-from-notify", NOBODY, PUBLIC),
    Route("notifications:show-inbox", SIGNED_IN, NOBODY),
    Route("notifications:choose-digests", TOLD_DAILY, TOLD_DAILY),
    Route("notifications:stop-emails", PUBLIC, PUBLIC),  # by a digest's own link, which decides
    Route("notifications:list-messages", {"operator"}, NOBODY),
    Route("notifications:ask", {"operator"}, {"operator"}),
    Route("notifications:show-order", {"operator"}, {"operator"}),
    Route("notifications:show-kept-mail", {"operator"}, NOBODY),
    Route("notifications:show-attachment", {"operator"}, NOBODY),
]
TASKS = ["notifications.tasks.drain"]
