"""The inboxes: websites and their settings."""

from __future__ import annotations

from app.people.inboxes.inbox import Inbox
from app.people.inboxes.store import select_demo_inbox, select_inbox, select_inboxes
from app.spine.db import Database


class Inboxes:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, key: str) -> Inbox | None:
        """Return the inbox with this public key."""
        return await select_inbox(self._db, key)

    async def demo(self) -> Inbox | None:
        """Return the inbox that the demo page shows."""
        return await select_demo_inbox(self._db)

    async def all(self) -> list[Inbox]:
        return await select_inboxes(self._db)
