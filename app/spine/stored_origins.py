"""The sites that inboxes name, as they are stored."""

from __future__ import annotations

from functools import lru_cache

import structlog

from app.spine.db import Database
from app.values.origin import NotAnOrigin, Origin, parse_origin

log = structlog.get_logger()


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
