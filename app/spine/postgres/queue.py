"""The line before a pool that Postgres does not let grow.

A pool opens a connection for a statement that finds none idle. When Postgres has none to give (`max_connections`, a
role's limit, a pooler's), that statement waits here for one of those we have, instead of failing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

import asyncpg
import structlog

from app.spine.postgres.kept import Lent
from app.spine.postgres.reasons import reason_of

log = structlog.get_logger()

RETRY_SECONDS = 0.25
"""Pause between two tries to open a connection while Postgres has none to give and none of ours comes back."""
REMIND_SECONDS = 60.0
"""Seconds between two log lines that say that Postgres has none to give."""
POOLER_IS_FULL = "no more connections allowed"
"""PgBouncer's words when it is full; it has no error code of its own for that."""


class Crowded(Exception):
    """All connections are busy, and Postgres has no more to give. Nothing was asked of it."""


def is_full(error: Exception) -> bool:
    """Whether the server answers, and has no connection to give."""
    return isinstance(error, asyncpg.TooManyConnectionsError) or (
        isinstance(error, asyncpg.ProtocolViolationError) and POOLER_IS_FULL in str(error)
    )


class Queue:
    """First come, first served; where there are connections enough, nobody waits in it."""

    def __init__(self) -> None:
        self.open = 0
        """Connections that the pool has."""
        self.lent = 0
        """Those that a statement has at the moment."""
        self._line = asyncio.Lock()
        self._news = asyncio.Event()
        self._told_at = -REMIND_SECONDS

    @property
    def has_line(self) -> bool:
        """Whether somebody waits, who is to be served first."""
        return self._line.locked()

    def opened(self) -> None:
        self.open += 1

    def closed(self) -> None:
        self.open -= 1
        self._news.set()

    def returned(self) -> None:
        self.lent -= 1
        self._news.set()

    async def lend(self, acquire: Callable[[], Awaitable[Lent]]) -> Lent:
        """Return a connection, after those who wait already. The caller bounds the time, and says `returned()`.

        Raises:
            Exception: what `acquire` raises, unless it is that there is no connection to give.
        """
        if not self.has_line and (lent := await self._try(acquire)) is not None:
            return lent
        async with self._line:
            while True:
                if self.open <= self.lent:
                    self._news.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(RETRY_SECONDS):
                            await self._news.wait()
                if (lent := await self._try(acquire)) is not None:
                    return lent

    async def _try(self, acquire: Callable[[], Awaitable[Lent]]) -> Lent | None:
        try:
            lent = await acquire()
        except Exception as error:
            if not is_full(error):
                raise
            if monotonic() - self._told_at >= REMIND_SECONDS:
                self._told_at = monotonic()
                log.warning("postgres_full", reason=reason_of(error), connections=self.open)
            return None
        self.lent += 1
        return lent
