"""Who may use a young person's own pages, and what leads to them."""

from accounts.roles import YOUNG_PERSON
from core.policy import NOBODY, PUBLIC, Route
from matching.policy import HELPERS, WORKERS

SELF = frozenset({YOUNG_PERSON})
ROUTES: list[Route] = [
    Route("introductions:show-me", SELF, NOBODY),
    Route("introductions:list-fitting", SELF, NOBODY),
    Route("introductions:say-interested", NOBODY, SELF),
    Route("introductions:say-not-for-me", NOBODY, SELF),
    Route("introductions:edit-own-interests", SELF, SELF),
    Route("introductions:choose-reading", SELF, SELF),
    Route("introductions:choose-hearing", SELF, SELF),
    Route("introductions:list-own", SELF, NOBODY),
    Route("introductions:show-own", SELF, NOBODY),
    Route("introductions:show-own-file", SELF, NOBODY),
    Route("introductions:say-fine", NOBODY, SELF),
    Route("introductions:answer-own", NOBODY, SELF),
    Route("introductions:stop-own", SELF, SELF),
    Route("introductions:answer-own-how", SELF, SELF),
    Route("introductions:show-ready", SELF, SELF),
    Route("introductions:show-who", SELF, NOBODY),
    Route("introductions:make-objection", SELF, SELF),
    Route("introductions:drop-in", PUBLIC, PUBLIC),
    Route("introductions:show-drop-in-code", PUBLIC, NOBODY),
    Route("introductions:clear-drop-in", NOBODY, PUBLIC),
    Route("introductions:show-data", SELF, NOBODY),
    Route("introductions:read-copy", SELF, NOBODY),
    Route("introductions:download-copy", SELF, NOBODY),
    Route("introductions:delete-me", SELF, SELF),
    Route("introductions:change-number", SELF, SELF),
    Route("introductions:prove-number", SELF, SELF),
    Route("introductions:plan-first-wage", SELF, SELF),
    Route("introductions:ask-again", NOBODY, SELF),
    Route("introductions:offer-interest", PUBLIC, NOBODY),
    Route("introductions:invite-person", WORKERS, WORKERS),
    Route("introductions:take-code", NOBODY, HELPERS),
    # A signed link is its own right: the view answers 404 to one that is not in force.
    Route("introductions:take-up-invitation", PUBLIC, PUBLIC),
    Route("introductions:confirm-joining", PUBLIC, PUBLIC),
]
