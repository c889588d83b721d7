"""Who may use this room's addresses, and its background tasks."""

from core.policy import NOBODY, PUBLIC, SIGNED_IN, Route

ROUTES: list[Route] = [
    Route("account_login", PUBLIC, PUBLIC),
    Route("account_request_login_code", PUBLIC, PUBLIC),
    Route("account_confirm_login_code", PUBLIC, PUBLIC),
    Route("account_logout", PUBLIC, PUBLIC),
    Route("account_signup", NOBODY, NOBODY),
    Route("accounts:sign-in-as", NOBODY, PUBLIC),  # demonstrations only: the view refuses elsewhere
    Route("accounts:go-home", SIGNED_IN, NOBODY),
    Route("accounts:choose-hat", SIGNED_IN, SIGNED_IN),
]
TASKS: list[str] = []
