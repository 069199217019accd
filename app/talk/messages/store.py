"""The user that writes where no person does."""

from __future__ import annotations

from app.protocol import Sender
from app.spine.db import Database


async def select_system_user(db: Database) -> Sender:
    """Return the sender of events that nobody in particular has caused."""
    user_id = await db.fetchval("select id from users where role = 'system' order by id limit 1")
    return Sender(user_id, "system", "Fireside")


async def upsert_key_user(db: Database, key_id: int) -> Sender:
    """Return the sender of what a backend changes: a user under the name of its key, made when there is none."""
    row = await db.fetchrow(
        """
        with known as (
            select u.id, u.name from api_keys k join users u on u.id = k.user_id where k.id = $1
        ), made as (
            insert into users as u (role, name)
            select 'system', k.name from api_keys k where k.id = $1 and not exists (select from known)
                on conflict (role, name) where role in ('bot', 'system') do update set name = u.name
            returning id, name
        ), noted as (
            update api_keys k set user_id = made.id from made where k.id = $1
        )
        select id, name from known union all select id, name from made
        """,
        key_id,
    )
    assert row is not None, "whoever asks has used the key"  # noqa: S101
    return Sender(row["id"], "system", row["name"])
