"""Who people are and what they may see."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
