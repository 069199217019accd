"""The readers' cursors and leases, and the changes that they have set aside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.spine.db import Database
from app.spine.log.entry import Lane
from app.spine.log.position import Position
from app.spine.log.tail_store import Change


class Standing(Struct, frozen=True):
    """How a reader is doing, as it was when it recorded its cursor."""

    lag_seconds: float = 0.0
    """Age of the oldest change that is not done."""
    set_aside: int = 0
    has_put_back: bool = False


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


async def take_lease(db: Database, reader: str, holder: UUID, seconds: float) -> Position | None:
    """Take or renew a reader's lease; return its cursor, or None while another process holds it.

    A new reader begins with the oldest change that is kept.
    """
    row = await db.fetchrow(
        """
        insert into readers as r (name, xact, n, place, holder, held_until)
        select $1, b.cleared_xact, b.cleared_n, b.cleared_place, $2, now() + make_interval(secs => $3)
          from tail_bounds b
            on conflict (name) do update set holder = excluded.holder, held_until = excluded.held_until
         where r.holder = excluded.holder or r.held_until <= now()
        returning xact, n, place
        """,
        reader,
        holder,
        seconds,
    )
    return Position(**row) if row else None


async def record_cursor(
    db: Database, reader: str, holder: UUID, before: Position, cursor: Position, seconds: float
) -> Standing | None:
    """Move a cursor and renew the lease; None if it is another's, or the cursor is not where we left it.

    It is not where we left it after a restore: what we have done since is undone.
    """
    row = await db.fetchrow(
        """
        with recorded as (
            update readers
               set xact = $6, n = $7, place = $8, held_until = now() + make_interval(secs => $9)
             where name = $1 and holder = $2 and xact = $3 and n = $4 and place = $5
            returning name
        )
        select coalesce((select extract(epoch from clock_timestamp() - t.at)::float8
                           from tail t
                          where (t.xact, t.n) >= ($6::bigint, $7::bigint)
                            and (t.xact, t.n, cardinality(t.seqs)) > ($6::bigint, $7::bigint, $8::bigint)
                          order by t.xact, t.n
                          limit 1), 0) as lag_seconds,
               (select count(*) from set_aside where reader = $1) as set_aside,
               exists (select from set_aside where reader = $1 and is_put_back) as has_put_back
          from recorded
        """,
        reader,
        holder,
        *before,
        *cursor,
        seconds,
    )
    return Standing(**row) if row else None


async def end_lease(db: Database, reader: str, holder: UUID) -> None:
    """Let another process have the reader at once."""
    await db.execute(
        "update readers set held_until = now() where name = $1 and holder = $2 and held_until > now()",
        reader,
        holder,
    )


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
