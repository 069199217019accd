"""The inboxes: websites and their settings."""

from __future__ import annotations

from app.people.inboxes.inbox import Inbox
from app.people.inboxes.store import (
    select_demo_inbox,
    select_inbox,
    select_inboxes,
    select_visible_inboxes,
)
from app.spine.db import Database
from app.spine.identity import Identity, Reader


class Inboxes:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, key: str) -> Inbox | None:
        """Return the inbox with this public key."""
        return await select_inbox(self._db, key)

    async def demo(self) -> Inbox | None:
        """Return the inbox that the demo page shows."""
        return await select_demo_inbox(self._db)

    async def seen_by(self, reader: Reader) -> list[Inbox]:
        """Return the inboxes that a reader may see; to an admin all, for they are who manages them."""
        if isinstance(reader, Identity) and reader.is_admin:
            return await self.all()
        return await select_visible_inboxes(self._db, reader)

    async def all(self) -> list[Inbox]:
        return await select_inboxes(self._db)
