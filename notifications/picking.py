"""Which of a digest's items stand in the mail: what somebody can do before the next coffee. The rest waits on its page.

ten in a mail, the best of each purpose first
of some purposes only so many in a week (Purpose.a_week), counted from Monday
"""

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from django.db.models import Case, CharField, Value, When

from core.clock import LONDON
from notifications import registry
from notifications.models import Outbox
from notifications.registry import Purpose

MOST = 10
WAITS = "waits on the page"  # why an item went with a mail that does not list it
Picked = dict[int, tuple[list[Outbox], list[Outbox]]]


def pick(items: Sequence[Outbox], *, weekly_limits: Container[int], now: dt.datetime) -> Picked:
    """By mail: the items that it lists, and those that wait on their page. weekly_limits: the mails for which it is
    asked what the week has had.

    The reason of each item is set in the object and written down: one statement, one for each purpose with a limit and
    what each purpose needs to know the best. Call it in the transaction that locked the mails.
    """
    picked: Picked = {item.parent_id or 0: ([], []) for item in items}
    for name in registry.names():
        own = [item for item in items if item.purpose == name]
        if own:
            purpose = registry.find(name)
            limited = {item.recipient_id for item in own if item.parent_id in weekly_limits}
            told = told_this_week(purpose, limited, now) if limited and purpose.a_week is not None else None
            best = purpose.best(own)
            for mail in {item.parent_id or 0 for item in own}:
                mine = [item for item in best if item.parent_id == mail]
                listed, rest = picked[mail]
                room = MOST - len(listed)
                if told is not None and mail in weekly_limits:
                    room = min(room, (purpose.a_week or 0) - told[mine[0].recipient_id])
                listed += mine[: max(0, room)]
                rest += mine[max(0, room) :]
    _note(picked.values())
    return picked


def told_this_week(purpose: Purpose, users: Iterable[int | None], now: dt.datetime) -> Counter[int | None]:
    """How many items of this purpose each one's mails have listed since Monday. Apart, so that a test can show what
    happens without it."""
    today = now.astimezone(LONDON).date()
    monday = dt.datetime.combine(today - dt.timedelta(days=today.weekday()), dt.time(), LONDON)
    rows = Outbox.objects.filter(recipient__in=users, purpose=purpose.name, reason="", handed_at__gte=monday)
    return Counter(rows.filter(state__in=["accepted", "delivered", "bounced"]).values_list("recipient_id", flat=True))


def _note(picked: Iterable[tuple[list[Outbox], list[Outbox]]]) -> None:
    """Write down which items stand in the mails; where there is nothing to do, no mail is written."""
    for_mails = [both for both in picked if both[0]]
    reasons = [(item, "") for listed, _ in for_mails for item in listed]
    reasons += [(item, WAITS) for _, rest in for_mails for item in rest]
    changed = [item for item, reason in reasons if item.reason != reason]
    for item, reason in reasons:
        item.reason = reason
    if changed:
        waits = When(pk__in=[item.pk for item in changed if item.reason], then=Value(WAITS))
        new = Case(waits, default=Value(""), output_field=CharField())
        Outbox.objects.filter(pk__in=[item.pk for item in changed]).update(reason=new)
