"""A session's user and the hats they may wear, in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts import hats
from accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """As allauth's, but whoever is loaded for a request comes with their hats (hats.worn_by)."""

    def get_user(self, user_id: Any) -> User | None:
        rows = hats.memberships(user_id)
        found: User | None = rows[0].user if rows else super().get_user(user_id)
        if found is None or not self.user_can_authenticate(found):
            return None
        found.worn_today = rows  # type: ignore[attr-defined]
        return found
