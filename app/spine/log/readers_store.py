"""The readers' cursors and leases."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from app.spine.db import Database
from app.spine.log.position import Position


class Standing(Struct, frozen=True):
    """The state of a reader when it recorded its cursor."""

    lag_seconds: float = 0.0
    """Age of the oldest change that is not done."""
    set_aside: int = 0
    has_put_back: bool = False


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
