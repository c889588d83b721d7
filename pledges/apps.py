"""Employers, events and what they promised."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PledgesConfig(AppConfig):
    name = "pledges"

    def ready(self) -> None:
        from accounts import menus
        from accounts.roles import DESK
        from core import reference
        from notifications import registry
        from pledges import messages
        from pledges.reference import load

        reference.register("kinds and categories", load)
        registry.register(messages.THANK_YOU)
        menus.add(_("Today"), "pledges:show-desk", DESK, 10)
        menus.add(_("Events"), "pledges:list-events", DESK, 20)
        menus.add(_("To clear up"), "pledges:list-to-clear-up", DESK, 30)
