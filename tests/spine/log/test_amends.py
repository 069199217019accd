"""Entries of older versions are brought up to today's rules, some conversations at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from app.spine.db import Database
from app.spine.log.amend_store import amend_conversations
from app.values.postgres_address import PostgresAddress
from app.values.uuid7 import uuid7

TEXTS = '{"type": "text", "text": "%s"}'
DELETED = '{"type": "deleted"}'


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    made = Database(PostgresAddress.read(database_url), pool_size=4)
    await made.connect()
    yield made
    await made.disconnect()


class Past:
    """A conversation as version 0.1 has left it."""

    def __init__(self, db: Database, id: UUID, customer_id: int) -> None:
        self.db, self.id, self.customer_id = db, id, customer_id

    async def entry(
        self, seq: int, type: str, body: str, *, target: int | None = None, sender: int = 0, lane: int = 0
    ) -> None:
        await self.db.execute(
            "insert into entries (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id,"
            " target_seq, body) values ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
            self.id,
            lane,
            seq,
            type,
            sender or self.customer_id,
            uuid7(),
            target,
            body,
        )

    async def bodies(self, lane: int = 0) -> list[dict[str, object]]:
        rows = await self.db.fetch(
            "select body from entries where conversation_id = $1 and lane = $2 order by seq", self.id, lane
        )
        return [msgspec.json.decode(row["body"]) for row in rows]


async def past(db: Database) -> Past:
    inbox_id = await db.fetchval(
        "insert into inboxes (key, name, identity_secret) values ($1, $1, 's') returning id", str(uuid7())
    )
    customer_id = await db.fetchval(
        "insert into users (role, name, inbox_id) values ('customer', 'Visitor', $1) returning id", inbox_id
    )
    made = Past(db, uuid7(), customer_id)
    await db.execute(
        "insert into conversations (id, inbox_id, customer_id) values ($1, $2, $3)",
        made.id,
        inbox_id,
        customer_id,
    )
    await db.execute("insert into conversation_heads (conversation_id) values ($1)", made.id)
    return made


async def amended(db: Database) -> None:
    while await amend_conversations(db, 2):
        pass


async def test_texts_that_were_edited_or_deleted_away_leave_the_log(db: Database) -> None:
    conversations = [await past(db) for _ in range(5)]
    for conversation in conversations:
        for lane in (0, 1):
            entry = partial(conversation.entry, lane=lane)
            await entry(1, "message_received", TEXTS % "edited once")
            await entry(2, "message_received", DELETED)
            await entry(3, "message_received", TEXTS % "never edited")
            await entry(4, "message_edited", TEXTS % "edited twice", target=1)
            await entry(5, "message_edited", TEXTS % "deleted since", target=2)
            await entry(6, "message_deleted", "{}", target=2)
            await entry(7, "message_edited", TEXTS % "in the end", target=1)
    await amended(db)
    for conversation in conversations:
        for lane in (0, 1):
            assert [body.get("text") for body in await conversation.bodies(lane)] == [
                "in the end",
                None,
                "never edited",
                "",
                "",
                None,
                "in the end",
            ]
    assert await db.fetchval("select count(*) from installation where name = 'amended_up_to'") == 0
    assert await amend_conversations(db, 2) is False


async def test_processes_that_amend_at_once_do_each_conversation_once(db: Database) -> None:
    conversations = [await past(db) for _ in range(20)]
    for conversation in conversations:
        await conversation.entry(1, "message_received", TEXTS % "before")
        await conversation.entry(2, "message_edited", TEXTS % "after", target=1)
    await asyncio.gather(*(amended(db) for _ in range(4)))
    for conversation in conversations:
        assert [body["text"] for body in await conversation.bodies()] == ["after", "after"]


@pytest.mark.parametrize(
    ("lane", "type", "body", "has_part"),
    [
        (0, "message_received", TEXTS % "hello", True),
        (0, "conversation_event", '{"event": "agent_joined", "data": {}}', True),
        (0, "conversation_event", '{"event": "status_changed", "data": {}}', False),
        (1, "message_received", TEXTS % "a note", False),
    ],
)
async def test_agents_who_wrote_or_joined_have_a_part_and_who_looked_in_has_none(
    db: Database, lane: int, type: str, body: str, *, has_part: bool
) -> None:
    conversation = await past(db)
    agent_id = await db.fetchval("insert into users (role, name) values ('agent', 'Ada') returning id")
    await db.execute(
        "insert into conversation_agents (conversation_id, user_id) values ($1, $2)",
        conversation.id,
        agent_id,
    )
    await db.execute("alter table entries disable trigger conversation_event")
    await conversation.entry(1, type, body, sender=agent_id, lane=lane)
    await amended(db)
    assert await db.fetchval("select has_part from conversation_agents") is has_part
