"""Concrete, checked, published things to go for."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "opportunities"

    def ready(self) -> None:
        from core import reference
        from opportunities.reference import load

        reference.register("pay floors and unpaid reasons", load)
