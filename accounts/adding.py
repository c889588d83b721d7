"""Many young people of one council at once: a fixed number of statements, and the same rows as one after the other."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from accounts import gone
from accounts.hats import in_force
from accounts.models import AdviserLink, Council, Membership, User, YoungPerson
from accounts.places import authorities_of_sectors
from accounts.roles import WORKERS
from accounts.services import council_problems, fact_problems, hold_workers, label_twice, logged, stranger
from core import clock
from core.models import LifecycleLog


@dataclass
class Newcomer:
    """The facts of somebody to add, as for `services.add_young_person`, and afterwards what became of it: the person,
    or a sentence per field; neither where the council's reference is there already."""

    label: str
    birth_month: dt.date
    sector: str
    worker: User | None = None
    council_reference: str = ""
    person: YoungPerson | None = None
    problems: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def add_many(newcomers: Sequence[Newcomer], *, by: User | None, council: Council) -> None:
    """Add all whose facts can be read; `person` and `problems` of each say which. Call it in a scope that sees them."""
    nobody = council_problems(council)
    areas = authorities_of_sectors(one.sector for one in newcomers)
    day = clock.today()
    for one in newcomers:
        one.problems = nobody | fact_problems(one.label, one.birth_month, one.sector in areas, day)
    went = gone.gone_of(council.pk, (one.council_reference for one in newcomers))
    for one in newcomers:
        if one.council_reference in went:
            one.problems["council_reference"] = str(gone.SENTENCE)
    _look_at_workers(newcomers, council)
    good = [one for one in newcomers if not one.problems]
    rows = [
        YoungPerson(
            label=one.label.strip(),
            responsible_authority=council,
            birth_month=one.birth_month.replace(day=1),
            living_sector=one.sector,
            living_authority=areas[one.sector],
            council_reference=one.council_reference,
        )
        for one in good
    ]
    kept = _insert(rows)
    for one, row in zip(good, rows, strict=True):
        one.person = kept.get(row.public_id)
    _link([one for one in good if one.person], by, day)


def _insert(rows: list[YoungPerson]) -> dict[object, YoungPerson]:
    """Those that are there now, by public id. One whose reference somebody else gave at this moment is left out."""
    YoungPerson.objects.bulk_create(rows, ignore_conflicts=True)
    found = YoungPerson.objects.filter(public_id__in=[row.public_id for row in rows])
    return {row.public_id: row for row in found}


def _look_at_workers(newcomers: Iterable[Newcomer], council: Council) -> None:
    """Each is of the council, and has no two of one label."""
    ids = {one.worker.pk for one in newcomers if one.worker}
    hold_workers(ids)
    hats = Membership.objects.filter(in_force(), user__in=ids, role__in=WORKERS, council=council)
    ours = set(hats.values_list("user_id", flat=True))
    links = AdviserLink.objects.current().filter(worker__in=ids).values_list("worker_id", "person__label")
    taken = {(worker, label.upper()) for worker, label in links}
    for one in newcomers:
        if one.worker is None or one.problems:
            continue
        label = (one.worker.pk, one.label.strip().upper())
        if one.worker.pk not in ours:
            one.problems = {"worker": stranger()}
        elif label in taken:
            one.problems = {"label": label_twice()}
        taken.add(label)


def _link(added: list[Newcomer], by: User | None, day: dt.date) -> None:
    """Give each their worker, and write down who did it."""
    links = AdviserLink.objects.bulk_create(
        AdviserLink(person=one.person, worker=one.worker, started_on=day) for one in added if one.worker
    )
    people = [logged("accounts.YoungPerson", one.person.pk, "add", by=by, new="added") for one in added if one.person]
    given = [logged("accounts.AdviserLink", link.pk, "assign", by=by, new="current") for link in links]
    LifecycleLog.objects.bulk_create(people + given)
