"""Small tools that know nothing of the domain."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
