"""How somebody wants to hear of things to do, and when digests rest: on days off, and while a colleague stands in.

Asked when digests are made, and again when each is handed over.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.cover import stand_ins
from accounts.models import User, YoungPerson
from core.workdays import DAY, is_working_day
from notifications import registry
from notifications.models import DigestChoice, DigestRecipient, DigestRun, Outbox

How = DigestChoice.How
ON_PAGE = "on the page alone"  # why an item ended that its recipient wants no mail of


class Item(Protocol):
    """A held row, or the few columns of it that matter here."""

    @property
    def pk(self) -> int: ...
    @property
    def recipient_id(self) -> int | None: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def purpose(self) -> str: ...


@dataclass
class Left:
    """Items (ids) that no digest carries now. `rest`: a later one will. `page`: their recipient wants no mail of
    them."""

    rest: set[int] = field(default_factory=set)
    page: set[int] = field(default_factory=set)


def left_out(items: Sequence[Item], *, weekly: bool) -> Left:
    """What of `items` is not for a mail now. weekly: this is the week's digest too. Three queries."""
    chosen = _chosen({item.recipient_id for item in items})
    away = _away(items)
    left = Left()
    for item in items:
        how = chosen.get((item.recipient_id, registry.find(item.purpose).kind.code), How.DAILY)
        if how == How.PAGE:
            left.page.add(item.pk)
        elif (how == How.WEEKLY and not weekly) or item.pk in away:
            left.rest.add(item.pk)
    return left


def _chosen(users: set[int | None]) -> dict[tuple[int | None, str], str]:
    rows = DigestChoice.objects.filter(user__in=users - {None})
    return {(user, kind): how for user, kind, how in rows.values_list("user_id", "kind", "how")}


def _away(items: Sequence[Item]) -> set[int]:
    """Items about somebody for whose worker a colleague stands in today: the colleague gets them."""
    standing_in = stand_ins()
    workers = {worker for worker, _council in standing_in}
    theirs = [item for item in items if item.recipient_id in workers]
    people = YoungPerson.objects.filter(pk__in={item.person_id for item in theirs} - {None})
    council = dict(people.values_list("pk", "responsible_authority_id")) if theirs else {}
    return {item.pk for item in theirs if (item.recipient_id, council.get(item.person_id)) in standing_in}


def to_pass_on() -> dict[str, list[tuple[int, int, int, str]]]:
    """What waits for workers who are away, for the colleagues who stand in, as `hold` takes it, by purpose. Two
    queries.

    Of somebody kept apart nobody else hears.
    """
    standing_in = stand_ins()
    if not standing_in:
        return {}
    rows = Outbox.objects.filter(
        channel="digest", state="held", parent__isnull=True, person__kept_apart=False,
        recipient__in={worker for worker, _council in standing_in},
    )  # fmt: skip
    found: dict[str, list[tuple[int, int, int, str]]] = {}
    columns = ("purpose", "recipient_id", "person_id", "cause_id", "dedupe_key", "person__responsible_authority_id")
    for purpose, recipient, person, cause, key, council in rows.order_by("pk").values_list(*columns):
        if colleague := standing_in.get((recipient, council)):
            found.setdefault(purpose, []).append((colleague, person, cause, key.split(":", 4)[4]))
    return found


def is_weekly(day: dt.date) -> bool:
    """Whether `day` is the first working day of its week."""
    before = (day - number * DAY for number in range(1, day.weekday() + 1))
    return is_working_day(day) and not any(is_working_day(each) for each in before)


@dataclass(frozen=True)
class Run:
    """The day on which a mail was made, and whether it carries what is for once a week."""

    made_on: dt.date
    weekly: bool


def runs_of(mails: Sequence[Outbox]) -> dict[int, Run | None]:
    """By which run each of these mails was made; None for one made by hand. One query."""
    made = DigestRecipient.objects.filter(mail__in=mails)
    days = DigestRun.objects.filter(made_on=OuterRef("run__made_on")).values("day")
    rows = made.annotate(days=ArraySubquery(days)).values_list("mail_id", "run__made_on", "days")
    found = {mail: Run(made_on, any(map(is_weekly, days))) for mail, made_on, days in rows}
    return {mail.pk: found.get(mail.pk) for mail in mails}


def carries_weekly(day: dt.date) -> bool:
    """Whether the digests made on `day` are those of the week too, in time or late. One query."""
    return any(is_weekly(run) for run in DigestRun.objects.filter(made_on=day).values_list("day", flat=True))


def choices_of(user: User) -> dict[str, str]:
    """What somebody has chosen, by the kind's code. Call it in their own scope."""
    return dict(DigestChoice.objects.filter(user=user).values_list("kind", "how"))


def choose(*, user: User, said: Iterable[tuple[str, str]]) -> None:
    """Keep somebody's choices: (the kind's code, how). Call it in their own scope."""
    rows = [DigestChoice(user=user, kind=kind, how=how) for kind, how in said]
    DigestChoice.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["how"])
