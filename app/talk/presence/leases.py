"""The leases of everyone who has a socket here, and the look at what time alone has made due.

Nobody keeps a timer and nobody compares users: each lease says when it is next to be looked at, an index has these in
order, and whichever process looks first takes what is due. So a round costs what has changed, however many are here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from uuid import UUID

import structlog

from app.errors import Retryable
from app.protocol import Presence
from app.spine.broker import LOST, Broker
from app.spine.db import Database
from app.talk.presence.leases_store import (
    delete_process,
    insert_leases,
    insert_lost,
    insert_process,
    renew_process,
    take_due,
    update_active,
    update_left,
)

log = structlog.get_logger()

TICK_SECONDS = 1.5
"""Seconds between two renewals of our lease, which lasts for four of them."""
LEASE_SECONDS = 6.0
"""Life of a lease that is not renewed; past that the process is dead, and its users with it after the grace."""
PAUSE_SECONDS = 0.05
"""The shortest pause between two looks, while many are due."""
SETTLE_SECONDS = 0.5
"""Seconds a question about someone who is just arriving waits until the arrival is stored."""
AGAIN_SECONDS = 1.0
"""Pause between two tries while Postgres is away."""
ACTIVE_SECONDS = 300.0
"""Seconds after their last input, on whichever device, that an agent counts as active."""
REPORTED_SECONDS = 30.0
"""Seconds after an input that is stored in which another one is not: several tabs report the same hand."""
STORED = 1_000
"""Users in one statement."""
DUE = 2_000
"""Leases of each kind that one look takes."""


class Leases:
    """This process's lease and those of its users. Presences that change are handed to `announce`."""

    def __init__(
        self,
        db: Database,
        broker: Broker,
        announce: Callable[[list[Presence]], None],
        *,
        grace_seconds: float,
    ) -> None:
        self._db = db
        self._broker = broker
        self._announce = announce
        self._me = UUID(bytes=broker.process_id)
        self._grace = timedelta(seconds=grace_seconds)
        self._here: set[int] = set()
        self._arrived: set[int] = set()
        self._left: set[int] = set()
        self._inputs: dict[int, float] = {}
        """The last input of users, on the loop's clock, as far as it is not stored."""
        self._stored_inputs: dict[int, float] = {}
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._soon = asyncio.Event()
        self._is_registered = False
        self._is_lost_taken = False
        """Whether those without a lease have been taken for gone, since Postgres began to keep leases anew."""
        self._judges_at = 0.0
        """The time from which we take what is due, on the loop's clock: after an outage it is later."""
        self._judges_dead_at = 0.0
        """The same of processes that seem dead."""

    # --- what the sockets say

    def come(self, user_id: int) -> None:
        """Note a user's first socket."""
        self._here.add(user_id)
        self._left.discard(user_id)
        self.renew(user_id)

    def go(self, user_id: int) -> None:
        """Note that it was the last one."""
        self._here.discard(user_id)
        self._arrived.discard(user_id)
        self._inputs.pop(user_id, None)
        self._stored_inputs.pop(user_id, None)
        self._left.add(user_id)
        self._changed.set()

    def renew(self, user_id: int) -> None:
        """Store a user's lease, again if need be."""
        self._arrived.add(user_id)
        self._changed.set()

    def note_input(self, user_id: int, *, ago_seconds: float) -> None:
        """Note that a user has given input."""
        at = asyncio.get_running_loop().time() - ago_seconds
        if user_id in self._here and at >= self._stored_inputs.get(user_id, float("-inf")) + REPORTED_SECONDS:
            self._inputs[user_id] = max(at, self._inputs.get(user_id, at))
            self._changed.set()

    def is_arriving(self, user_ids: list[int]) -> bool:
        return not self._arrived.isdisjoint(user_ids)

    async def settle(self) -> None:
        """Wait until those who are arriving have arrived, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._settled.wait()

    def look_soon(self) -> None:
        """Look for what is due: something is so sooner than it was."""
        self._soon.set()

    def forget(self) -> None:
        """The database was replaced: it does not know us."""
        self._is_registered = False
        self._changed.set()

    # --- storing it

    async def run(self) -> None:
        """Store arrivals, departures and inputs, until cancelled.

        Those that come while some are on their way go together in the next round, so that a storm of reconnecting
        clients is a few statements.
        """
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._store()
            except Retryable as error:
                log.debug("presence_not_stored", error=repr(error))
                # Whether it was stored is not known: begin anew, and so with what is here.
                self.forget()
                await asyncio.sleep(AGAIN_SECONDS)

    async def _store(self) -> None:
        if not self._is_registered:
            await self._register()
        left, self._left = self._left, set()
        if left:
            await update_left(self._db, self._me, left, self._grace)
            if self._grace.total_seconds() < TICK_SECONDS:
                self.look_soon()
        while self._arrived:
            some = set(islice(self._arrived, STORED))
            seconds = self._take_inputs(some)
            here = {user_id: seconds.get(user_id) for user_id in some}
            self._announce(await insert_leases(self._db, self._me, here))
            self._arrived -= some
        self._settled.set()
        self._settled.clear()
        if seconds := self._take_inputs(self._inputs):
            self._announce(await update_active(self._db, self._me, seconds))

    def _take_inputs(self, user_ids: Iterable[int]) -> dict[int, float]:
        """Take the inputs of these users to store them; return for how many seconds yet each counts as active."""
        taken = {user_id: self._inputs.pop(user_id) for user_id in [*user_ids] if user_id in self._inputs}
        self._stored_inputs |= taken
        now = asyncio.get_running_loop().time()
        return {user_id: ACTIVE_SECONDS - (now - at) for user_id, at in taken.items()}

    async def _register(self) -> None:
        """Begin our lease, and those of all who are here: Postgres has not heard of them, or has lost them."""
        await insert_process(self._db, self._me, timedelta(seconds=LEASE_SECONDS), self._here)
        self._arrived |= self._here
        self._inputs = self._stored_inputs | self._inputs
        self._is_registered = True
        self._is_lost_taken = False
        self._judges_dead_at = asyncio.get_running_loop().time() + LEASE_SECONDS

    # --- what is due

    async def watch(self) -> None:
        """Renew our lease, and take what has become due, until cancelled."""
        pause = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._soon.wait()
            self._soon.clear()
            try:
                pause = await self._look()
            except Retryable as error:
                log.debug("presence_look_failed", error=repr(error))
                self._hold_back()
                pause = TICK_SECONDS

    async def _look(self) -> float:
        """Take what is due now; return the seconds until the next look."""
        renewed = await renew_process(self._db, self._me, timedelta(seconds=LEASE_SECONDS), self._grace)
        if renewed is None:
            self.forget()
            return TICK_SECONDS
        if renewed.was_late:
            self._hold_back()
        now = asyncio.get_running_loop().time()
        judges_dead = now >= self._judges_dead_at
        if judges_dead and not self._is_lost_taken:
            await self._take_lost()
        if now < self._judges_at:
            return TICK_SECONDS
        if renewed.due_seconds <= 0:
            await self._take_due(with_dead=judges_dead)
            # There may be more, or it is another's: a process that we may not judge yet.
            return PAUSE_SECONDS if judges_dead else TICK_SECONDS / 3
        return min(TICK_SECONDS, max(PAUSE_SECONDS, renewed.due_seconds))

    async def _take_due(self, *, with_dead: bool) -> None:
        self._announce(await take_due(self._db, self._grace, limit=DUE, with_dead=with_dead))

    def _hold_back(self) -> None:
        """Judge nobody for a while: whoever could not be stored has time to come back, and so have other processes."""
        self._judges_at = self._judges_dead_at = asyncio.get_running_loop().time() + LEASE_SECONDS

    async def _take_lost(self) -> None:
        try:
            if await self._is_with_older_ones():
                return
        except LOST:
            return
        await insert_lost(self._db, self._grace)
        self._is_lost_taken = True

    async def _is_with_older_ones(self) -> bool:
        """Tell whether a process of the version before lives: it keeps its leases in Redis, so its users have none."""
        redis, key = self._broker.redis, self._broker.key
        processes = [bytes(name).decode() for name in await redis.smembers(key("processes"))]  # type: ignore[arg-type]
        for process in processes:
            if await redis.exists(key(f"lease:{process}")):
                return True
        return False

    async def release(self) -> None:
        """Give our lease back: this process leaves, and the grace lets its users come back elsewhere."""
        try:
            await delete_process(self._db, self._me, self._grace)
        except Retryable as error:
            log.debug("presence_not_released", error=repr(error))
