"""The day's mails: everything that waits for somebody in one mail, on working days, once a day.

A run (digest_run) is one working day. Missed ones of the last seven days are made late, all with today's mails: one
mail each, not three. What somebody asks for by hand belongs to no run and to no calendar.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Min, Q

from core import clock
from core.bells import ring_on_commit
from core.clock import LONDON
from core.scope import EVERYTHING, scope
from core.workdays import DAY, is_working_day
from notifications import choices, registry, services, tasks
from notifications.lifecycle import move, release
from notifications.models import DigestRun, Outbox

LOOK_BACK = 7  # days
CARRY_SQL = """
UPDATE outbox SET parent_id = digest.id
FROM unnest(%(digests)s::bigint[], %(recipients)s::bigint[]) AS digest(id, recipient)
WHERE outbox.id = ANY(%(items)s) AND outbox.recipient_id = digest.recipient
  AND outbox.state = 'held' AND outbox.parent_id IS NULL
"""
RUN_SQL = """
INSERT INTO digest_run (day, made_on)
SELECT day, %(today)s FROM unnest(%(days)s::date[]) AS new(day) ORDER BY day
ON CONFLICT DO NOTHING RETURNING day
"""
RECIPIENTS_SQL = """
INSERT INTO digest_recipient (run_id, user_id, mail_id)
SELECT run.id, mail.recipient_id, mail.id FROM digest_run run, outbox mail
WHERE run.day = %(day)s AND mail.id = ANY(%(digests)s)
"""


def make_digests(*, day: dt.date, recipients: Iterable[int] | None = None) -> int:
    """By hand: put everything that is held into one e-mail per recipient. Nothing held, no mail. Background work only.

    day: the local day it is for. recipients: only these users; None for all. A rerun makes a further mail of the new
    items alone. Returns the number of digests made. A constant number of statements.
    """
    with scope(EVERYTHING):
        _pass_on()
        waiting = _for_mails(_waiting(recipients), weekly=True)
        earlier = _digests_of(day, set(waiting.values()))
        return len(_make(day, waiting, earlier))


def daily_digests() -> dict[str, int]:
    """The scheduled job: at most one digest per recipient and local day, however often and however late it runs."""
    today = clock.today()
    with scope(EVERYTHING):
        runs = _open_runs(today)
        made = _run(today) if today in runs else 0
    return {"digests": made, "late": len(runs - {today})}


def _open_runs(today: dt.date) -> set[dt.date]:
    """The runs that are ours to make: today's, and missed ones. Two at once: the later waits here, and gets none."""
    if not is_working_day(today):
        return set()
    first = DigestRun.objects.aggregate(first=Min("day"))["first"] or today
    days = [today - number * DAY for number in range(LOOK_BACK + 1)]
    with connection.cursor() as cursor:
        wanted = [day for day in days if day >= first and is_working_day(day)]
        cursor.execute(RUN_SQL, {"today": today, "days": wanted})
        return {row[0] for row in cursor.fetchall()}


def _run(day: dt.date) -> int:
    _take_back(day)
    _pass_on()
    waiting = _for_mails(_waiting(None), weekly=choices.carries_weekly(day))
    full = _have_theirs(day)
    made = _make(day, {item: user for item, user in waiting.items() if user not in full}, Counter())
    if made:
        with connection.cursor() as cursor:
            cursor.execute(RECIPIENTS_SQL, {"day": day, "digests": made})
    return len(made)


def _take_back(day: dt.date) -> None:
    """Mails of earlier runs that never left: today's carry what they would have."""
    late = Outbox.objects.filter(of_run__run__day__lt=day, purpose="digest", state="due")
    ids = list(lock(late.order_by("pk")).values_list("pk", flat=True))
    move(Outbox.objects.filter(pk__in=ids), "due", "ended", reason="a later mail carries it")
    release(Outbox.objects.filter(parent__in=ids))


def _pass_on() -> None:
    """What waits for somebody who is away is held for the colleague too; what is held already is not held twice."""
    for purpose, items in choices.to_pass_on().items():
        services.hold(purpose=purpose, items=items)


def _waiting(recipients: Iterable[int] | None) -> list[Any]:
    """Everything that no digest carries yet, locked until the end of the transaction."""
    rows = Outbox.objects.filter(channel="digest", state="held", parent__isnull=True)
    if recipients is not None:
        rows = rows.filter(recipient__in=list(recipients))
    columns = ("pk", "recipient_id", "person_id", "purpose")
    return list(lock(rows.order_by("pk")).values_list(*columns, named=True))


def lock(rows: Any) -> Any:
    """The rows, locked. Apart, so that a test can show what happens without it."""
    return rows.select_for_update(of=("self",))


def _for_mails(items: Sequence[Any], *, weekly: bool) -> dict[int, int]:
    """Item -> recipient of what goes by mail now. What somebody wants on their page alone is there already."""
    left = choices.left_out(items, weekly=weekly)
    if left.page:
        move(Outbox.objects.filter(pk__in=left.page), "held", "ended", reason=choices.ON_PAGE)
    return {item.pk: item.recipient_id for item in items if item.pk not in left.page | left.rest}


def _digests_of(day: dt.date, users: set[int]) -> Counter[int]:
    """How many digests of the day each user has."""
    rows = Outbox.objects.filter(purpose="digest", cause_id=day.toordinal(), recipient__in=users)
    return Counter(rows.values_list("recipient_id", flat=True))


def _have_theirs(day: dt.date) -> set[int]:
    """Who has had a mail today, be it of another day, or may be having one this moment."""
    midnight = dt.datetime.combine(day, dt.time(), LONDON)
    lately = Outbox.objects.filter(purpose="digest", cause_id__gt=(day - 5 * LOOK_BACK * DAY).toordinal())
    theirs = Q(cause_id=day.toordinal()) | Q(state__in=["claimed", "handing", "unknown"])
    sent = Q(state__in=["accepted", "delivered", "bounced"], handed_at__gte=midnight)
    return set(lately.filter(theirs | sent).values_list("recipient_id", flat=True))


def _make(day: dt.date, waiting: dict[int, int], earlier: Counter[int]) -> list[int]:
    """The mails, each with its items. Returns their ids.

    Two at once: the later one waits at the rows of `_waiting`, or finds its key taken here and leaves the items.
    """
    rows = [
        (_digest_key(user, day, earlier[user]), user, day.toordinal(), None) for user in sorted(set(waiting.values()))
    ]
    made = services.insert(registry.find("digest"), rows)
    if not made:
        return []
    digests, users = (list(column) for column in zip(*made, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(CARRY_SQL, {"digests": digests, "recipients": users, "items": list(waiting)})
    ring_on_commit(tasks.drain)
    return digests


def _digest_key(user: int, day: dt.date, earlier: int) -> str:
    return f"digest:{user}:{day}" + (f":{earlier + 1}" if earlier else "")
