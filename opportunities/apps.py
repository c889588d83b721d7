"""Concrete, checked, published things to go for."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "opportunities"
