"""Small tools that know nothing of the domain."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import postcode_tables, reference

        reference.register("sample postcodes", postcode_tables.load_sample)
