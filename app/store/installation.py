"""What the installation keeps for itself."""

from __future__ import annotations

from app.db import Database


async def insert_value(db: Database, name: str, value: str) -> str:
    """Keep `value` under `name` unless there is one already, and return the one that is kept.

    Processes that start together all get the same.
    """
    kept: str = await db.fetchval(
        """
        insert into installation as kept (name, value) values ($1, $2)
            on conflict (name) do update set value = kept.value
        returning value
        """,
        name,
        value,
    )
    return kept
