"""manage.py erase_person PUBLIC_ID: end the support of one young person and erase them now instead of tonight."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.ending import end_support
from accounts.models import YoungPerson
from accounts.personal_data import StillNeeded, erase_person
from core.lifecycle import SYSTEM
from core.scope import EVERYTHING, scope


class Command(BaseCommand):
    """Runs as fr_worker. It cannot be taken back: make the copy first (export_person)."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("public_id", type=UUID, help="as it stands in the address of their page")
        parser.add_argument("--yes", action="store_true", required=True, help="you mean it")

    def handle(self, *, public_id: UUID, **options: Any) -> None:
        with scope(EVERYTHING):
            person = YoungPerson.objects.filter(public_id=public_id).first()
            if person is None:
                raise CommandError("Nobody has that id.")
            if not end_support(person=person, why=YoungPerson.Ending.ASKED, by=None, role=SYSTEM):
                YoungPerson.objects.filter(pk=person.pk).update(ended_why=YoungPerson.Ending.ASKED)
        try:
            gone = erase_person(person=person.pk, by=None, why="asked")
        except StillNeeded:
            raise CommandError("Something is not over yet. They are erased the night after it is.") from None
        self.stdout.write(", ".join(f"{table}: {rows}" for table, rows in gone.items()))
