"""The leases of users with processes, in Postgres: who has a socket where, and what becomes due by time alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from app.protocol import Presence
from app.spine.db import Database
from app.talk.presence.store import presence_of

NOBODY = UUID(int=0)
"""Process of those who are said to be here and have no lease: they have left, and nobody saw it."""


class Renewed(Struct):
    was_late: bool
    """Whether our lease had ended: for as long, others may not have been able to renew theirs either."""
    due_seconds: float
    """Seconds until something becomes due; not above 0 if something is."""


async def insert_process(db: Database, process_id: UUID, lease: timedelta, here: Collection[int]) -> None:
    """Begin a process's lease; whoever has one with it and is not `here` has left."""
    await db.execute(
        """
        with process as (
            insert into presence_processes (id, expires_at) values ($1, clock_timestamp() + $2)
                on conflict (id) do update set expires_at = excluded.expires_at
        )
        update presence_leases l
           set left_at = clock_timestamp(), due_at = clock_timestamp()
         where l.process_id = $1 and l.left_at is null
           and not exists (select from unnest($3::integer[]) as h (user_id) where h.user_id = l.user_id)
        """,
        process_id,
        lease,
        list(here),
    )


async def renew_process(db: Database, process_id: UUID, lease: timedelta, grace: timedelta) -> Renewed | None:
    """Renew a process's lease, and tell when to look for what is due; None if it is taken for dead."""
    row = await db.fetchrow(
        """
        with before as materialized (
            select expires_at from presence_processes where id = $1
        ), renewed as (
            update presence_processes set expires_at = clock_timestamp() + $2 where id = $1
            returning id
        )
        select b.expires_at < clock_timestamp() as was_late,
               extract(epoch from least(
                   (select min(l.due_at) from presence_leases l where l.due_at is not null),
                   (select min(u.chosen_until) from users u where u.chosen_until is not null),
                   (select min(d.expires_at) + $3 from presence_processes d where d.id <> $1)
               ) - clock_timestamp())::float8 as due_seconds
          from before b, renewed
        """,
        process_id,
        lease,
        grace,
    )
    if row is None:
        return None
    due = row["due_seconds"]
    return Renewed(row["was_late"], float("inf") if due is None else due)


async def delete_process(db: Database, process_id: UUID, grace: timedelta) -> None:
    """End a process's lease, and have all its users leave now."""
    await db.execute(
        """
        with process as (
            delete from presence_processes where id = $1
        )
        update presence_leases
           set left_at = clock_timestamp(), due_at = clock_timestamp() + $2
         where process_id = $1 and left_at is null
        """,
        process_id,
        grace,
    )


async def insert_leases(
    db: Database, process_id: UUID, seconds: Mapping[int, float | None]
) -> list[Presence]:
    """Note that users have a socket with a process; return the presence of those for whom that is news.

    `seconds` says for how long yet each counts as active; None where no input was told of.
    """
    rows = await db.fetch(
        "select * from presence_arrived($1, $2, $3)", process_id, list(seconds), list(seconds.values())
    )
    return [presence_of(row) for row in rows]


async def update_left(db: Database, process_id: UUID, user_ids: Collection[int], grace: timedelta) -> None:
    """Note that users have no socket with a process any more: after the grace their lease ends."""
    await db.execute(
        """
        update presence_leases
           set left_at = clock_timestamp(), due_at = clock_timestamp() + $3
         where process_id = $1 and user_id = any ($2::integer[]) and left_at is null
        """,
        process_id,
        list(user_ids),
        grace,
    )


async def update_active(db: Database, process_id: UUID, seconds: Mapping[int, float]) -> list[Presence]:
    """Let users with a process count as active for so long; return the presence of those for whom that is news."""
    rows = await db.fetch(
        "select * from presence_active($1, $2, $3)", process_id, list(seconds), list(seconds.values())
    )
    return [presence_of(row) for row in rows]


async def take_due(db: Database, grace: timedelta, *, limit: int, with_dead: bool) -> list[Presence]:
    """Take what has become due; return the presence of those for whom that is news."""
    rows = await db.fetch("select * from presence_due($1, $2, $3)", grace, limit, with_dead)
    return [presence_of(row) for row in rows]


async def insert_lost(db: Database, grace: timedelta) -> None:
    """Have those leave who are said to be here and have no lease, as after a crash of Postgres."""
    await db.execute(
        """
        insert into presence_leases (user_id, process_id, left_at, due_at)
        select p.user_id, $1, clock_timestamp(), clock_timestamp() + $2
          from user_presence p
         where p.status <> 'offline'
           and not exists (select from presence_leases l where l.user_id = p.user_id)
            on conflict do nothing
        """,
        NOBODY,
        grace,
    )
