"""Where the rooms meet: settings, addresses, policy, reactions, schedule."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import reactions

        reactions.connect()
