"""Clear away what has ended, in steps so small that no client notices."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from app.errors import Retryable
from app.people.clearing.store import (
    delete_bot_turns,
    delete_bulk_actions,
    delete_drafts,
    delete_facet_changes,
    delete_notifications,
    delete_refresh_tokens,
    delete_sessions,
    delete_set_aside,
    delete_tail,
    delete_visitors,
    note_written,
)
from app.spine.db import Database

log = structlog.get_logger()

EVERY_SECONDS = 60.0
"""Seconds between two rounds of a process, give or take a half, so that many processes do not come at once."""
STEP = 200
"""Rows deleted in one statement, which takes a few milliseconds."""
TAIL_STEP = 5_000
"""The same of the tail, whose rows are small and lie side by side."""
PAUSE_SECONDS = 0.1
"""Pause between two steps, for whatever else Postgres has to do."""


class Clearing:
    """Every process tries; a lock in Postgres lets one at a time."""

    def __init__(self, db: Database, *, visitor_seconds: float, tail_days: int = 7) -> None:
        self._db = db
        self._tail_days = tail_days
        self._visitor_seconds = visitor_seconds
        self.cleared = 0
        """Rows that this process has deleted."""

    async def run(self) -> None:
        """Clear again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - it spreads.
            try:
                await self.clear()
            except Retryable as error:
                log.debug("clearing_failed", why=error.message)

    async def clear(self) -> None:
        """Do one round: each kind until nothing of it is left.

        Raises:
            Retryable: Postgres is away. The next round takes the rest.
        """
        await note_written(self._db)
        seconds = self._visitor_seconds
        steps: list[Callable[[], Awaitable[int]]] = [
            lambda: delete_visitors(self._db, seconds=seconds, limit=STEP),
            lambda: delete_sessions(self._db, limit=STEP),
            lambda: delete_refresh_tokens(self._db, limit=STEP),
            lambda: delete_bot_turns(self._db, limit=STEP),
            lambda: delete_tail(self._db, days=self._tail_days, limit=TAIL_STEP),
            lambda: delete_facet_changes(self._db, limit=TAIL_STEP),
            lambda: delete_drafts(self._db, limit=STEP),
            # With each goes what became of its conversations, two hundred thousand at most.
            lambda: delete_bulk_actions(self._db, limit=1),
            lambda: delete_set_aside(self._db, limit=STEP),
            lambda: delete_notifications(self._db, limit=TAIL_STEP),
        ]
        for step in steps:
            while count := await step():
                self.cleared += count
                await asyncio.sleep(PAUSE_SECONDS)
