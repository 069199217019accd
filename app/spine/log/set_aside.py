"""Changes that a reader could not deal with: kept until they are done, and given back to it by an operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.spine.db import Database
from app.spine.log.change import Change
from app.spine.log.entry import Lane


class SetAside(Struct, frozen=True, kw_only=True):
    """A change that a reader could not deal with."""

    id: UUID
    reader: str
    conversation_id: UUID
    lane: Lane
    seq: int
    tries: int
    error: str
    at: datetime
    is_put_back: bool


async def insert_set_aside(
    db: Database, reader: str, holder: UUID, change: Change, *, tries: int, error: str
) -> bool:
    """Keep a change that could not be dealt with; tell whether the lease was still ours."""
    kept = await db.fetchval(
        """
        insert into set_aside (reader, id, conversation_id, lane, seq, type, tries, error)
        select name, $3, $4, $5, $6, $7, $8, $9 from readers where name = $1 and holder = $2
            on conflict (reader, id) do update
           set tries = set_aside.tries + excluded.tries, error = excluded.error, at = excluded.at,
               is_put_back = false
        returning 1
        """,
        reader,
        holder,
        change.id,
        change.conversation_id,
        change.lane,
        change.seq,
        change.type,
        tries,
        error,
    )
    return kept is not None


async def select_put_back(db: Database, reader: str, *, limit: int) -> list[Change]:
    """Return changes that an operator has put back, oldest first."""
    rows = await db.fetch(
        """
        select id, conversation_id, lane, seq, type
          from set_aside
         where reader = $1 and is_put_back
         order by at
         limit $2
        """,
        reader,
        limit,
    )
    return [
        Change(
            id=row["id"],
            conversation_id=row["conversation_id"],
            lane=Lane(row["lane"]),
            seq=row["seq"],
            type=row["type"],
        )
        for row in rows
    ]


async def delete_set_aside(db: Database, reader: str, change_id: UUID) -> None:
    """Forget a change that is done after all."""
    await db.execute("delete from set_aside where reader = $1 and id = $2", reader, change_id)


async def select_set_aside(db: Database) -> list[SetAside]:
    rows = await db.fetch(
        """
        select id, reader, conversation_id, lane, seq, tries, error, at, is_put_back
          from set_aside
         order by at
         limit 1000
        """
    )
    return [SetAside(**{**row, "lane": Lane(row["lane"])}) for row in rows]


async def put_back(db: Database, reader: str, change_id: UUID | None) -> int:
    """Give a reader a change once more, or all that it has set aside; return how many."""
    count: int = await db.fetchval(
        """
        with back as (
            update set_aside set is_put_back = true
             where reader = $1 and ($2::uuid is null or id = $2)
            returning 1
        )
        select count(*) from back
        """,
        reader,
        change_id,
    )
    return count
