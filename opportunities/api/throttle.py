"""How often one system may ask: counted a minute at a time by its key, else by a hash of its network.

Generous, as a whole hall sits behind one address, and open when the cache is down: it keeps a runaway script off,
nothing more. For what a key writes there is less: see limits.py.
"""

import time
from typing import Any

from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.attempts import network_of
from core.cache import within
from opportunities.api.gate import key_of

A_MINUTE = 3000
SECONDS = 60


class Throttle(BaseThrottle):
    """Refuses what is over the limit, until the next minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Counts the request."""
        key = key_of(request._request)
        who = f"key {key.pk}" if key else f"from {network_of(request._request)}"
        minute = int(time.time()) // SECONDS
        name = salted_hmac("opportunities.api.throttle", who, algorithm="sha256").hexdigest()
        return within(f"api:{minute}:{name}", A_MINUTE, 2 * SECONDS)

    def wait(self) -> float:
        """Seconds to the next minute."""
        return SECONDS - time.time() % SECONDS
