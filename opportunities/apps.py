"""Concrete, checked, published things to go for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpportunitiesConfig(AppConfig):
    name = "opportunities"

    def ready(self) -> None:
        from accounts import menus
        from accounts.roles import DESK, Role
        from core import reference
        from notifications import registry
        from opportunities import lifecycle, ready_messages, still_open_messages
        from opportunities.reference import load

        reference.register("pay floors and unpaid reasons", load)
        for purpose in (*still_open_messages.PURPOSES, ready_messages.DRAFT_READY):
            registry.register(purpose)
        menus.add(_("Opportunities"), "opportunities:list-desk", DESK, 20)
        menus.add(_("What readers say"), "opportunities:list-feedback", {Role.AMBASSADOR}, 10)
        menus.add(_("Words"), "opportunities:list-words", {Role.AMBASSADOR}, 20)
        menus.add(_("Open now"), "opportunities:list-opportunities", {Role.AMBASSADOR}, 30)
        menus.add(_("Keys"), "opportunities:list-keys", lifecycle.APPROVERS, 90)
        menus.add(_("Events"), "opportunities:show-board", {Role.BOARD_MEMBER}, 10)
        menus.add(_("Open now"), "opportunities:list-opportunities", {Role.BOARD_MEMBER}, 20)
