"""manage.py bench_digests: the mails of one working day, from what is held to the kept channel. Nothing is gated."""

import datetime as dt
import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import AdviserLink, Membership, User, YoungPerson
from accounts.roles import Role
from core import clock
from core.clock import LONDON
from core.scope import EVERYTHING, scope
from core.workdays import DAY, next_working_day
from matching import bench, passes
from matching.telling import PURPOSE
from notifications import channels, services
from notifications.digests import daily_digests
from notifications.drain import drain
from notifications.models import KeptMail, Outbox

EACH = 2  # young people of one adviser
LONG = 24 * 3600.0  # seconds: until nothing is left
# The best of everybody first, then the second best: every adviser gets some.
ITEMS_SQL = """
SELECT link.worker_id, found.person_id, found.opportunity_id FROM (
    SELECT person_id, opportunity_id,
           row_number() OVER (PARTITION BY person_id ORDER BY score DESC, opportunity_id) AS place FROM match) AS found
JOIN adviser_link link ON link.person_id = found.person_id AND link.worker_id = ANY(%s)
ORDER BY found.place, found.person_id LIMIT %s
"""


@dataclass
class Count:
    """What went to the database: a SET of the scope and a SAVEPOINT count, BEGIN and COMMIT do not."""

    statements: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


class Command(BaseCommand):
    """Invent advisers with matches that nobody was told of, make their digests at nine on a working day, hand them over
    to the kept channel, and do both once more: then there must be nothing. What was told is counted before anything is
    printed. Run as fr_worker, on a database that is thrown away and a quiet machine.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--advisers", type=int, default=6_000)
        parser.add_argument("--items", type=int, default=100_000)
        parser.add_argument("--opportunities", type=int, default=6_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", dest="file")

    def handle(self, *, advisers: int, items: int, opportunities: int, seed: int, file: str | None, **_: Any) -> None:
        load = os.getloadavg()
        if channels.chosen("email").name != "kept":
            raise CommandError("Nothing is sent out here: this needs the kept channel.")
        with nine_on_a_working_day():
            held = fill(advisers, items, opportunities, seed)
            figures = {"advisers": advisers, "items": held, "seed": seed, **measure(held)}
        figures["load_average"] = {"before": load, "after": os.getloadavg()}
        text = json.dumps(figures, indent=2)
        self.stdout.write(text)
        if file:
            Path(file).write_text(text + "\n", encoding="utf-8")


@contextmanager
def nine_on_a_working_day() -> Iterator[None]:
    """Digests rest on days off, and mails by night."""
    now = clock.now()
    nine = dt.datetime.combine(next_working_day(now.astimezone(LONDON).date() + DAY), dt.time(9), LONDON)
    set_offset(f"{(nine - now).total_seconds()} seconds")
    try:
        yield
    finally:
        set_offset("")


def set_offset(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.clock_offset', %s, false)", [value])


def fill(advisers: int, items: int, opportunities: int, seed: int) -> int:
    """Advisers with two young people each, whose matches are worked out; `items` of them are held. Returns how many."""
    with scope(EVERYTHING):
        bench.Population(people=EACH * advisers, opportunities=opportunities, seed=seed)
    passes.go_over_everybody()
    with scope(EVERYTHING), connection.cursor() as cursor:
        Outbox.objects.filter(state="held").update(state="ended", reason="bench")  # of the demonstration
        cursor.execute(ITEMS_SQL, [_workers(advisers), items])
        return services.hold(purpose=PURPOSE, items=[(*row, 1) for row in cursor.fetchall()])


def _workers(count: int) -> list[int]:
    people = list(YoungPerson.objects.filter(label="bench").order_by("responsible_authority", "pk"))
    today = clock.today()
    users = User.objects.bulk_create([User(name="Bench", email=f"b{n}@bench.example") for n in range(count)])
    Membership.objects.bulk_create(
        Membership(
            user=user, role=Role.ADVISER, council_id=people[EACH * n].responsible_authority_id, valid_from=today
        )
        for n, user in enumerate(users)
    )  # fmt: skip
    AdviserLink.objects.bulk_create(
        AdviserLink(person=person, worker=users[n // EACH], started_on=today) for n, person in enumerate(people)
    )
    return [user.pk for user in users]


def measure(held: int) -> dict[str, Any]:
    """Make and hand over, then the same again. CommandError when not everything was told, once."""
    _drain()  # what else is due
    before = KeptMail.objects.count()
    made, making = counted(_make)
    sent, handing = counted(_drain)
    again, _ = counted(_make)
    sent_again, idle = counted(_drain)
    _prove(before + made, held)
    return {
        "digests": made,
        "make_seconds": making.seconds,
        "make_statements": making.statements,
        "handed_over": sent,
        "hand_over_seconds": handing.seconds,
        "statements_per_digest": (handing.statements - idle.statements) / max(1, made),
        "rerun": {"digests": again, "handed_over": sent_again},
    }


def _make() -> int:
    with transaction.atomic():
        return daily_digests()["digests"]


def _drain() -> int:
    return drain(seconds=LONG)["accepted"]


def counted(work: Any) -> tuple[int, Count]:
    count, began = Count(), time.monotonic()
    with connection.execute_wrapper(count):
        done = work()
    count.seconds = time.monotonic() - began
    return done, count


def _prove(mails: int, held: int) -> None:
    kept = KeptMail.objects.values_list("ref", flat=True)
    with scope(EVERYTHING):
        told = Outbox.objects.filter(
            purpose=PURPOSE, state="accepted", parent__state="accepted", recipient__name="Bench"
        ).count()
    if not len(kept) == len(set(kept)) == mails or told != held:
        raise CommandError(f"no figures: {mails} made, {len(set(kept))} of {len(kept)} kept, {told} of {held} told")
