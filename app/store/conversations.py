"""Conversations as a person sees them: customers their own, agents and backends all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct

from app.db import Database
from app.identity import Identity
from app.log import decode_content
from app.protocol import Conversation, ConversationStatus, LastMessage, Person, Sender

COLUMNS = """
       c.id, c.inbox_id, c.status, c.created_at,
       h.version, h.last_seq, h.team_last_seq, h.unread, h.updated_at, h.active_at,
       u.id as customer_id, u.name as customer_name, u.email as customer_email,
       coalesce(p.status <> 'offline', false) as customer_online,
       a.id as assignee_id, a.name as assignee_name, a.role as assignee_role,
       m.seq as message_seq, m.body as message_body, m.created_at as message_created_at,
       s.id as sender_id, s.role as sender_role, s.name as sender_name
  from conversation_heads h
  join conversations c on c.id = h.conversation_id
  join users u on u.id = c.customer_id
  left join user_presence p on p.user_id = u.id
  left join users a on a.id = c.assignee_id
  left join entries m on m.conversation_id = c.id and m.lane = 0 and m.seq = h.last_message_seq
  left join users s on s.id = m.sender_id
"""


class Cursor(Struct, frozen=True):
    """Where a page of the list ends: behind this conversation, as it was then."""

    active_at: datetime
    updated_at: datetime
    id: UUID


async def open_conversation(db: Database, customer_id: int, new_id: UUID) -> UUID:
    """Return the customer's open conversation; where there is none, create it as `new_id`."""
    conversation_id: UUID = await db.fetchval("select open_conversation($1, $2)", customer_id, new_id)
    return conversation_id


async def select_conversation(
    db: Database, conversation_id: UUID, *, customer_id: int | None = None
) -> Conversation | None:
    """Return a conversation, if `customer_id` is its customer; None in its place stands for the team."""
    row = await db.fetchrow(
        f"select {COLUMNS} where c.id = $1 and ($2::integer is null or c.customer_id = $2)",
        conversation_id,
        customer_id,
    )
    return _conversation(row, for_customer=customer_id is not None) if row else None


async def select_customer(db: Database, conversation_id: UUID) -> Identity | None:
    """Return the customer of a conversation."""
    row = await db.fetchrow(
        "select u.id, u.name from conversations c join users u on u.id = c.customer_id where c.id = $1",
        conversation_id,
    )
    return Identity(user_id=row["id"], role="customer", name=row["name"]) if row else None


async def select_conversations_by_id(db: Database, conversation_ids: Sequence[UUID]) -> list[Conversation]:
    """Return these conversations as the team sees them."""
    rows = await db.fetch(f"select {COLUMNS} where h.conversation_id = any ($1::uuid[])", conversation_ids)
    return [_conversation(row) for row in rows]


async def select_conversations(
    db: Database, *, status: ConversationStatus | None, before: Cursor | None, limit: int
) -> tuple[list[Conversation], Cursor | None]:
    """Return a page of the team's list, newest activity first, and the cursor for the next page.

    What nobody has written in is not listed: a visitor who only opened the widget asks for nothing.
    """
    rows = await db.fetch(
        f"""
        select {COLUMNS}
         where h.has_entries
           and ($1::text is null or c.status = $1)
           and ($2::timestamptz is null or (h.active_at <= $2
                and (h.active_at, h.updated_at, h.conversation_id) < ($2, $3::timestamptz, $4::uuid)))
         order by h.active_at desc, h.updated_at desc, h.conversation_id desc
         limit $5 + 1
        """,
        status,
        before.active_at if before else None,
        before.updated_at if before else None,
        before.id if before else None,
        limit,
    )
    return _page(rows, limit, for_customer=False)


async def select_own_conversations(
    db: Database, customer_id: int, *, status: ConversationStatus | None, before: Cursor | None, limit: int
) -> tuple[list[Conversation], Cursor | None]:
    """Return a page of a customer's own list, newest activity first, and the cursor for the next page."""
    rows = await db.fetch(
        f"""
        select {COLUMNS}
         where c.customer_id = $1
           and ($2::text is null or c.status = $2)
           and ($3::timestamptz is null
                or (h.active_at, h.updated_at, h.conversation_id) < ($3, $4::timestamptz, $5::uuid))
         order by h.active_at desc, h.updated_at desc, h.conversation_id desc
         limit $6 + 1
        """,
        customer_id,
        status,
        before.active_at if before else None,
        before.updated_at if before else None,
        before.id if before else None,
        limit,
    )
    return _page(rows, limit, for_customer=True)


def _page(
    rows: Sequence[Mapping[str, Any]], limit: int, *, for_customer: bool
) -> tuple[list[Conversation], Cursor | None]:
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    cursor = Cursor(last["active_at"], last["updated_at"], last["id"]) if last else None
    return [_conversation(row, for_customer=for_customer) for row in page], cursor


def _conversation(row: Mapping[str, Any], *, for_customer: bool = False) -> Conversation:
    assignee = row["assignee_id"] and Person(
        id=row["assignee_id"], name=row["assignee_name"], role=row["assignee_role"]
    )
    last_message = row["message_seq"] and LastMessage(
        row["message_seq"],
        Sender(row["sender_id"], row["sender_role"], row["sender_name"]),
        decode_content(row["message_body"]),
        row["message_created_at"],
    )
    return Conversation(
        id=row["id"],
        inbox_id=row["inbox_id"],
        version=row["version"],
        status=row["status"],
        customer=Person(
            id=row["customer_id"],
            name=row["customer_name"],
            role="customer",
            email=row["customer_email"],
            online=UNSET if for_customer else row["customer_online"],
        ),
        assignee=assignee or None,
        last_message=last_message or None,
        last_seq=row["last_seq"],
        # How much the team says among itself is not the customer's business.
        team_last_seq=0 if for_customer else row["team_last_seq"],
        unread=row["unread"],
        updated_at=row["updated_at"],
        created_at=row["created_at"],
    )
