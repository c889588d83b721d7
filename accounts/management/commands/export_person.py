"""manage.py export_person PUBLIC_ID: everything held about one young person, as JSON, for the council's answer."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import YoungPerson
from accounts.personal_data import export_person
from core.scope import EVERYTHING, scope


class Command(BaseCommand):
    """Runs as fr_worker. With what others said about them: read it before it is handed out."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("public_id", type=UUID, help="as it stands in the address of their page")
        parser.add_argument("--own-copy", action="store_true", help="only what they would get on their own page")

    def handle(self, *, public_id: UUID, own_copy: bool, **options: Any) -> None:
        with scope(EVERYTHING):
            person = YoungPerson.objects.filter(public_id=public_id).first()
            if person is None:
                raise CommandError("Nobody has that id.")
            self.stdout.write(json.dumps(export_person(person, own_copy=own_copy), indent=2, ensure_ascii=False))
