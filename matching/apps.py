"""What young people would like, and what fits."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
