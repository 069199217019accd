"""A reader in this process, and what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from app.spine.db import Database
from app.spine.log.change import Change
from app.spine.log.reader import Reader
from app.spine.log.readers import Readers
from app.spine.log.tail import Tail
from app.values.postgres_address import PostgresAddress
from tests.spine.log.written import Key


class Heard:
    """Handles changes by noting them. `before` may wait, or raise."""

    def __init__(self, before: Callable[[Change], Awaitable[None]] | None = None) -> None:
        self.changes: list[Change] = []
        self.tried: list[Change] = []
        self._before = before
        self._moved = asyncio.Condition()

    async def handle(self, change: Change) -> None:
        self.tried.append(change)
        async with self._moved:
            self._moved.notify_all()
        if self._before is not None:
            await self._before(change)
        self.changes.append(change)
        async with self._moved:
            self._moved.notify_all()

    @property
    def keys(self) -> list[Key]:
        return [(change.conversation_id, int(change.lane), change.seq) for change in self.changes]

    async def until(self, holds: Callable[[Heard], bool]) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: holds(self))


@asynccontextmanager
async def reading(url: str, heard: Heard, name: str = "test", **how: Any) -> AsyncIterator[Readers]:
    """Read in this process; nothing wakes it, as when Redis is away and others append."""
    db = Database(PostgresAddress.read(url), pool_size=3)
    await db.connect()
    tail = Tail(db)
    readers = Readers(db, tail)
    readers.add(Reader(name=name, handle=heard.handle, **how))
    running = asyncio.create_task(tail.run())
    readers.start()
    try:
        yield readers
    finally:
        await readers.stop()
        running.cancel()
        await asyncio.wait({running})
        await db.disconnect()
