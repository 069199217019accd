"""The log's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from app.protocol import LogEntry, MessageReceived, Sender
from app.spine.db import Database
from app.spine.log.entry import Draft, Lane, make_entry
from app.spine.log.epochs import EPOCH

PAGE = 100
"""Entries read at once for a reader who is behind."""
PAGE_BYTES = 128 * 1024
"""Bytes of text that fill a page; a page of the longest entries would be fifty times that."""

MISSED = 10
"""Messages of colleagues that are told to whoever has not seen them; the client has more of them in its log."""


class Verdict(Struct):
    """The outcome of one draft; see migrations/functions/append_entries.sql for the words.

    `seq` and `created_at` are there for entries that are in the log, new or not.
    """

    ord: int
    verdict: str
    seq: int
    message_id: UUID
    created_at: datetime
    bot: str | None
    newcomer: bool | None
    missed: list[MessageReceived] = []
    """Of a 'stale' answer: messages of colleagues that its sender has not seen."""


async def append_entries(db: Database, drafts: Sequence[Draft]) -> list[Verdict]:
    """Append the drafts in their order, in one statement; return their verdicts in the same order."""
    rows = await db.fetch(
        "select * from append_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [draft.conversation_id for draft in drafts],
        [draft.lane for draft in drafts],
        [draft.type for draft in drafts],
        [draft.sender.id for draft in drafts],
        [draft.client_msg_id for draft in drafts],
        [draft.message_id for draft in drafts],
        [draft.target_seq for draft in drafts],
        [draft.body.decode() for draft in drafts],
        [draft.seen_seq for draft in drafts],
        [draft.team_seen_seq for draft in drafts],
    )
    verdicts = [Verdict(*row) for row in rows]
    verdicts.sort(key=lambda verdict: verdict.ord)
    stale = [
        (draft, verdict)
        for draft, verdict in zip(drafts, verdicts, strict=True)
        if verdict.verdict == "stale"
    ]
    if stale:
        missed = await select_missed(db, [draft for draft, _ in stale])
        for (_, verdict), theirs in zip(stale, missed, strict=True):
            verdict.missed = theirs
    return verdicts


COLUMNS = """
       e.conversation_id, e.lane, e.seq, e.type, e.client_msg_id, e.message_id, e.target_seq, e.body, e.created_at,
       u.id as sender_id, u.role as sender_role, u.name as sender_name
