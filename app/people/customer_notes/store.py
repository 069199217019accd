"""Notes about a person, each reached through a conversation of theirs that the agent sees."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.spine.db import Database
from app.spine.identity import Identity

THEIRS = """
    theirs as (
        select u.id
          from visible($1, $2) c
          join users u on u.id = c.customer_id and u.disabled_at is null
         where c.id = $3
    )"""


async def insert_note(
    db: Database, agent: Identity, conversation_id: UUID, text: str, *, most: int
) -> Literal["done", "not_found", "too_many"]:
    """Write a note down, and say what became of it; see migrations/functions/add_customer_note.sql."""
    verdict: Literal["done", "not_found", "too_many"] = await db.fetchval(
        "select add_customer_note($1, $2, $3, $4)", agent.user_id, conversation_id, text, most
    )
    return verdict


async def update_note(db: Database, agent: Identity, conversation_id: UUID, note_id: int, text: str) -> bool:
    return await _changed(
        db,
        """
        update customer_notes n set text = $5, edited_at = now() from theirs
         where n.id = $4 and n.customer_id = theirs.id returning customer_id
        """,
        agent,
        conversation_id,
        note_id,
        text,
    )


async def delete_note(db: Database, agent: Identity, conversation_id: UUID, note_id: int) -> bool:
    return await _changed(
        db,
        "delete from customer_notes n using theirs where n.id = $4 and n.customer_id = theirs.id returning customer_id",
        agent,
        conversation_id,
        note_id,
    )


async def select_author(db: Database, agent: Identity, conversation_id: UUID, note_id: int) -> int | None:
    """Return who wrote a note about this conversation's customer."""
    author_id: int | None = await db.fetchval(
        f"""
        with {THEIRS}
        select n.author_id from customer_notes n join theirs t on t.id = n.customer_id where n.id = $4
        """,
        agent.kind,
        agent.id,
        conversation_id,
        note_id,
    )
    return author_id


async def _changed(
    db: Database, statement: str, agent: Identity, conversation_id: UUID, *arguments: object
) -> bool:
    """Change notes, and with them the version of the customer's card; say whether there was anything to change."""
    found: bool = await db.fetchval(
        f"""
        with {THEIRS}, done as ({statement}), counted as (
            update users u set card_version = u.card_version + 1 from done where u.id = done.customer_id
        )
        select exists (select from done)
        """,
        agent.kind,
        agent.id,
        conversation_id,
        *arguments,
    )
    return found
