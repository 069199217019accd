"""The epoch that this log was given, and what shows that it is another log now."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from app.spine.db import Database

EPOCH = "(select value from installation where name = 'epoch')"
"""The epoch as a column: read with what it speaks of, in one statement, it is of the same log."""


class Witness(NamedTuple):
    """An entry that was seen in the log."""

    conversation_id: UUID
    lane: int
    seq: int
    message_id: UUID


class LogState(Struct):
    epoch: str | None
    given_to: str | None
    """The fingerprint of the log that the epoch was given to."""
    fingerprint: str | None
    """Of the log that is there now; None on a standby."""
    tail_epoch: str | None
    """The epoch that its tail was last moved for."""
    is_ahead: bool
    """Whether its tail has transactions that are still to come, which are those of another cluster."""
    forked: bool
    """Whether a witness is not in it."""


async def select_log_state(db: Database, witnesses: Collection[Witness]) -> LogState:
    """Return which log this is. A witness whose conversation was erased as a whole says nothing."""
    [row] = await db.fetch(
        f"""
        select {EPOCH} as epoch, (select value from installation where name = 'epoch_of') as given_to,
               log_fingerprint() as fingerprint, (select epoch from tail_bounds) as tail_epoch,
               exists (select from tail
                        where xact >= (select base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                                         from tail_bounds)) as is_ahead,
               exists (select
                         from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::uuid[])
                           as w (conversation_id, lane, seq, message_id)
                         join conversation_heads h on h.conversation_id = w.conversation_id
                         left join entries e on e.conversation_id = w.conversation_id and e.lane = w.lane
                                            and e.seq = w.seq
                        where e.message_id is distinct from w.message_id) as forked
        """,
        [witness.conversation_id for witness in witnesses],
        [witness.lane for witness in witnesses],
        [witness.seq for witness in witnesses],
        [witness.message_id for witness in witnesses],
    )
    return LogState(**row)


async def update_epoch(db: Database, known: str | None, epoch: str, fingerprint: str) -> None:
    """Give the log a new epoch, unless another process was faster."""
    await db.execute(
        """
        with given as (
            insert into installation as i (name, value) values ('epoch', $2)
                on conflict (name) do update set value = excluded.value where i.value = $1
            returning value
        )
        insert into installation (name, value) select 'epoch_of', $3 from given
            on conflict (name) do update set value = excluded.value
        """,
        known,
        epoch,
        fingerprint,
    )


async def move_tail(db: Database, epoch: str) -> None:
    """Let what is appended from now on come after all that readers have seen, once for an epoch."""
    await db.execute("select move_tail($1)", epoch)
