"""Rows of messages and of digests two years after they were accepted or ended; addresses as long after they failed."""

import datetime as dt

from core.clock import FrNow
from core.scope import EVERYTHING, scope
from notifications.models import DigestChoice, DigestRecipient, DigestRun, Outbox, OutboxOrder, Unreachable

KEPT = dt.timedelta(days=730)
OVER = ("accepted", "delivered", "bounced", "dead", "ended")


def keep_no_longer() -> int:
    """Delete what is over for long enough; a digest goes after the last of what it carried. Choices go with the
    sign-in. Returns how many messages."""
    with scope(EVERYTHING):
        DigestRecipient.objects.filter(run__made_at__lt=FrNow() - KEPT).delete()
        DigestRun.objects.filter(made_at__lt=FrNow() - KEPT).delete()
        Unreachable.objects.filter(changed_at__lt=FrNow() - KEPT).delete()
        DigestChoice.objects.filter(user__is_active=False).delete()
        old = Outbox.objects.filter(state__in=OVER, made_at__lt=FrNow() - KEPT)
        items: int = old.filter(parent__isnull=False).delete()[0]
        OutboxOrder.objects.filter(at__lt=FrNow() - KEPT).delete()
        mails: int = old.filter(items=None).delete()[0]
    return items + mails
