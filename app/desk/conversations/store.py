"""Conversations as a reader sees them: the team's view of one, and its customer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.desk.conversations.cursors import PageEnd
from app.protocol import Conversation, ConversationStatus, LastMessage, Person, Sender, TeamName
from app.spine.db import Database
from app.spine.identity import Reader
from app.spine.log.entry import decode_content

COLUMNS = """
       c.id, c.inbox_id, h.status, nullif(h.snoozed_until, 'infinity') as snoozed_until, c.created_at,
       (array['low', 'normal', 'high', 'urgent'])[h.priority + 2] as priority, h.labels,
       h.version, h.last_seq, h.team_last_seq, h.unread, h.waiting_since, h.updated_at, h.active_at,
       u.id as customer_id, u.name as customer_name, u.email as customer_email, u.card_version,
       coalesce(p.status <> 'offline', false) as customer_online,
       a.id as assignee_id, a.name as assignee_name, a.role as assignee_role, t.id as team_id, t.name as team_name,
       m.seq as message_seq, m.created_at as message_created_at,
       case m.type when 'message_received' then m.body else '{}' end as message_body,
       s.id as sender_id, s.role as sender_role, s.name as sender_name
  from conversation_heads h
  join visible($1, $2) c on c.id = h.conversation_id
  join users u on u.id = c.customer_id
  left join user_presence p on p.user_id = u.id
  left join users a on a.id = c.assignee_id
  left join teams t on t.id = c.team_id
  left join entries m on m.conversation_id = c.id and m.lane = 0 and m.seq = h.last_message_seq
  left join users s on s.id = m.sender_id
"""


OWN_COLUMNS = """
       c.id, c.inbox_id, c.status, c.created_at, h.last_seq, coalesce(l.created_at, c.created_at) as updated_at,
       u.id as customer_id, u.name as customer_name, u.email as customer_email,
       m.seq as message_seq, m.created_at as message_created_at,
       case m.type when 'message_received' then m.body else '{}' end as message_body,
       s.id as sender_id, s.role as sender_role, s.name as sender_name,
       (select count(*)
          from (select
                  from entries e
                 where e.conversation_id = c.id and e.lane = 0 and e.type = 'message_received'
                   and e.seq > coalesce((select k.read_seq from marks k
                                          where k.conversation_id = c.id and k.user_id = $1), 0)
                   and e.sender_id <> $1 and e.body ->> 'type' <> 'deleted'
                 limit 100) e) as unread
  from visible('customer', $1) c
  join conversation_heads h on h.conversation_id = c.id
  join users u on u.id = c.customer_id
  left join entries l on l.conversation_id = c.id and l.lane = 0 and l.seq = h.last_seq
  left join entries m on m.conversation_id = c.id and m.lane = 0 and m.seq = h.last_message_seq
  left join users s on s.id = m.sender_id
"""
"""The same for its customer, of the public lane alone: nothing here moves with a note."""


async def select_conversation(db: Database, reader: Reader, conversation_id: UUID) -> Conversation | None:
    """Return a conversation as the team sees it, if this reader may."""
    row = await db.fetchrow(f"select {COLUMNS} where c.id = $3", reader.kind, reader.id, conversation_id)
    return conversation_of(row) if row else None


async def select_own_conversation(
    db: Database, customer_id: int, conversation_id: UUID
) -> Conversation | None:
    """Return a conversation as its customer sees it; another's does not exist."""
    row = await db.fetchrow(f"select {OWN_COLUMNS} where c.id = $2", customer_id, conversation_id)
    return _own_conversation(row) if row else None


async def select_conversations_by_id(db: Database, conversation_ids: Sequence[UUID]) -> list[Conversation]:
    """Return these conversations as the team sees them, whoever of it: whom they are for is asked by the caller."""
    rows = await db.fetch(
        f"select {COLUMNS} where h.conversation_id = any ($3::uuid[])", "system", 0, conversation_ids
    )
    return [conversation_of(row) for row in rows]


async def select_own_conversations(
    db: Database, customer_id: int, *, status: ConversationStatus | None, before: PageEnd | None, limit: int
) -> tuple[list[Conversation], PageEnd | None]:
    """Return a page of a customer's own list, newest public activity first, and the cursor for the next page."""
    rows = await db.fetch(
        f"""
        select date_trunc('minute', updated_at) as active_at, own.*
          from (select {OWN_COLUMNS}
                 where $2::text is null or c.status = $2) own
         where $3::timestamptz is null or (updated_at, id) < ($3, $4::uuid)
         order by updated_at desc, id desc
         limit $5 + 1
        """,
        customer_id,
        status,
        before.updated_at if before else None,
        before.id if before else None,
        limit,
    )
    return [_own_conversation(row) for row in rows[:limit]], _cursor(rows, limit)


def _cursor(rows: Sequence[Mapping[str, Any]], limit: int) -> PageEnd | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return PageEnd(last["active_at"], last["updated_at"], last["id"])


def conversation_of(row: Mapping[str, Any]) -> Conversation:
    assignee = row["assignee_id"] and Person(
        id=row["assignee_id"], name=row["assignee_name"], role=row["assignee_role"]
    )
    return Conversation(
        id=row["id"],
        inbox_id=row["inbox_id"],
        version=row["version"],
        status=row["status"],
        snoozed_until=row["snoozed_until"] if row["status"] == "snoozed" else UNSET,
        priority=row["priority"],
        labels=row["labels"],
        customer=_customer(row, online=row["customer_online"], card_version=row["card_version"]),
        assignee=assignee or None,
        team=TeamName(row["team_id"], row["team_name"]) if row["team_id"] else None,
        last_message=_last_message(row),
        last_seq=row["last_seq"],
        team_last_seq=row["team_last_seq"],
        unread=row["unread"],
        waiting_since=row["waiting_since"],
        updated_at=row["updated_at"],
        created_at=row["created_at"],
    )


def _own_conversation(row: Mapping[str, Any]) -> Conversation:
    return Conversation(
        id=row["id"],
        inbox_id=row["inbox_id"],
        version=row["last_seq"],
        status=row["status"],
        customer=_customer(row),
        # Customers do not learn who has it, and how much agents say among themselves.
        assignee=None,
        last_message=_last_message(row),
        last_seq=row["last_seq"],
        team_last_seq=0,
        unread=row["unread"],
        waiting_since=None,
        updated_at=row["updated_at"],
        created_at=row["created_at"],
    )


def _customer(
    row: Mapping[str, Any], *, online: bool | UnsetType = UNSET, card_version: int | UnsetType = UNSET
) -> Person:
    return Person(
        id=row["customer_id"],
        name=row["customer_name"],
        role="customer",
        email=row["customer_email"],
        online=online,
        card_version=card_version,
    )


def _last_message(row: Mapping[str, Any]) -> LastMessage | None:
    if row["message_seq"] is None:
        return None
    return LastMessage(
        row["message_seq"],
        Sender(row["sender_id"], row["sender_role"], row["sender_name"]),
        decode_content(row["message_body"]),
        row["message_created_at"],
    )
