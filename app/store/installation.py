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


async def insert_demo_mark(db: Database, inbox_name: str) -> bool:
    """Note which inbox is the demo's; tell whether it was noted.

    It is not when there was a demo before, or the database is in use.
    """
    noted = await db.fetchval(
        """
        insert into installation (name, value)
        select 'demo_inbox', $1
         where not exists (select from inboxes) and not exists (select from users where role = 'agent')
            on conflict (name) do nothing
        returning name
        """,
        inbox_name,
    )
    return noted is not None
