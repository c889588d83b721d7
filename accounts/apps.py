"""Who people are and what they may see."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import held, reference

        reference.register()
        held.register()
