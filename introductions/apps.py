"""The adviser's page, and what follows a match."""

from django.apps import AppConfig


class IntroductionsConfig(AppConfig):
    name = "introductions"
