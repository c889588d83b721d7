"""How much a key may write: so many times a minute, and so many new drafts a day, as each draft is work for people.

Open when the cache is down, like the throttle of all requests.
"""

import datetime as dt
import math
import time

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock
from core.api import Problem
from core.cache import within
from opportunities.api.keys import Key

MINUTE, TWO_DAYS = 60, 2 * 24 * 60 * 60  # seconds


def count_write(key: Key) -> None:
    """One more request that writes. Raises Problem when there are too many in this minute."""
    now, most = time.time(), settings.API_WRITES_A_MINUTE
    if within(f"api-writes:{int(now) // MINUTE}:{key.pk}", most, 2 * MINUTE):
        return
    words = _("A key may write %(most)d times a minute. Wait as many seconds as Retry-After says, then go on.")
    raise Problem("too-many", words % {"most": most}, wait=math.ceil(MINUTE - now % MINUTE))


def count_draft(key: Key) -> None:
    """One more new draft today. Raises Problem when there are too many; then it must not be kept."""
    now, most = clock.now().astimezone(clock.LONDON), settings.API_DRAFTS_A_DAY
    if within(f"api-drafts:{now.date()}:{key.pk}", most, TWO_DAYS):
        return
    midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), clock.LONDON)
    words = _("A key may make %(most)d drafts a day. Go on tomorrow, or ask the coordinator who made the key.")
    raise Problem("too-many", words % {"most": most}, wait=math.ceil(midnight.timestamp() - now.timestamp()))
