"""Employers, events and what they promised."""

from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "pledges"
