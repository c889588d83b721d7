"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import Role
from core.policy import NOBODY, PUBLIC, Route
from introductions.me import policy as me
from matching.policy import HELPERS, MANAGER, READERS, WORKERS

EMPLOYER = frozenset({Role.EMPLOYER_MEMBER})
LEAD = frozenset({Role.SAFEGUARDING_LEAD})
ACCEPTS = LEAD | {Role.AUDITOR}
ROUTES: list[Route] = [
    Route("introductions:show-monday", READERS, NOBODY),
    Route("introductions:show-home", EMPLOYER, NOBODY),
    Route("introductions:show-home-draft", EMPLOYER, NOBODY),
    Route("introductions:write-home-draft", EMPLOYER, EMPLOYER),
    Route("introductions:finish-home-draft", NOBODY, EMPLOYER),
    Route("introductions:show-home-opportunity", EMPLOYER, NOBODY),
    Route("introductions:answer-home", EMPLOYER, EMPLOYER),
    Route("introductions:change-home-choices", NOBODY, EMPLOYER),
    Route("introductions:add-home-colleague", NOBODY, EMPLOYER),
    Route("introductions:list-concerns", LEAD, NOBODY),
    Route("introductions:show-concern", LEAD, NOBODY),
    Route("introductions:see-concern", NOBODY, LEAD),
    Route("introductions:write-concern", NOBODY, LEAD),
    Route("introductions:edit-numbers", LEAD, LEAD),
    Route("introductions:list-papers", ACCEPTS, NOBODY),
    Route("introductions:accept-paper", ACCEPTS, ACCEPTS),
    Route("introductions:show-notice", PUBLIC, NOBODY),
    Route("introductions:say-home-wrong", EMPLOYER, EMPLOYER),
    Route("introductions:show-known", EMPLOYER, NOBODY),
    Route("introductions:show-known-file", EMPLOYER, NOBODY),
    Route("introductions:answer-known", EMPLOYER, EMPLOYER),
    Route("introductions:reply-known", NOBODY, EMPLOYER),
    Route("introductions:say-known-wrong", EMPLOYER, EMPLOYER),
    Route("introductions:say-wrong", PUBLIC, PUBLIC),
    Route("introductions:said-wrong", PUBLIC, NOBODY),
    Route("introductions:say-wrong-for", HELPERS, HELPERS),
    Route("introductions:take-up-help", NOBODY, WORKERS),
    Route("introductions:list-asked", MANAGER, NOBODY),
    Route("introductions:answer-objection", MANAGER, MANAGER),
    Route("introductions:show-timeline", HELPERS, NOBODY),
    Route("introductions:show-own-timeline", me.SELF, NOBODY),
    Route("introductions:list-introductions", HELPERS, NOBODY),
    Route("introductions:note-interest", HELPERS, HELPERS),
    Route("introductions:show-introduction", HELPERS, NOBODY),
    Route("introductions:show-introduction-file", HELPERS, NOBODY),
    Route("introductions:send-link-again", NOBODY, HELPERS),
    Route("introductions:take-step", HELPERS, HELPERS),
    Route("introductions:show-how", HELPERS, HELPERS),
    # A signed link is its own right: the view answers 404 to one that is not in force.
    Route("introductions:show-home-link", PUBLIC, NOBODY),
    Route("introductions:show-home-draft-link", PUBLIC, NOBODY),
    Route("introductions:write-home-draft-link", PUBLIC, PUBLIC),
    Route("introductions:finish-home-draft-link", NOBODY, PUBLIC),
    Route("introductions:show-home-opportunity-link", PUBLIC, NOBODY),
    Route("introductions:answer-home-link", PUBLIC, PUBLIC),
    Route("introductions:change-home-choices-link", NOBODY, PUBLIC),
    Route("introductions:add-home-colleague-link", NOBODY, PUBLIC),
    Route("introductions:say-home-wrong-link", PUBLIC, PUBLIC),
    Route("introductions:show-known-link", PUBLIC, NOBODY),
    Route("introductions:show-known-file-link", PUBLIC, NOBODY),
    Route("introductions:answer-known-link", PUBLIC, PUBLIC),
    Route("introductions:reply-known-link", NOBODY, PUBLIC),
    Route("introductions:say-known-wrong-link", PUBLIC, PUBLIC),
    Route("introductions:answer-how", PUBLIC, PUBLIC),
    Route("introductions:say-how-wrong", PUBLIC, PUBLIC),
    *me.ROUTES,
]
TASKS: list[str] = ["introductions.tasks.sweep", "introductions.tasks.tell_late_concerns"]