"""


async def select_missed(db: Database, drafts: Sequence[Draft]) -> list[list[MessageReceived]]:
    """Return the newest messages of colleagues that the sender of each draft has not seen, oldest first."""
    rows = await db.fetch(
        f"""
        select w.ord, {COLUMNS}
          from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[]) with ordinality
            as w (conversation_id, sender_id, seen_seq, team_seen_seq, ord)
         cross join lateral (
               select e.*
                 from (select * from entries e
                        where e.conversation_id = w.conversation_id and e.lane = 0 and e.seq > w.seen_seq
                        union all
                       select * from entries e
                        where e.conversation_id = w.conversation_id and e.lane = 1 and e.seq > w.team_seen_seq) e
                 join users a on a.id = e.sender_id and a.role = 'agent'
                where e.type = 'message_received' and e.sender_id <> w.sender_id and e.body ->> 'type' <> 'deleted'
                order by e.created_at desc, e.lane, e.seq desc
                limit {MISSED}) e
          join users u on u.id = e.sender_id
         order by w.ord, e.created_at, e.lane desc, e.seq
        """,
        [draft.conversation_id for draft in drafts],
        [draft.sender.id for draft in drafts],
        [draft.seen_seq for draft in drafts],
        [draft.team_seen_seq for draft in drafts],
    )
    missed: list[list[MessageReceived]] = [[] for _ in drafts]
    for row in rows:
        entry = entry_of(row)
        if isinstance(entry, MessageReceived):
            missed[row["ord"] - 1].append(entry)
    return missed


def page_of(where: str, *, order: str = "asc", limit: str = str(PAGE)) -> str:
    """Return the subquery for the first entries in this order, as many as one page takes."""
    return f"""
               select *
                 from (select *, sum(bytes) over (order by seq {order}) - bytes as bytes_before
                         from (select *, octet_length(e.body::text) as bytes
                                 from entries e
                                where {where}
                                order by e.seq {order}
                                limit {limit}) measured) summed
                where bytes_before < {PAGE_BYTES}"""


async def select_pages(
    db: Database, wanted: Iterable[tuple[UUID, Lane, int]]
) -> Mapping[tuple[UUID, Lane, int], list[LogEntry]]:
    """Return a page of entries after each (conversation, lane, seq), oldest first.

    Many readers who are behind share one statement; who asks for the same page gets the same list.
    """
    keys = list(wanted)
    rows = await db.fetch(
        f"""
        select w.since, {COLUMNS}
          from unnest($1::uuid[], $2::smallint[], $3::bigint[]) as w (conversation_id, lane, since)
         cross join lateral ({
            page_of("e.conversation_id = w.conversation_id and e.lane = w.lane and e.seq > w.since")
        }) e
          join users u on u.id = e.sender_id
         order by e.conversation_id, e.lane, w.since, e.seq
        """,
        [conversation_id for conversation_id, _, _ in keys],
        [lane for _, lane, _ in keys],
        [since for _, _, since in keys],
    )
    pages: dict[tuple[UUID, Lane, int], list[LogEntry]] = {key: [] for key in keys}
    for row in rows:
        pages[row["conversation_id"], Lane(row["lane"]), row["since"]].append(entry_of(row))
    return pages


async def select_history(
    db: Database, conversation_id: UUID, lane: Lane, *, before: int | None, limit: int
) -> tuple[list[LogEntry], int, str]:
    """Return at most `limit` entries before `before` (None: the newest), oldest first, their head and their epoch.

    One statement, so that head and entries are of one moment. The caller has checked who asks.
    """
    rows = await db.fetch(
        f"""
        select case $2::smallint when 0 then h.last_seq else h.team_last_seq end as head,
               {EPOCH} as epoch, {COLUMNS}
          from conversation_heads h
          left join lateral ({
            page_of(
                "e.conversation_id = h.conversation_id and e.lane = $2"
                " and e.seq < coalesce($3, 9223372036854775807)",
                order="desc",
                limit="$4",
            )
        }) e on true
          left join users u on u.id = e.sender_id
         where h.conversation_id = $1
         order by e.seq
        """,
        conversation_id,
        lane,
        before,
        limit,
    )
    head, epoch = (rows[0]["head"], rows[0]["epoch"] or "") if rows else (0, "")
    return [entry_of(row) for row in rows if row["seq"] is not None], head, epoch


async def select_entries(
    db: Database, conversation_id: UUID, lane: Lane, *, since: int
) -> tuple[list[LogEntry], int, str]:
    """Return a page of entries after `since`, oldest first, their head and their epoch.

    The caller has checked who asks.
    """
    rows = await db.fetch(
        f"""
        select case $2::smallint when 0 then h.last_seq else h.team_last_seq end as head,
               {EPOCH} as epoch, {COLUMNS}
          from conversation_heads h
          left join lateral ({
            page_of("e.conversation_id = h.conversation_id and e.lane = $2 and e.seq > $3")
        }) e on true
          left join users u on u.id = e.sender_id
         where h.conversation_id = $1
         order by e.seq
        """,
        conversation_id,
        lane,
        since,
    )
    head, epoch = (rows[0]["head"], rows[0]["epoch"] or "") if rows else (0, "")
    return [entry_of(row) for row in rows if row["seq"] is not None], head, epoch


def entry_of(row: Any) -> LogEntry:
    """Build an entry from a row with the columns of `COLUMNS`."""
    return make_entry(
        row["type"],
        conversation_id=row["conversation_id"],
        lane=row["lane"],
        seq=row["seq"],
        message_id=row["message_id"],
        client_msg_id=row["client_msg_id"],
        sender=Sender(row["sender_id"], row["sender_role"], row["sender_name"]),
        target_seq=row["target_seq"],
        body=row["body"],
        created_at=row["created_at"],
    )
