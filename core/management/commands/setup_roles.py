"""manage.py setup_roles: make fr_owner, fr_web and fr_worker, and the database they share. Run as an administrator."""

import os
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from core import roles


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--for-tests", action="store_true")
        parser.add_argument("--allow-clock-offset", action="store_true", help="demonstration and test servers only")
        parser.add_argument("--database", default="", help="make this database too, owned by fr_owner, unless it exists")

    def handle(self, *, for_tests: bool, allow_clock_offset: bool, database: str, **options: Any) -> None:
        params = connection.get_connection_params()
        login = {key: params[key] for key in ("host", "port", "user", "password") if params.get(key)}
        with psycopg.connect(dbname="postgres", autocommit=True, **login) as admin:
            roles.make_roles(admin, for_tests=for_tests, password=os.environ.get("FR_DB_PASSWORD", ""))
            if allow_clock_offset:
                roles.allow_clock_offset(admin)
            if database:
                roles.make_owned_database(admin, database)
