"""Messages: none lost, none twice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts import menus
        from accounts.personal_data import register_personal_data
        from notifications import purposes
        from notifications.models import DigestRecipient, Outbox

        purposes.register()
        register_personal_data(Outbox, _("Messages about you"))
        register_personal_data(DigestRecipient, _("Daily emails about you"), of="mail__person")
        menus.add(_("Messages"), "notifications:list-messages", {"operator"}, 10)
        menus.add(_("Components"), "core:show-components", {"operator"}, 90)
