"""The tail's rows: every entry of the log in the order of commits; docs/readers.md says why none is missed."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.spine.db import Database
from app.spine.identity import Reader
from app.spine.log.change import Change, EventPage
from app.spine.log.entries import COLUMNS, PAGE_BYTES, entry_of
from app.spine.log.entry import Lane
from app.spine.log.position import Bookmark, Position, mark_of

BOUNDS = """
        select base, cleared_xact, cleared_n, cleared_place,
               base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint as running
          from tail_bounds
"""
"""`running` is the oldest transaction that has not ended: nothing can be committed before it any more."""
PAGE = """
        select t.xact, t.n, c.*, t.at
          from (select *, sum(cardinality(seqs)) over (order by xact, n) - cardinality(seqs) as entries_before
                  from (select * from tail
                         where (xact, n) >= ($1::bigint, $2::bigint) and xact < (select running from bounds)
                           and (xact, n, cardinality(seqs)) > ($1::bigint, $2::bigint, $3::bigint)
                         order by xact, n
                         limit $4) appends) t
         cross join lateral unnest(t.conversation_ids, t.lanes, t.seqs) with ordinality
            as c (conversation_id, lane, seq, place)
         where t.entries_before < $4 + 256 and (t.xact, t.n, c.place) > ($1::bigint, $2::bigint, $3::bigint)
         order by t.xact, t.n, c.place
         limit $4
"""
"""The next $4 entries after a position. The first append may be one that was read in part."""


class TailRow(NamedTuple):
    position: Position
    age_seconds: float
    change: Change | None
    """None where the entry is gone, as when somebody has deleted a conversation by hand."""


async def select_changes(db: Database, after: Position, *, limit: int) -> list[TailRow]:
    """Return the next rows after a position."""
    rows = await db.fetch(
        f"""
        with bounds as materialized ({BOUNDS})
        select t.*, e.message_id, e.type, extract(epoch from clock_timestamp() - t.at)::float8 as age
          from ({PAGE}) t
          left join entries e on e.conversation_id = t.conversation_id and e.lane = t.lane and e.seq = t.seq
         order by t.xact, t.n, t.place
        """,
        *after,
        limit,
    )
    return [TailRow(position_of(row), row["age"], change_of(row)) for row in rows]


async def select_end(db: Database) -> tuple[Position, bool]:
    """Return the last position that can be read, and whether there are entries that cannot be read yet."""
    row = await db.fetchrow(
        f"""
        with bounds as materialized ({BOUNDS})
        select e.xact, e.n, e.place, exists (select from tail where xact >= running) as has_more
          from bounds
          left join lateral (select xact, n, cardinality(seqs) as place from tail
                              where xact < running
                              order by xact desc, n desc
                              limit 1) e on true
        """
    )
    assert row is not None, "the schema makes it"  # noqa: S101
    return (Position() if row["xact"] is None else position_of(row)), row["has_more"]


async def select_events(db: Database, reader: Reader, after: Bookmark | None, *, limit: int) -> EventPage:
    """Return what a reader sees after a bookmark, or of the oldest kept, as it reads now. All of one moment."""
    place = after.position if after else Position()
    rows = await db.fetch(
        f"""
        with bounds as materialized ({BOUNDS})
        select b.base, b.cleared_xact, b.cleared_n, b.cleared_place, here.conversation_ids[$3] as here_conversation_id,
               here.lanes[$3] as here_lane, here.seqs[$3] as here_seq, e.xact, e.n, e.place, {COLUMNS}
          from bounds b
          left join tail here on here.xact = $1 and here.n = $2
          left join lateral (
               select *
                 from (select t.*, e.type, e.sender_id, e.client_msg_id, e.message_id, e.target_seq, e.body,
                              e.created_at,
                              sum(octet_length(e.body::text)) over (order by t.xact, t.n, t.place)
                              - octet_length(e.body::text) as bytes_before
                         from ({PAGE}) t
                         left join entries e on e.conversation_id = t.conversation_id and e.lane = t.lane
                                            and e.seq = t.seq
                                            and exists (select from visible($5, $6) v
                                                         where v.id = t.conversation_id)) measured
                where coalesce(bytes_before, 0) < {PAGE_BYTES}) e on true
          left join users u on u.id = e.sender_id
         order by e.xact, e.n, e.place
        """,
        *place,
        limit,
        reader.kind,
        reader.id,
    )
    first, last = rows[0], rows[-1]
    cleared = Position(first["cleared_xact"], first["cleared_n"], first["cleared_place"])
    if after is not None and not stands(after, cleared, first):
        return EventPage(is_gone=True, next=after)
    if first["xact"] is None:
        return EventPage(next=after or Bookmark(cleared))
    return EventPage(
        items=[(row["message_id"], entry_of(row)) for row in rows if row["sender_id"] is not None],
        next=Bookmark(position_of(last), mark_of(last["conversation_id"], last["lane"], last["seq"])),
    )


def stands(bookmark: Bookmark, cleared: Position, row: Any) -> bool:
    """Say whether all that came after a bookmark is known."""
    position = bookmark.position
    if position <= cleared:
        return position == cleared
    here = row["here_conversation_id"]
    if here is not None:
        return mark_of(here, row["here_lane"], row["here_seq"]) == bookmark.mark
    # Of the log as it was before it was replaced: all that is new has come after it. Its entry may be lost with that
    # log, so nothing tells it from one that was made up.
    return bool(position.xact <= row["base"])


def position_of(row: Any) -> Position:
    return Position(row["xact"], row["n"], row["place"])


def change_of(row: Any) -> Change | None:
    if row["message_id"] is None:
        return None
    return Change(
        id=row["message_id"],
        conversation_id=row["conversation_id"],
        lane=Lane(row["lane"]),
        seq=row["seq"],
        type=row["type"],
    )
