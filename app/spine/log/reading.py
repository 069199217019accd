"""One reader at work in this process: it holds the lease, reads, has changes handled, and records how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from itertools import takewhile
from uuid import UUID

import structlog

from app.errors import Retryable
from app.spine.db import Database
from app.spine.log.change import Change
from app.spine.log.handling import Handling, LeaseLost, Tally
from app.spine.log.position import Position
from app.spine.log.reader import Reader
from app.spine.log.readers_store import Standing, end_lease, record_cursor, take_lease
from app.spine.log.set_aside import select_put_back
from app.spine.log.tail import SWEEP_SECONDS, Tail
from app.spine.log.tail_store import select_changes
from app.spine.log.window import Window
from app.values.uuid7 import uuid7

log = structlog.get_logger()

LEASE_SECONDS = 15.0
"""Seconds after which the reader of a killed process is free for another."""
RENEW_SECONDS = 5.0
"""Seconds after which a lease is renewed though the cursor has not moved."""
ASK_SECONDS = 3.0
"""Pause between two tries for a lease that another process holds."""
PAGE = 500
"""Changes read at once."""
PUT_BACK = 100
"""Changes that were put back, taken up at once."""


class Reading:
    """Reads while it holds the lease, and asks for it while it does not."""

    def __init__(self, db: Database, tail: Tail, reader: Reader) -> None:
        self._db = db
        self._tail = tail
        self._reader = reader
        self.name = reader.name
        self._holder = uuid7()
        self._window: Window | None = None
        self._recorded = Position()
        self._handling: Handling | None = None
        self._standing = Standing()
        self.tally = Tally()

    @property
    def standing(self) -> Standing | None:
        """The reader's state, if this process reads for it."""
        return self._standing if self._handling is not None else None

    async def run(self) -> None:
        """Read for ever; faults of ours are logged, and the reader begins anew from its cursor."""
        while True:
            try:
                await self._hold()
            except LeaseLost:
                log.warning("reader_lost", reader=self.name)
                continue
            except Retryable as error:
                log.debug("reader_waits", reader=self.name, error=error.message)
            except Exception:
                log.exception("reader_failed", reader=self.name)
            await asyncio.sleep(ASK_SECONDS)

    async def release(self) -> None:
        """Record what is done, and give the lease back, if it is ours.

        Raises:
            Retryable: Postgres is away.
        """
        if self._window is not None:
            cursor = self._window.cursor
            await record_cursor(self._db, self.name, self._holder, self._recorded, cursor, 0.0)
        await end_lease(self._db, self.name, self._holder)

    def forget(self) -> None:
        """Begin anew from the cursor, wherever it is."""
        if self._handling is not None:
            self._handling.void()

    async def _hold(self) -> None:
        """Read while the lease is ours; return if it is not.

        Raises:
            LeaseLost: It was ours.
        """
        asked_at = asyncio.get_running_loop().time()
        cursor = await take_lease(self._db, self.name, self._holder, LEASE_SECONDS)
        if cursor is None:
            return
        window = self._window = Window(cursor)
        self._recorded = cursor
        handling = Handling(self._db, self._reader, self._holder, window, self.tally)
        handling.held_until = asked_at + LEASE_SECONDS
        self._handling = handling
        try:
            await self._read(window, handling)
        finally:
            self._handling = None
            await handling.end()
            if handling.is_void:
                self._window = None

    async def _read(self, window: Window, handling: Handling) -> None:
        loop = asyncio.get_running_loop()
        renew_at = 0.0
        while not handling.is_void:
            has_more = False
            try:
                has_more = await self._take_page(window, handling)
                if window.cursor != self._recorded or loop.time() >= renew_at:
                    renew_at = loop.time() + RENEW_SECONDS
                    await self._record(window.cursor, handling)
            except Retryable as error:
                # Handlers under way go on. Whether the lease was lost meanwhile shows when the cursor is recorded.
                log.debug("reader_waits", reader=self.name, error=error.message)
                await asyncio.sleep(SWEEP_SECONDS)
            if not has_more:
                await self._wait(window, handling)
        raise LeaseLost

    async def _take_page(self, window: Window, handling: Handling) -> bool:
        """Read on; say whether there is more to read at once."""
        if window.is_full:
            return False
        rows = await select_changes(self._db, window.read, limit=PAGE)
        # Up to the first that is too young: the cursor may pass over none.
        ripe = list(takewhile(lambda row: row.age_seconds >= self._reader.delay_seconds, rows))
        chosen = await self._choose([row.change for row in ripe if row.change is not None])
        for row in ripe:
            window.add(row.position)
            if row.change is not None and row.change.id in chosen:
                handling.queue(row.change, row.position)
            else:
                window.finish(row.position)
        return len(ripe) == PAGE

    async def _choose(self, changes: list[Change]) -> Collection[UUID]:
        try:
            return await self._reader.choose(changes) if changes else ()
        except Retryable:
            raise
        except Exception:
            # One of them is poison: each is handled alone, where that shows.
            log.exception("reader_cannot_choose", reader=self.name)
            return {change.id for change in changes}

    async def _record(self, cursor: Position, handling: Handling) -> None:
        """Record how far all is done, and renew the lease."""
        asked_at = asyncio.get_running_loop().time()
        standing = await record_cursor(
            self._db, self.name, self._holder, self._recorded, cursor, LEASE_SECONDS
        )
        if standing is None:
            handling.void()
            raise LeaseLost
        self._recorded = cursor
        self._standing = standing
        handling.held_until = asked_at + LEASE_SECONDS
        if standing.has_put_back:
            handling.put_back(await select_put_back(self._db, self.name, limit=PUT_BACK))

    async def _wait(self, window: Window, handling: Handling) -> None:
        """Wait until there is something to read or to record."""
        if window.is_full:
            handling.moved.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await handling.moved.wait()
        elif self._reader.delay_seconds:
            await asyncio.sleep(SWEEP_SECONDS)
        else:
            await self._tail.wait_beyond(window.read, SWEEP_SECONDS)
