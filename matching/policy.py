"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import Role
from core.policy import NOBODY, PUBLIC, Route

WORKERS = frozenset({Role.ADVISER, Role.SOCIAL_WORKER})  # for their own young people
HELPERS = WORKERS | {Role.GUEST_ADVISER}  # a guest: for the one they were let in to help
READERS = HELPERS | {Role.TEAM_MANAGER}  # a manager reads the team's list
MANAGER = frozenset({Role.TEAM_MANAGER})  # decides who supports whom
KEY_SENDS = frozenset({"key:people"})  # a council's case system, see people_api.py

ROUTES: list[Route] = [
    Route("matching:list-matches", HELPERS, NOBODY),
    Route("matching:act-on-match", NOBODY, HELPERS),
    Route("matching:act-from-mail", PUBLIC, PUBLIC),  # a signed link is its own right: it decides
    Route("matching:stop-news", PUBLIC, PUBLIC),  # the same
    Route("matching:act-on-several", NOBODY, HELPERS),
    Route("matching:list-people", READERS, NOBODY),
    Route("matching:find-person", READERS, READERS),
    Route("matching:add-person", WORKERS, WORKERS),
    Route("matching:add-several", WORKERS, WORKERS),
    Route("matching:upload-people", WORKERS | MANAGER, WORKERS | MANAGER),
    Route("matching:show-person", HELPERS, NOBODY),
    Route("matching:say-it-works", NOBODY, WORKERS),
    Route("matching:edit-interests", HELPERS, HELPERS),
    Route("matching:show-team", MANAGER, NOBODY),
    Route("matching:arrange-cover", MANAGER, MANAGER),
    Route("matching:end-cover", MANAGER, MANAGER),
    Route("matching:keep-apart", WORKERS | MANAGER, WORKERS | MANAGER),
    Route("matching:hand-over", MANAGER, MANAGER),
    Route("matching:end-support", MANAGER, MANAGER),
    Route("matching:let-guest-in", MANAGER, MANAGER),
    Route("matching:ask-transfer", MANAGER, MANAGER),
    Route("matching:answer-transfer", MANAGER, MANAGER),
    Route("matching:take-back-transfer", MANAGER, MANAGER),
    Route("matching:list-people-keys", MANAGER, MANAGER),
    Route("matching:end-people-key", MANAGER, MANAGER),
    Route("matching:api-send-person", NOBODY, KEY_SENDS),
]
TASKS: list[str] = ["matching.tasks.run", "matching.tasks.full"]

# Every field that the API answers about young people: never a fact that was sent.
API_FIELDS = {"PersonSentSerializer": "reference id status"}
