import sys

from django.apps import AppConfig


class NaiveConfig(AppConfig):
    name = "tests.faults.naive"
    label = "naive"

    def ready(self) -> None:
        from notifications import services
        from tests.faults.naive.tasks import tell

        real = services.tell
        for module in list(sys.modules.values()):  # also where it was imported by name
            if getattr(module, "tell", None) is real:
                module.tell = tell
