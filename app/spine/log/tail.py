"""The end of the log as this process knows it, for those who wait until it grows."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from app.errors import Retryable
from app.spine.db import Database
from app.spine.identity import Reader
from app.spine.log.change import EventPage
from app.spine.log.position import Bookmark, Position
from app.spine.log.tail_store import select_end, select_events

log = structlog.get_logger()

PACE_SECONDS = 0.05
"""Seconds between two looks while the log grows, so that readers cost a busy Postgres little."""
SWEEP_SECONDS = 1.0
"""Seconds between two looks while nothing is heard: how late news may be without Redis."""


class Tail:
    """One look serves everyone in this process who waits; where nobody waits, nobody looks."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._end = Position()
        self._grown = asyncio.Event()
        self._news = asyncio.Event()
        self._waiting = 0
        self._somebody = asyncio.Event()
        self._released = False

    def wake(self, *_: object) -> None:
        """Look soon, for an entry was appended, here or elsewhere."""
        self._news.set()

    def release(self) -> None:
        """Let everyone who waits go, from now on at once: this process leaves."""
        self._released = True
        self._tell()

    def forget(self) -> None:
        """The log was replaced: its end may be anywhere."""
        self._end = Position()
        self._news.set()

    async def page(self, reader: Reader, after: Bookmark | None, limit: int) -> EventPage:
        """Return what a reader sees after a bookmark, or of the oldest kept, as it reads now."""
        return await select_events(self._db, reader, after, limit=limit)

    async def wait_beyond(self, position: Position, seconds: float) -> None:
        """Return when something can be read after a position, when the time is over, or upon `release`."""
        self._waiting += 1
        self._somebody.set()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while self._end <= position and not self._released:
                        grown = self._grown
                        await grown.wait()
        finally:
            self._waiting -= 1

    async def run(self) -> None:
        """Look while anybody waits, until cancelled."""
        pause = PACE_SECONDS
        while True:
            if not self._waiting:
                self._somebody.clear()
                await self._somebody.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()
            self._news.clear()
            try:
                end, has_more = await select_end(self._db)
            except Retryable as error:
                log.debug("tail_not_read", error=error.message)
                pause = SWEEP_SECONDS
                continue
            if end != self._end:
                self._end = end
                self._tell()
            # Entries that cannot be read yet wait for a transaction: mostly a moment, sometimes somebody's long one.
            pause = min(2 * pause, SWEEP_SECONDS) if has_more else SWEEP_SECONDS
            await asyncio.sleep(PACE_SECONDS)

    def _tell(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()
