"""Conversations whose time has come."""

from __future__ import annotations

from uuid import UUID

from app.spine.db import Database


async def wake_due_conversations(db: Database, *, limit: int) -> list[UUID]:
    """Open snoozed conversations whose time has come, and return them; see the function of the same name."""
    rows = await db.fetch("select wake_due_conversations($1) as id", limit)
    return [row["id"] for row in rows]
