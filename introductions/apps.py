"""The adviser's page, and what follows a match."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntroductionsConfig(AppConfig):
    name = "introductions"

    def ready(self) -> None:
        from accounts import menus
        from accounts.roles import YOUNG_PERSON, Role
        from core import bells
        from introductions import (
            asked_messages,
            closing,
            concern_messages,
            concerns,
            held,
            news,
            sign_in_messages,
            sweeping,
            tasks,
        )
        from introductions import business_messages as told
        from introductions import reminders as reminding
        from introductions import staying_messages as how
        from introductions.me import confirming
        from matching.policy import READERS

        held.register()
        concern_messages.register()
        closing.register()
        told.register()
        reminding.register()
        news.register()
        confirming.register()
        asked_messages.register()
        how.register()
        sign_in_messages.register()
        bells.watch("introductions", sweeping.waiting, tasks.sweep, here=True)
        bells.watch("late concerns", concerns.late_waiting, tasks.tell_late_concerns, here=True)
        menus.add(_("This week"), "introductions:show-monday", READERS, 10)
        menus.add(_("Asked of you"), "introductions:list-asked", {Role.TEAM_MANAGER}, 25)
        menus.add(_("What is wrong"), "introductions:list-concerns", {Role.SAFEGUARDING_LEAD}, 10)
        menus.add(_("Numbers"), "introductions:edit-numbers", {Role.SAFEGUARDING_LEAD}, 40)
        menus.add(_("Papers"), "introductions:list-papers", {Role.SAFEGUARDING_LEAD, Role.AUDITOR}, 50)
        menus.add(_("Your pledges"), "introductions:show-home", {Role.EMPLOYER_MEMBER}, 10)
        menus.add(_("For you"), "introductions:show-me", {YOUNG_PERSON}, 10)
        menus.add(_("Going for"), "introductions:list-own", {YOUNG_PERSON}, 20)
        menus.add(_("Day one"), "introductions:show-ready", {YOUNG_PERSON}, 30)
        menus.add(_("Seen by"), "introductions:show-who", {YOUNG_PERSON}, 40)
