"""The users who have a socket with a living process, as Redis knows them.

Each process keeps a lease and the set of users who have a socket with it; `online` holds everyone who was announced,
by whichever process. A user who is in `online` and in no living process's set is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from app.spine.broker import Broker

LEASE_MS = 6_000
"""Life of a lease that is not renewed; past that the process is dead, and its users with it after the grace."""
ANSWER_SECONDS = 2.0
"""Seconds a registration waits for Redis."""
ADDED = 1_000
"""Users in one command: Redis does nothing else while it takes them."""


class Leases:
    """This process's lease, and what it learns of the others. Every method raises `LOST` when Redis is away."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._me = broker.process_id.hex()
        self.registered = False
        """Whether Redis has everyone who has a socket here."""

    async def register(self, arrived: Collection[int], left: Collection[int]) -> None:
        """Note who has come and who has gone since the last time."""
        lease = await self._write(arrived, left)
        # Without a lease to renew Redis has forgotten us, and with us everyone who arrived before.
        self.registered = lease is not None

    async def register_anew(self, here: Collection[int], left: Collection[int], known: list[int]) -> None:
        """Note everyone who is here, and `known`, whom Postgres has as announced."""
        await self._write(here, left, known=known)
        self.registered = True

    async def _write(
        self, arrived: Collection[int], left: Collection[int], *, known: list[int] | None = None
    ) -> object:
        mine, online = self._broker.key(f"users:{self._me}"), self._broker.key("online")
        pipeline = self._broker.redis.pipeline(transaction=False)
        pipeline.set(self._broker.key(f"lease:{self._me}"), 1, px=LEASE_MS, get=True)
        pipeline.sadd(self._broker.key("processes"), self._me)
        if known is not None:
            pipeline.delete(mine)
            for start in range(0, len(known), ADDED):
                pipeline.sadd(online, *known[start : start + ADDED])
        if left:
            pipeline.srem(mine, *left)
            # A user who left before the arrival was announced may have chosen a status meanwhile, which must end too.
            pipeline.sadd(online, *left)
        if arrived:
            pipeline.sadd(mine, *arrived)
            pipeline.sadd(online, *arrived)
        async with asyncio.timeout(ANSWER_SECONDS):
            lease, *_ = await pipeline.execute()
        return lease

    async def renew(self) -> set[int]:
        """Renew our lease; return who is missing, or nobody where another process is the reaper."""
        redis, key = self._broker.redis, self._broker.key
        renewed = await redis.set(key(f"lease:{self._me}"), 1, px=LEASE_MS, get=True)
        if renewed is None:
            # The lease was gone: Redis was flushed, or we were asleep for longer than it lasts.
            self.registered = False
        reaper = await redis.set(key("reaper"), self._me, px=LEASE_MS, nx=True, get=True)
        if isinstance(reaper, bytes) and reaper.decode() != self._me:
            return set()
        await redis.set(key("reaper"), self._me, px=LEASE_MS)
        processes = [bytes(name).decode() for name in await redis.smembers(key("processes"))]  # type: ignore[arg-type]
        living = []
        for process in processes:
            if await redis.exists(key(f"lease:{process}")):
                living.append(process)
            else:
                await redis.srem(key("processes"), process)
                await redis.delete(key(f"users:{process}"))
        missing = await redis.sdiff([key("online"), *(key(f"users:{process}") for process in living)])
        return {int(user_id) for user_id in missing}

    async def declared(self, gone: Collection[int]) -> None:
        """Forget users who were declared offline."""
        await self._broker.redis.srem(self._broker.key("online"), *gone)

    async def release(self) -> None:
        """Give the lease back, and with it everyone who is here."""
        pipeline = self._broker.redis.pipeline(transaction=False)
        pipeline.srem(self._broker.key("processes"), self._me)
        pipeline.delete(self._broker.key(f"users:{self._me}"), self._broker.key(f"lease:{self._me}"))
        await pipeline.execute()
