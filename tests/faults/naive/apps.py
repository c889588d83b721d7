from django.apps import AppConfig


class NaiveConfig(AppConfig):
    name = "tests.faults.naive"
    label = "naive"

    def ready(self) -> None:
        from notifications import services
        from tests.faults.naive.tasks import tell

        services.tell = tell
