"""Read and delivery marks."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.protocol import ReceiptUpdated
from app.spine.db import Database


async def upsert_marks(
    db: Database, marks: Mapping[tuple[UUID, int], tuple[int, int]]
) -> list[ReceiptUpdated]:
    """Raise the (delivered, read) marks of each (conversation, user), up to the head; return those that grew.

    A mark never falls. When an agent has read up to the customer's last message, nothing is unread any more.
    """
    rows = await db.fetch(
        """
        with wanted as (
            select w.conversation_id, w.user_id, least(w.delivered_seq, h.last_seq) as delivered_seq,
                   least(w.read_seq, h.last_seq) as read_seq, u.role, h.last_seq
              from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[])
                as w (conversation_id, user_id, delivered_seq, read_seq)
              join conversation_heads h on h.conversation_id = w.conversation_id
              join users u on u.id = w.user_id
              join lateral visible(u.role, u.id) c on c.id = w.conversation_id
             order by w.conversation_id, w.user_id
        ), marked as (
            insert into marks as m (conversation_id, user_id, delivered_seq, read_seq)
            select conversation_id, user_id, greatest(delivered_seq, read_seq), read_seq from wanted
            on conflict (conversation_id, user_id) do update
               set delivered_seq = greatest(m.delivered_seq, excluded.delivered_seq),
                   read_seq = greatest(m.read_seq, excluded.read_seq)
             where m.delivered_seq < excluded.delivered_seq or m.read_seq < excluded.read_seq
            returning m.conversation_id, m.user_id, m.delivered_seq, m.read_seq
        ), seen as (
            update conversation_heads h
               set unread = 0, version = h.version + 1,
                   changed_in = pg_current_xact_id(), changed_block = change_block(pg_current_xact_id())
              from (select conversation_id, max(read_seq) as read_seq
                      from wanted where role = 'agent' group by conversation_id) w
             where h.conversation_id = w.conversation_id and h.unread > 0 and w.read_seq >= h.last_message_seq
        )
        select m.conversation_id, m.user_id, w.role, m.delivered_seq, m.read_seq
          from marked m
          join wanted w using (conversation_id, user_id)
        """,
        [conversation_id for conversation_id, _ in marks],
        [user_id for _, user_id in marks],
        [delivered for delivered, _ in marks.values()],
        [read for _, read in marks.values()],
    )
    return [
        ReceiptUpdated(
            row["user_id"],
            row["role"],
            row["delivered_seq"],
            row["read_seq"],
            conversation_id=row["conversation_id"],
        )
        for row in rows
    ]
