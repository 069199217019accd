"""Websites and their settings."""

from __future__ import annotations

import structlog

from app.people.inboxes.inbox import Inbox, inbox_of
from app.spine.db import Database
from app.spine.identity import Reader

log = structlog.get_logger()


async def select_inbox(db: Database, key: str) -> Inbox | None:
    row = await db.fetchrow("select * from inboxes where key = $1", key)
    return inbox_of(row) if row else None


async def select_inboxes(db: Database) -> list[Inbox]:
    return [inbox_of(row) for row in await db.fetch("select * from inboxes order by lower(name), id")]


async def select_visible_inboxes(db: Database, reader: Reader) -> list[Inbox]:
    rows = await db.fetch(
        "select * from visible_inboxes($1, $2) order by lower(name), id", reader.kind, reader.id
    )
    return [inbox_of(row) for row in rows]


async def select_demo_inbox(db: Database) -> Inbox | None:
    """Return the inbox that the demo page shows: the one made for it, else the oldest."""
    row = await db.fetchrow(
        """
        select i.*
          from inboxes i
          left join installation demo on demo.name = 'demo_inbox' and demo.value = i.name
         order by demo.name is null, i.id
         limit 1
        """
    )
    return inbox_of(row) if row else None
