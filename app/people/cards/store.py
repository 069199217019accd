"""A customer as the team knows them: read and written through a conversation that the reader sees."""

from __future__ import annotations

from uuid import UUID

from msgspec import json

from app.people.cards.card import Attribute, CustomerCard, CustomerNote, Known, OtherConversation, Source
from app.people.customers.attributes import Attributes
from app.people.customers.device import Device
from app.protocol import Sender
from app.spine.db import Database
from app.spine.identity import Reader

OTHERS = 20
"""Other conversations that a card lists."""


async def select_card(db: Database, reader: Reader, conversation_id: UUID) -> CustomerCard | None:
    """Return the customer of a conversation that this reader sees, with what the team has noted."""
    row = await db.fetchrow(
        """
        select u.id, u.card_version, u.name, u.name_by, u.email, u.email_by, u.phone, u.phone_by,
               u.external_id is not null as is_identified, u.device::text,
               u.signed_attributes::text
          from visible($1, $2) c
          join users u on u.id = c.customer_id
         where c.id = $3
        """,
        reader.kind,
        reader.id,
        conversation_id,
    )
    if row is None:
        return None
    # A website's signature was the only source before sources were kept.
    site: Source | None = "signed" if row["is_identified"] else None
    return CustomerCard(
        conversation_id=conversation_id,
        id=row["id"],
        version=row["card_version"],
        name=Known(row["name"], row["name_by"] or site),
        email=Known(row["email"], row["email_by"] or site) if row["email"] else None,
        phone=Known(row["phone"], row["phone_by"]) if row["phone"] else None,
        device=json.decode(row["device"], type=Device) if row["device"] else None,
        attributes=attributes_of(row["signed_attributes"], "signed"),
        notes=await select_notes(db, row["id"]),
        conversations=await select_others(db, reader, row["id"], conversation_id),
    )


def attributes_of(said: str | None, source: Source) -> list[Attribute]:
    if said is None:
        return []
    return [Attribute(name, value, source) for name, value in json.decode(said, type=Attributes).items()]


async def select_notes(db: Database, customer_id: int) -> list[CustomerNote]:
    """Return what agents have noted about a person, newest first."""
    rows = await db.fetch(
        """
        select n.id, n.author_id, a.role, a.name, n.text, n.created_at, n.edited_at
          from customer_notes n
          join users a on a.id = n.author_id
         where n.customer_id = $1
         order by n.id desc
        """,
        customer_id,
    )
    return [
        CustomerNote(
            row["id"],
            Sender(row["author_id"], row["role"], row["name"]),
            row["text"],
            row["created_at"],
            row["edited_at"],
        )
        for row in rows
    ]


async def select_others(
    db: Database, reader: Reader, customer_id: int, conversation_id: UUID
) -> list[OtherConversation]:
    """Return the customer's other conversations in which anything was said, as far as this reader sees them."""
    rows = await db.fetch(
        """
        select c.id, h.status, c.created_at, h.updated_at
          from visible($1, $2) c
          join conversation_heads h on h.conversation_id = c.id
         where c.customer_id = $3 and c.id <> $4 and h.has_entries
         order by c.created_at desc, c.id desc
         limit $5
        """,
        reader.kind,
        reader.id,
        customer_id,
        conversation_id,
        OTHERS,
    )
    return [OtherConversation(*row) for row in rows]


async def select_is_erased(db: Database, customer_id: int) -> bool:
    is_erased: bool = await db.fetchval(
        "select disabled_at is not null from users where id = $1", customer_id
    )
    return is_erased
