"""The choices of agents, by name."""

from __future__ import annotations

from typing import Any

from msgspec import json

from app.spine.db import Database


async def select_preferences(db: Database, user_id: int) -> tuple[int, dict[str, Any]]:
    """Return the version and all that was chosen; version 0 is nothing yet."""
    row = await db.fetchrow("select version, chosen::text from user_preferences where user_id = $1", user_id)
    return (row["version"], json.decode(row["chosen"])) if row else (0, {})


async def merge_preferences(
    db: Database, user_id: int, values: dict[str, Any], *, most_bytes: int, most_names: int
) -> tuple[int, dict[str, Any]] | None:
    """Change some, take away those that are null, and return all of them; None if they would be too many.

    One statement, so that two browsers never take each other's choices away.
    """
    row = await db.fetchrow(
        """
        insert into user_preferences as p (user_id, chosen)
        select $1, $2::text::jsonb
         where octet_length($2::text) <= $4
        on conflict (user_id) do update
           set chosen = (p.chosen || excluded.chosen) - $3::text[], version = p.version + 1
         where octet_length(((p.chosen || excluded.chosen) - $3::text[])::text) <= $4
           and (select count(*) from jsonb_object_keys((p.chosen || excluded.chosen) - $3::text[])) <= $5
        returning version, chosen::text
        """,
        user_id,
        json.encode({name: value for name, value in values.items() if value is not None}).decode(),
        [name for name, value in values.items() if value is None],
        most_bytes,
        most_names,
    )
    return (row["version"], json.decode(row["chosen"])) if row else None
