"""Limits that all processes share, in Redis."""

from __future__ import annotations

import structlog

from app.broker import LOST, Broker
from app.errors import RateLimited, Unavailable

log = structlog.get_logger()

TAKE = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local interval, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local earned_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + interval * math.max(cost, 1)
local wait = earned_at - now - period
if wait >= 1 then return math.ceil(wait) end
if cost > 0 then redis.call('SET', KEYS[1], earned_at, 'PX', period + 1000) end
return 0
"""
"""GCRA in one step, on Redis's clock, in ms; less than one is rounding. A key lives while it means anything."""


class Limiter:
    """Counts what may happen so many times in a period, over all processes."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._take = broker.redis.register_script(TAKE)

    async def take(
        self, what: str, subject: str, *, count: int, seconds: float, cost: int = 1, open_without_redis: bool
    ) -> None:
        """Use `cost` of what `subject` may do; a cost of 0 only asks. A count of 0 allows everything.

        Raises:
            RateLimited: With the time to wait.
            Unavailable: Redis does not answer, and this must not go on without counting.
        """
        if not count:
            return
        key = self._broker.key(f"limit:{what}:{subject}")
        try:
            wait = await self._take(keys=[key], args=[seconds * 1000 / count, round(seconds * 1000), cost])
        except LOST as error:
            log.debug("limit_not_counted", what=what, error=repr(error))
            if open_without_redis:
                return
            raise Unavailable("This cannot be done safely right now. Try again in a moment.") from error
        if wait:
            raise RateLimited("That was too often. Wait a moment, then try again.", retry_after_ms=int(wait))
