"""Marks: how far everyone has received and read. A mark only grows, so the newest wins and many become one write."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from app.errors import Retryable
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.rooms.rooms import Rooms
from app.talk.marks.store import upsert_marks

log = structlog.get_logger()

FLUSH_SECONDS = 0.1
"""Marks gathered for one statement: reading a page of messages is one write, not fifty."""
WAITING = 50_000
"""Marks that may wait while Postgres is away; clients mark again with the next message."""


class Marks:
    """Collects marks, writes them together, and tells the rooms what grew."""

    def __init__(self, db: Database, rooms: Rooms) -> None:
        self._db = db
        self._rooms = rooms
        self._waiting: dict[tuple[UUID, int], tuple[int, int]] = {}
        self._some = asyncio.Event()
        self.on_read: Hearers[[UUID]] = Hearers()
        """Told when an agent has read in a conversation: its unread count may have changed."""

    def mark(self, conversation_id: UUID, user_id: int, *, delivered_seq: int = 0, read_seq: int = 0) -> None:
        """Raise a mark. Never waits; past `WAITING` it is dropped."""
        key = (conversation_id, user_id)
        delivered, read = self._waiting.get(key, (0, 0))
        if key in self._waiting or len(self._waiting) < WAITING:
            self._waiting[key] = (max(delivered, delivered_seq), max(read, read_seq))
            self._some.set()

    async def run(self) -> None:
        """Write what was marked, until cancelled."""
        while True:
            await self._some.wait()
            await asyncio.sleep(FLUSH_SECONDS)
            self._some.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write what waits now."""
        marks, self._waiting = self._waiting, {}
        if not marks:
            return
        try:
            grown = await upsert_marks(self._db, marks)
        except Retryable:
            for (conversation_id, user_id), (delivered, read) in marks.items():
                self.mark(conversation_id, user_id, delivered_seq=delivered, read_seq=read)
            await asyncio.sleep(1)
            return
        for receipt in grown:
            self._rooms.tell(receipt)
            if receipt.role == "agent":
                self.on_read.tell(receipt.conversation_id)
