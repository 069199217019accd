"""Websites and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog
from msgspec import Struct

from app.db import Database
from app.origin import NotAnOrigin, Origin, parse_origin

log = structlog.get_logger()


class Inbox(Struct, frozen=True, kw_only=True):
    id: int
    key: str
    name: str
    origins: list[Origin]
    """The sites that may embed the widget."""
    any_origin: bool
    """Any site may, because none was ever named; not because none of them can be read."""
    bot: str
    identity_secret: str
    welcome: str
    colour: str | None

    def allows(self, origin: Origin) -> bool:
        """Say whether pages of this site may use the inbox."""
        return self.any_origin or origin in self.origins


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


async def select_allowed_origins(db: Database, origins: list[Origin]) -> list[Origin]:
    """Return those of the origins from which any inbox may be used."""
    rows = await db.fetch(
        "select origin from unnest($1::text[]) as origin"
        " where exists (select from inboxes where origins = '{}' or origin = any (origins))",
        origins,
    )
    return [row[0] for row in rows]


async def select_stored_origins(db: Database) -> list[tuple[int, list[str]]]:
    """Return each inbox that names sites with what is stored for it, readable or not."""
    return [
        (row["id"], row["origins"])
        for row in await db.fetch("select id, origins from inboxes where origins <> '{}'")
    ]


async def update_stored_origins(db: Database, inbox_id: int, before: list[str], after: list[str]) -> None:
    """Replace an inbox's sites, unless somebody else has in the meantime."""
    await db.execute(
        "update inboxes set origins = $3 where id = $1 and origins = $2", inbox_id, before, after
    )


async def upsert_inbox(
    db: Database,
    name: str,
    *,
    key: str,
    identity_secret: str,
    origins: list[Origin] | None,
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


@lru_cache(maxsize=1024)
def readable(stored: str) -> Origin | None:
    """Return a stored site as an origin; what is none allows nothing, and is logged once a process."""
    try:
        return parse_origin(stored)
    except NotAnOrigin as error:
        log.warning(
            "inbox_origin_unreadable",
            origin=stored,
            reason=f"{error}; name it anew with create-inbox --origin",
        )
        return None


def _inbox(row: Mapping[str, Any]) -> Inbox:
    named: list[str] = row["origins"]
    origins = list(dict.fromkeys(origin for text in named if (origin := readable(text)) is not None))
    others = {field: row[field] for field in Inbox.__struct_fields__ if field in row}
    return Inbox(**others | {"origins": origins, "any_origin": not named})
