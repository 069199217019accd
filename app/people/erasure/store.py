"""Everything that is kept of a customer, and its end."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from app.protocol import Sender
from app.spine.db import Database

ERASED_NAME = "Erased visitor"


class Said(Struct, frozen=True, kw_only=True):
    """A message that still has its text."""

    conversation_id: UUID
    lane: int
    seq: int
    message_id: UUID


async def select_system(db: Database) -> Sender:
    """Return the user in whose name the log tells what no person did."""
    row = await db.fetchrow("select id, name from users where role = 'system' order by id limit 1")
    assert row is not None, "the schema makes it"  # noqa: S101
    return Sender(row["id"], "system", row["name"])


async def anonymise_customer(db: Database, user_id: int) -> bool:
    """Take all that is known and noted of a customer, and all sessions, presence and marks; tell whether there is one.

    They can come in no more: whoever comes from the same browser is a new visitor.
    """
    is_customer: bool = await db.fetchval(
        """
        with erased as (
            update users
               set name = $2, email = null, external_id = null, status_text = null, chosen_status = null,
                   name_by = null, email_by = null, phone = null, phone_by = null, device = null,
                   signed_attributes = null, unsigned_attributes = null, card_version = card_version + 1,
                   disabled_at = coalesce(disabled_at, now())
             where id = $1 and role = 'customer'
            returning id
        ), notes_gone as (
            delete from customer_notes where customer_id in (select id from erased)
        ), sessions_gone as (
            delete from sessions where user_id in (select id from erased)
        ), presence_gone as (
            delete from user_presence where user_id in (select id from erased)
        ), marks_gone as (
            delete from marks where user_id in (select id from erased)
        )
        select exists (select from erased)
        """,
        user_id,
        ERASED_NAME,
    )
    return is_customer


async def select_said(db: Database, user_id: int, *, limit: int) -> list[Said]:
    """Return messages of a customer's conversations, of either lane, that have not lost their text."""
    rows = await db.fetch(
        """
        select e.conversation_id, e.lane, e.seq, e.message_id
          from conversations c
          join entries e on e.conversation_id = c.id
         where c.customer_id = $1 and e.type = 'message_received' and e.body ->> 'type' <> 'deleted'
         order by e.conversation_id, e.lane, e.seq
         limit $2
        """,
        user_id,
        limit,
    )
    return [Said(**row) for row in rows]


async def select_open_conversations(db: Database, user_id: int) -> list[UUID]:
    rows = await db.fetch("select id from conversations where customer_id = $1 and status = 'open'", user_id)
    return [row["id"] for row in rows]


async def erase_edits(db: Database, user_id: int) -> None:
    """Take the text from the edits in a customer's conversations; the entries stay, and with them the numbering."""
    await db.execute(
        "delete from former_texts f using conversations c where c.customer_id = $1 and f.conversation_id = c.id",
        user_id,
    )
    await db.execute(
        """
        update entries e
           set body = '{"type": "text", "text": ""}'
          from conversations c
         where c.customer_id = $1 and e.conversation_id = c.id and e.type = 'message_edited'
           and e.body ->> 'text' <> ''
        """,
        user_id,
    )


async def erase_drafts(db: Database, user_id: int) -> None:
    """Delete what agents have begun to write in a customer's conversations."""
    await db.execute(
        "delete from drafts d using conversations c where c.customer_id = $1 and d.conversation_id = c.id",
        user_id,
    )


async def erase_changes(db: Database, user_id: int) -> None:
    """Take from the log what a customer's name, address and number were, and what they became."""
    await db.execute(
        """
        update entries e
           set body = jsonb_set(e.body, '{data,changes}', '[]')
          from conversations c
         where c.customer_id = $1 and e.conversation_id = c.id and e.type = 'conversation_event'
           and e.body ->> 'event' = 'customer_changed' and e.body -> 'data' -> 'changes' <> '[]'
        """,
        user_id,
    )
