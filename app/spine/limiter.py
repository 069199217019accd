"""Limits that all processes share, in Redis, and that each also keeps by itself.

Every use is counted before what it is for happens: whatever fails afterwards, an attacker has paid. The process's own
count comes first. It can never be behind the shared one for what this process let pass, so it spares Redis the flood,
and where Redis is away, slow or refuses to write it is what still holds.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha1
from math import ceil
from time import monotonic

import structlog
from redis.exceptions import NoScriptError, RedisError

from app.errors import RateLimited
from app.spine.allowance import Allowance
from app.spine.batch import Batch
from app.spine.broker import LOST, Broker

log = structlog.get_logger()

COUNT = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local interval, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local earned_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + interval * cost
local wait = earned_at - now - period
if wait >= 1 then return math.ceil(wait) end
redis.call('SET', KEYS[1], earned_at, 'PX', period + 1000)
return 0
"""
"""GCRA in one step, on Redis's clock, in ms; less than one is rounding. A key lives while it means anything."""
COUNT_SHA = sha1(COUNT.encode(), usedforsecurity=False).hexdigest()
ANSWER_SECONDS = 0.5
"""Seconds a request waits for the shared count, a new connection with TLS included."""
REST_SECONDS = 1.0
"""Seconds after a failure of Redis in which nobody waits for it; then one request finds out whether it is back."""
REMEMBERED = 20_000
"""Subjects counted in this process; the one not seen for the longest is forgotten first. Some 6 MB."""


class Use:
    """One use of what a subject may do: a key, a count in a period, and 1 to take or -1 to give back."""

    __slots__ = ("cost", "count", "key", "seconds")

    def __init__(self, what: str, subject: str, count: int, seconds: float, *, cost: int = 1) -> None:
        self.key = f"limit:{what}:{subject}"
        self.count = count
        self.seconds = seconds
        self.cost = cost


class Limiter:
    """Counts, over all processes, what may happen only `count` times in a period."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        # Questions that come while a batch is at Redis share the next one, so a flood needs no second connection, and
        # its own keeps it from standing in the way of hints.
        self._redis = broker.counter
        self._uses: Batch[Use, int] = Batch(self._ask)
        self._own: OrderedDict[str, Allowance] = OrderedDict()
        self._resting_until = float("-inf")
        self.counted_alone = 0
        """Uses that Redis did not count, so that only this process knows of them."""

    async def take(self, what: str, subject: str, count: int, *, seconds: float) -> None:
        """Use one of what `subject` may do. A count of 0 allows everything.

        Raises:
            RateLimited: With the time to wait; nothing was used.
        """
        if not count:
            return
        use = Use(what, subject, count, seconds)
        own = self._count_of(use)
        wait_ms = ceil(own.take(monotonic()) * 1000)
        if not wait_ms:
            wait_ms = await self._shared(use)
            if wait_ms:
                own.give_back()
        if wait_ms:
            raise RateLimited("That was too often. Wait a moment, then try again.", retry_after_ms=wait_ms)

    async def give_back(self, what: str, subject: str, count: int, *, seconds: float) -> None:
        """Undo a `take`. One that Redis does not hear of is earned again with time."""
        if count:
            use = Use(what, subject, count, seconds, cost=-1)
            self._count_of(use).give_back()
            await self._shared(use)

    def _count_of(self, use: Use) -> Allowance:
        own = self._own.get(use.key)
        if own is None:
            own = self._own[use.key] = Allowance(use.count, seconds=use.seconds)
            if len(self._own) > REMEMBERED:
                self._own.popitem(last=False)
        self._own.move_to_end(use.key)
        return own

    async def _shared(self, use: Use) -> int:
        """Return how many ms to wait by the count of all processes; 0 where it cannot be asked."""
        if monotonic() < self._resting_until:
            self.counted_alone += 1
            return 0
        try:
            return await self._uses.load(use) or 0
        except LOST as error:
            self._resting_until = monotonic() + REST_SECONDS
            self.counted_alone += 1
            log.debug("limit_counted_alone", error=repr(error))
            return 0

    async def _ask(self, uses: list[Use]) -> Mapping[Use, int]:
        async with asyncio.timeout(ANSWER_SECONDS):
            answers = await self._run(uses)
            if any(isinstance(answer, NoScriptError) for answer in answers):
                await self._redis.script_load(COUNT)
                answers = await self._run(uses)
        waits: dict[Use, int] = {}
        for use, answer in zip(uses, answers, strict=True):
            if isinstance(answer, RedisError):
                raise answer
            waits[use] = answer
        return waits

    async def _run(self, uses: list[Use]) -> list[int | RedisError]:
        pipeline = self._redis.pipeline(transaction=False)
        for use in uses:
            interval_ms, period_ms = use.seconds * 1000 / use.count, round(use.seconds * 1000)
            pipeline.evalsha(
                COUNT_SHA, 1, self._broker.key(use.key), str(interval_ms), str(period_ms), str(use.cost)
            )
        answers: list[int | RedisError] = await pipeline.execute(raise_on_error=False)
        return answers
