"""How often one system may ask: counted a minute at a time by its key, else by a hash of its address.

Generous, as a whole hall sits behind one address, and open when the cache is down: it keeps a runaway script off,
nothing more.
"""

import time
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from opportunities.api.gate import key_of

A_MINUTE = 3000
SECONDS = 60


class Throttle(BaseThrottle):
    """Refuses what is over the limit, until the next minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Counts the request."""
        key = key_of(request._request)
        who = f"key {key.pk}" if key else f"from {self.get_ident(request)}"
        minute = int(time.time()) // SECONDS
        name = f"api:{minute}:{salted_hmac('opportunities.api.throttle', who, algorithm='sha256').hexdigest()}"
        try:
            cache.add(name, 0, 2 * SECONDS)
            return int(cache.incr(name)) <= A_MINUTE
        except Exception:  # whatever the cache's own library raises
            return True

    def wait(self) -> float:
        """Seconds to the next minute."""
        return SECONDS - time.time() % SECONDS
