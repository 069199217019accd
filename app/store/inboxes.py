"""Websites and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.db import Database


class Inbox(Struct, frozen=True, kw_only=True):
    id: int
    key: str
    name: str
    origins: list[str]
    """The sites that may embed the widget; none means any."""
    bot: str
    identity_secret: str
    welcome: str
    colour: str | None


async def select_inbox(db: Database, key: str) -> Inbox | None:
    row = await db.fetchrow("select * from inboxes where key = $1", key)
    return _inbox(row) if row else None


async def select_inboxes(db: Database) -> list[Inbox]:
    return [_inbox(row) for row in await db.fetch("select * from inboxes order by lower(name), id")]


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
    return _inbox(row) if row else None


async def select_allowed_origins(db: Database, origins: list[str]) -> list[str]:
    """Return those of the origins from which any inbox may be used."""
    rows = await db.fetch(
        "select origin from unnest($1::text[]) as origin"
        " where exists (select from inboxes where origins = '{}' or origin = any (origins))",
        origins,
    )
    return [row[0] for row in rows]


async def upsert_inbox(
    db: Database,
    name: str,
    *,
    key: str,
    identity_secret: str,
    origins: list[str] | None,
    bot: str | None,
    welcome: str | None,
    colour: str | None,
) -> Inbox:
    """Create the inbox of this name or update what is given; an existing one keeps its key and its secret."""
    (row,) = await db.fetch(
        """
        insert into inboxes as i (name, key, identity_secret, origins, bot, welcome, colour)
        values ($1, $2, $3, coalesce($4::text[], '{}'), coalesce($5, 'none'), coalesce($6, ''), $7)
            on conflict (name) do update
           set origins = coalesce($4::text[], i.origins), bot = coalesce($5, i.bot),
               welcome = coalesce($6, i.welcome), colour = coalesce($7, i.colour)
        returning *
        """,
        name,
        key,
        identity_secret,
        origins,
        bot,
        welcome,
        colour,
    )
    return _inbox(row)


def _inbox(row: Mapping[str, Any]) -> Inbox:
    return Inbox(**{field: row[field] for field in Inbox.__struct_fields__})
