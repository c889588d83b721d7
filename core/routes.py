"""Who may use the addresses of this room. (`core/policy.py` is the mechanism.)"""

from core.policy import NOBODY, PUBLIC, Route

ROUTES = [
    Route("core:show-home", PUBLIC, NOBODY),
    Route("core:show-help", PUBLIC, NOBODY),
    Route("core:show-privacy", PUBLIC, NOBODY),
    Route("core:show-accessibility", PUBLIC, NOBODY),
    Route("core:show-components", {"operator"}, NOBODY),
]
TASKS: list[str] = []
