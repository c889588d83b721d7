"""Which of a digest's items stand in the mail: what somebody can do before the next coffee. The rest waits on its page.

ten in a mail, the best of each purpose first
of some purposes only so many in a week (Purpose.a_week), counted from Monday
"""

import datetime as dt
from collections.abc import Sequence

from core import clock
from core.clock import LONDON
from notifications import registry
from notifications.models import Outbox

MOST = 10
WAITS = "waits on the page"  # why an item went with a mail that does not list it


def pick(items: Sequence[Outbox], *, weekly_limits: bool) -> tuple[list[Outbox], list[Outbox]]:
    """The items that the mail lists, and those that wait on their page. weekly_limits: ask what the week has had.

    The reason of each item is set in the object and written down: one statement each, and one for each purpose with a
    limit. Call it in the transaction that locked the mail.
    """
    listed: list[Outbox] = []
    rest: list[Outbox] = []
    for name in registry.names():
        own = [item for item in items if item.purpose == name]
        if own:
            purpose = registry.find(name)
            room = MOST - len(listed)
            if weekly_limits and purpose.a_week is not None:
                room = min(room, purpose.a_week - told_this_week(own[0]))
            best = purpose.best(own)
            listed += best[: max(0, room)]
            rest += best[max(0, room) :]
    if listed:
        _note(listed, "")
        _note(rest, WAITS)
    return listed, rest


def told_this_week(item: Outbox) -> int:
    """How many items of this purpose the recipient's mails have listed since Monday. Apart, so that a test can show
    what happens without it."""
    today = clock.today()
    monday = dt.datetime.combine(today - dt.timedelta(days=today.weekday()), dt.time(), LONDON)
    rows = Outbox.objects.filter(recipient=item.recipient_id, purpose=item.purpose, reason="", handed_at__gte=monday)
    return int(rows.filter(state__in=["accepted", "delivered", "bounced"]).count())


def _note(items: Sequence[Outbox], reason: str) -> None:
    changed = [item for item in items if item.reason != reason]
    for item in changed:
        item.reason = reason
    if changed:
        Outbox.objects.filter(pk__in=[item.pk for item in changed]).update(reason=reason)
