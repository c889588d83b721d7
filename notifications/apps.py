"""Messages: none lost, none twice."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
