"""Look into Postgres for what no hint told: every second, faster while Redis is deaf, and at once when asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.errors import Retryable
from app.spine.broker import Broker

log = structlog.get_logger()

SWEEP_SECONDS = 1.0
"""Seconds by which news may be late when its hint is lost."""
SUSPECT_SWEEP_SECONDS = 0.2
"""The same while Redis is deaf, so that chat goes on without it."""


class Sweep:
    """Repeats one look. One that fails for the moment is made good by the next."""

    def __init__(self, broker: Broker, look: Callable[[], Awaitable[None]]) -> None:
        self._broker = broker
        self._look = look
        self._now = asyncio.Event()

    def soon(self) -> None:
        """Look now: hints may have been lost."""
        self._now.set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            pause = SUSPECT_SWEEP_SECONDS if self._broker.suspect else SWEEP_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._now.wait()
            except TimeoutError:
                pass
            self._now.clear()
            try:
                await self._look()
            except Retryable as error:
                log.debug("sweep_failed", look=self._look.__qualname__, error=error.message)
