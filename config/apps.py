"""Where the rooms meet: settings, addresses, policy, reactions, schedule."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import celery, reactions, tasks  # noqa: F401  (the broker must be known before a bell is rung)

        reactions.connect()
        tasks.watch()
