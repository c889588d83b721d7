"""Employers, events and what they promised."""

from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "pledges"

    def ready(self) -> None:
        from core import reference
        from notifications import registry
        from pledges import messages
        from pledges.reference import load

        reference.register("kinds and categories", load)
        registry.register(messages.THANK_YOU)
