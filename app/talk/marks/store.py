"""Read and delivery marks, and what agents have put back as unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import UNSET

from app.protocol import ReadState, ReceiptUpdated
from app.spine.db import Database

UNKNOWN = -1


class Progress(NamedTuple):
    """The way that one user has come in one conversation."""

    delivered_seq: int = 0
    read_seq: int = 0
    team_read_seq: int = 0
    version: int = UNKNOWN
    """The version of their read state when they began to read."""

    def with_more(self, other: Progress) -> Progress:
        return Progress(*map(max, self, other))


class Grown(NamedTuple):
    receipt: ReceiptUpdated
    state: ReadState | None
    """Of an agent."""


async def upsert_marks(db: Database, marks: Mapping[tuple[UUID, int], Progress]) -> list[Grown]:
    """Raise the marks of each (conversation, user), up to the heads; return those that changed.

    A mark never falls. What was put back as unread is read again by whoever knew of it when they began to read, or says
    nothing of that and reads something new. When an agent has read up to the customer's last message, nothing is unread
    for the team any more.
    """
    rows = await db.fetch(
        """
        with wanted as (
            select w.conversation_id, w.user_id, least(w.delivered_seq, h.last_seq) as delivered_seq,
                   least(w.read_seq, h.last_seq) as read_seq,
                   case u.role when 'agent' then least(w.team_read_seq, h.team_last_seq) else 0 end as team_read_seq,
                   case when k.user_id is null then 0
                        when w.version >= 0 then least(w.version, k.version)
                        when least(w.read_seq, h.last_seq) > k.read_seq then k.version
                        else -1
                   end as known_version,
                   u.role, h.last_seq
              from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
                as w (conversation_id, user_id, delivered_seq, read_seq, team_read_seq, version)
              join conversation_heads h on h.conversation_id = w.conversation_id
              join users u on u.id = w.user_id
              join lateral visible(u.role, u.id) c on c.id = w.conversation_id
              left join marks k on k.conversation_id = w.conversation_id and k.user_id = w.user_id
             order by w.conversation_id, w.user_id
        ), marked as (
            insert into marks as m (conversation_id, user_id, delivered_seq, read_seq, team_read_seq, version)
            select conversation_id, user_id, greatest(delivered_seq, read_seq), read_seq, team_read_seq, known_version
              from wanted
            on conflict (conversation_id, user_id) do update
               set delivered_seq = greatest(m.delivered_seq, excluded.delivered_seq),
                   read_seq = greatest(m.read_seq, excluded.read_seq),
                   team_read_seq = greatest(m.team_read_seq, excluded.team_read_seq),
                   unread_from = case when excluded.version < m.version then m.unread_from end,
                   version = m.version + (m.unread_from is not null and excluded.version >= m.version)::integer
             where m.delivered_seq < excluded.delivered_seq
                or m.read_seq < excluded.read_seq
                or m.team_read_seq < excluded.team_read_seq
                or m.unread_from is not null and excluded.version >= m.version
            returning m.conversation_id, m.user_id, m.delivered_seq, m.read_seq, m.team_read_seq, m.unread_from,
                      m.version
        ), seen as (
            update conversation_heads h
               set unread = 0, version = h.version + 1,
                   changed_in = pg_current_xact_id(), changed_block = change_block(pg_current_xact_id())
              from (select conversation_id, max(read_seq) as read_seq
                      from wanted where role = 'agent' group by conversation_id) w
             where h.conversation_id = w.conversation_id and h.unread > 0 and w.read_seq >= h.last_message_seq
        )
        select m.*, w.role
          from marked m
          join wanted w using (conversation_id, user_id)
        """,
        [conversation_id for conversation_id, _ in marks],
        [user_id for _, user_id in marks],
        [progress.delivered_seq for progress in marks.values()],
        [progress.read_seq for progress in marks.values()],
        [progress.team_read_seq for progress in marks.values()],
        [progress.version for progress in marks.values()],
    )
    return [_grown(row) for row in rows]


async def upsert_unread(db: Database, conversation_id: UUID, agent_id: int, seq: int) -> ReadState | None:
    """Put a conversation back as unread from an entry on; return how it is read now, None if they do not see it."""
    row = await db.fetchrow(
        """
        insert into marks as m (conversation_id, user_id, unread_from, version)
        select c.id, $2, greatest(1, least($3, h.last_seq)), 1
          from visible('agent', $2) c
          join conversation_heads h on h.conversation_id = c.id
         where c.id = $1
        on conflict (conversation_id, user_id) do update
           set unread_from = excluded.unread_from, version = m.version + 1
        returning m.*
        """,
        conversation_id,
        agent_id,
        seq,
    )
    return _state(row) if row else None


async def select_read_states(
    db: Database, agent_id: int, conversation_ids: Sequence[UUID]
) -> list[ReadState]:
    """Return how far an agent has read those of the conversations that they see and have ever read."""
    rows = await db.fetch(
        """
        select m.*
          from marks m
          join visible('agent', $1) c on c.id = m.conversation_id
         where m.user_id = $1 and m.conversation_id = any ($2::uuid[])
        """,
        agent_id,
        conversation_ids,
    )
    return [_state(row) for row in rows]


def _grown(row: Mapping[str, Any]) -> Grown:
    is_agent = row["role"] == "agent"
    receipt = ReceiptUpdated(
        row["user_id"],
        row["role"],
        row["delivered_seq"],
        row["read_seq"],
        row["team_read_seq"] if is_agent else UNSET,
        conversation_id=row["conversation_id"],
    )
    return Grown(receipt, _state(row) if is_agent else None)


def _state(row: Mapping[str, Any]) -> ReadState:
    return ReadState(
        conversation_id=row["conversation_id"],
        read_seq=row["read_seq"],
        team_read_seq=row["team_read_seq"],
        unread_from=row["unread_from"],
        version=row["version"],
    )
