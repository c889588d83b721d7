"""Make fr_owner, fr_web and fr_worker, and the database. Run it as an administrator."""

import os
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from core import roles


class Command(BaseCommand):
    """Every run corrects what is there; nothing is ever taken down.

    The administrator is the user of DATABASE_URL (FR_DB_ROLE empty): a superuser, or on PostgreSQL 16 and
    newer a role with CREATEROLE and CREATEDB. FR_DB_PASSWORD, where set, becomes the password of all three
    roles.
    """

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--for-tests", action="store_true", help="the owner may make databases")
        parser.add_argument("--allow-clock-offset", action="store_true", help="done anyway for a demonstration")
        parser.add_argument(
            "--database",
            nargs="?",
            const="",
            metavar="NAME",
            help="make this database too, or the one of DATABASE_URL",
        )

    def handle(self, *, for_tests: bool, allow_clock_offset: bool, database: str | None, **options: Any) -> None:
        params = connection.get_connection_params()
        login = {key: params[key] for key in ("host", "port", "user", "password") if params.get(key)}
        with psycopg.connect(dbname="postgres", autocommit=True, **login) as admin:
            roles.make_roles(admin, for_tests=for_tests, password=os.environ.get("FR_DB_PASSWORD", ""))
            demo = settings.CLOCK_OFFSET_ALLOWED and settings.INSTALLATION_MODE == "demo"
            if allow_clock_offset or demo:
                roles.allow_clock_offset(admin)
            if database is not None:
                roles.make_owned_database(admin, database or settings.DATABASES["default"]["NAME"])
