"""Where django-allauth asks how things are done here."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody signs up in the open."""

    def is_open_for_signup(self, request: object) -> bool:
        return False
