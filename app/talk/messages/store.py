"""The user that writes where no person does."""

from __future__ import annotations

from app.protocol import Sender
from app.spine.db import Database


async def select_system_user(db: Database) -> Sender:
    """Return the sender of events that nobody in particular has caused."""
    user_id = await db.fetchval("select id from users where role = 'system' order by id limit 1")
    return Sender(user_id, "system", "Fireside")
