"""What a council's case system does with a key: add a young person under the council's reference, or put right the
facts of somebody it sent before.

Nobody's name is behind a key: the log says the role "key", and why names the system. Call all of it in the council's
scope.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import cover, gone
from accounts.apart import links_in_use
from accounts.models import AdviserLink, Council, User, YoungPerson
from accounts.services import add_young_person, change_facts
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from opportunities.lifecycle import KEY

SUPPORTED, NO_ADVISER, ENDED = "supported", "no-adviser", "ended"


class Gone(MoveRefused):
    """Nobody is under this reference any more."""


@dataclass(frozen=True)
class Facts:
    """What a council's system says of somebody. worker: None leaves it to the team manager."""

    label: str
    birth_month: dt.date
    sector: str
    worker: User | None = None


def status_of(person: YoungPerson) -> str:
    """How it stands with somebody's support."""
    if person.ended_on is not None:
        return ENDED
    return SUPPORTED if links_in_use().filter(person=person).exists() else NO_ADVISER


def find(council: Council, reference: str) -> YoungPerson | None:
    """Whom a council calls so, held until the transaction ends."""
    rows = YoungPerson.objects.select_for_update(of=("self",))
    found: YoungPerson | None = rows.filter(responsible_authority=council, council_reference=reference).first()
    return found


@transaction.atomic
def send_person(*, council: Council, reference: str, facts: Facts, system: str) -> YoungPerson:
    """Add whom the council calls so, or put right their facts and their worker. The same again changes nothing, and
    nothing changes once support has ended. Announces handed_over.

    Raises ValidationError with a sentence per field, Gone for somebody who was erased or whom another council supports,
    and MoveRefused for another worker of somebody kept apart.
    """
    person = find(council, reference)
    if person is None:
        if gone.gone_of(council.pk, [reference]):
            raise Gone(str(gone.SENTENCE))
        try:
            return _add(council, reference, facts, system)
        except IntegrityError:  # the same reference at the same moment
            person = find(council, reference)
            if person is None:
                raise
    if person.ended_on is None:
        _put_right(person, facts, system)
        person.refresh_from_db()
    return person


@transaction.atomic
def _add(council: Council, reference: str, facts: Facts, system: str) -> YoungPerson:
    person = add_young_person(
        by=None, council=council, label=facts.label, birth_month=facts.birth_month, sector=facts.sector,
        worker=facts.worker, council_reference=reference,
    )  # fmt: skip
    _log(person, "added", system)
    return person


def _put_right(person: YoungPerson, facts: Facts, system: str) -> None:
    changed = change_facts(
        person=person, label=facts.label, birth_month=facts.birth_month, sector=facts.sector, by=None
    )
    before = AdviserLink.objects.current().filter(person=person).values_list("worker_id", flat=True).first()
    if facts.worker is not None and facts.worker.pk != before:
        if person.kept_apart and links_in_use().filter(person=person).exists():
            raise MoveRefused(_("A key cannot give them another adviser. Ask their adviser."))
        cover.hand_over(person=person, worker=facts.worker, by=None)
        changed = True
    if changed:
        _log(person, "changed", system)


def _log(person: YoungPerson, what: str, system: str) -> None:
    LifecycleLog.objects.create(
        model="accounts.YoungPerson", object_id=person.pk, move="send", old="", new=what, role=KEY, why=system
    )
