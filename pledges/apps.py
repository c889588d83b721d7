"""Employers, events and what they promised."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PledgesConfig(AppConfig):
    name = "pledges"

    def ready(self) -> None:
        from accounts import menus
        from accounts.roles import DESK, WORKERS
        from core import reference
        from notifications import registry
        from pledges import ask_messages, contact_messages, home_links, messages, nudges, told
        from pledges.cadence import load_cadence
        from pledges.reference import load

        reference.register("kinds and categories", load)
        reference.register("steps of the follow-up", load_cadence)
        registry.register(messages.THANK_YOU)
        asks = (ask_messages.ASK_MADE_MAIL, ask_messages.ASK_MADE_BY_TEXT, ask_messages.USED_MAIL, home_links.HOME_MAIL)
        changes = (contact_messages.CHANGED_MAIL, contact_messages.CHANGED_BY_TEXT)
        for purpose in (*nudges.PURPOSES, *asks, *changes):
            registry.register(purpose)
        told.register()
        menus.add(_("Today"), "pledges:show-desk", DESK, 10)
        menus.add(_("Calls"), "pledges:list-calls", DESK, 15, also=("pledges:show-week",))
        menus.add(_("Events"), "pledges:list-events", DESK, 20)
        menus.add(
            _("Businesses"), "pledges:list-employers", DESK, 25, also=("pledges:list-checks", "pledges:list-merges")
        )
        menus.add(_("To clear up"), "pledges:list-to-clear-up", DESK, 30)
        menus.add(_("Asks"), "pledges:list-asks-desk", DESK, 35)
        menus.add(_("Support"), "pledges:list-support", WORKERS, 40)
