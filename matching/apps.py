"""What young people would like, and what fits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from accounts import menus
        from core import bells
        from matching import held, mails, own_news, services, tasks, team_messages
        from matching.policy import HELPERS, MANAGER, READERS

        held.register()
        mails.register_purpose()
        own_news.register_purpose()
        team_messages.register_purpose()
        bells.watch("matches", services.pending, tasks.run)
        menus.add(_("Matches"), "matching:list-matches", HELPERS, 20)
        menus.add(_("People"), "matching:list-people", READERS, 30)
        menus.add(_("Team"), "matching:show-team", MANAGER, 40)
