"""A cache that is only ever a convenience: when Valkey is away or slow, pages go on without it."""

import logging
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)


class PatientlessCache(RedisCache):
    """Django's Redis cache that gives up after 0.2 s and treats every failure as a miss."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", 0.2)
        options.setdefault("socket_connect_timeout", 0.2)
        super().__init__(server, params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except Exception as error:
            log.warning("cache: %s", type(error).__name__)
            return default

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except Exception as error:
            log.warning("cache: %s", type(error).__name__)


def within(name: str, most: int, seconds: int) -> bool:
    """Count one, and say whether it is among the first `most` of so many seconds. A cache that is away lets everything
    in: what is counted here only keeps scripts off.
    """
    try:
        cache.add(name, 0, seconds)
        return int(cache.incr(name)) <= most
    except Exception as error:  # whatever the cache's own library raises
        log.warning("cache: %s", type(error).__name__)
        return True
