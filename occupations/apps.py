"""What own words mean: the occupations, and how words and adverts are mapped to them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OccupationsConfig(AppConfig):
    name = "occupations"

    def ready(self) -> None:
        from accounts import menus
        from core import reference
        from occupations.policy import COORDINATOR
        from occupations.reference import load

        reference.register("occupations", load)
        menus.add(_("Slang"), "occupations:list-slang", COORDINATOR, 95)
