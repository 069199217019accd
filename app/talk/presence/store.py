"""Presence, as Postgres remembers it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import UNSET

from app.protocol import Presence, PresenceStatus
from app.spine.db import Database

SEEN = """
       u.id, u.role, u.name, coalesce(p.status, 'offline') as status, u.status_text, p.last_seen,
       coalesce((extract(epoch from p.updated_at) * 1000)::bigint, 0) as version
"""


async def upsert_connected(db: Database, user_ids: Collection[int]) -> list[Presence]:
    """Note that users are connected; return the presence of those for whom that is news.

    A status that an agent has chosen stands: a new tab does not overwrite it.
    """
    return await _upsert(db, user_ids, "coalesce(u.chosen_status, 'online')", "now()")


async def upsert_disconnected(
    db: Database, user_ids: Collection[int], *, seconds_ago: float
) -> list[Presence]:
    """Note that users are gone since `seconds_ago`; return the presence of those for whom that is news."""
    return await _upsert(db, user_ids, "'offline'", f"now() - interval '{float(seconds_ago)} seconds'")


async def _upsert(db: Database, user_ids: Collection[int], status: str, seen: str) -> list[Presence]:
    rows = await db.fetch(
        f"""
        with changed as (
            insert into user_presence as p (user_id, status, last_seen, updated_at)
            select u.id, {status}, {seen}, clock_timestamp()
              from unnest($1::integer[]) as w (user_id)
              -- A customer who was erased leaves no trace of having been here.
              join users u on u.id = w.user_id and (u.role <> 'customer' or u.disabled_at is null)
             order by u.id
               -- A status that is being chosen at this moment is waited for, or it would be overwritten.
               for share of u
            on conflict (user_id) do update
               set status = excluded.status,
                   last_seen = excluded.last_seen,
                   -- The version only grows, even when a clock was set back.
                   updated_at = greatest(excluded.updated_at, p.updated_at + interval '1 millisecond')
             where p.status is distinct from excluded.status
            returning user_id, status, last_seen, updated_at
        )
        select {SEEN} from changed p join users u on u.id = p.user_id
        """,
        sorted(user_ids),
    )
    return [presence_of(row) for row in rows]


async def update_chosen_status(
    db: Database, user_id: int, status: PresenceStatus, text: str | None
) -> list[Presence]:
    """Set an agent's own status, 'online' meaning none, and return the presence that follows from it."""
    rows = await db.fetch(
        f"""
        with u as (
            update users set chosen_status = nullif($2, 'online'), status_text = nullif($3, '')
             where id = $1
            returning id, role, name, status_text
        ), p as (
            insert into user_presence as p (user_id, status, last_seen, updated_at)
            select id, $2, now(), clock_timestamp() from u
            on conflict (user_id) do update
               set status = excluded.status, last_seen = excluded.last_seen,
                   updated_at = greatest(excluded.updated_at, p.updated_at + interval '1 millisecond')
            returning user_id, status, last_seen, updated_at
        )
        select {SEEN} from u join p on p.user_id = u.id
        """,
        user_id,
        status,
        text,
    )
    return [presence_of(row) for row in rows]


async def select_presence(db: Database, user_ids: Collection[int]) -> dict[int, Presence]:
    """Return the presence of users by their id; who was never here is offline without `last_seen`."""
    rows = await db.fetch(
        f"""
        select {SEEN}
          from unnest($1::integer[]) as w (user_id)
          join users u on u.id = w.user_id
          left join user_presence p on p.user_id = u.id
        """,
        list(user_ids),
    )
    return {row["id"]: presence_of(row) for row in rows}


async def select_connected(db: Database) -> list[int]:
    """Return the users who were connected when we last heard."""
    rows = await db.fetch("select user_id from user_presence where status <> 'offline'")
    return [row["user_id"] for row in rows]


def presence_of(row: Any) -> Presence:
    return Presence(
        user_id=row["id"],
        role=row["role"],
        # A customer's may be erased, and presences are remembered by every process.
        name=row["name"] if row["role"] == "agent" else UNSET,
        status=row["status"],
        text=row["status_text"] or UNSET,
        last_seen=row["last_seen"],
        version=row["version"],
    )
