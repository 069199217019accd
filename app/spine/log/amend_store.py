"""Entries of older versions, brought up to today's rules while they are in use."""

from __future__ import annotations

from app.spine.db import Database


async def amend_conversations(db: Database, count: int) -> bool:
    """Go through the next `count` conversations; return whether there are more. See the function of that name."""
    more: bool = await db.fetchval("select amend_conversations($1)", count)
    return more
