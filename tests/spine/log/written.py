"""A database that several connections append to, and what its log holds."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg

from app.people.customers.store import open_conversation
from app.protocol import Sender, TextContent, encode
from app.spine.db import Database
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.values.postgres_address import PostgresAddress
from app.values.uuid7 import uuid7

Key = tuple[UUID, int, int]
"""A conversation, a lane and a seq."""


class Written:
    def __init__(self, db: Database, url: str) -> None:
        self.db = db
        self.url = url
        self.agent = Sender(0, "agent", "Ada")

    async def prepare(self) -> None:
        await self.db.execute("insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's')")
        self.agent = Sender(
            await self.db.fetchval("insert into users (role, name) values ('agent', 'Ada') returning id"),
            "agent",
            "Ada",
        )

    async def conversation(self) -> UUID:
        customer = await self.db.fetchval(
            "insert into users (role, name, inbox_id) select 'customer', 'Visitor', id from inboxes returning id"
        )
        return await open_conversation(self.db, customer, uuid7())

    def draft(self, conversation_id: UUID, text: str = "Hello", *, lane: Lane = Lane.PUBLIC) -> Draft:
        return Draft(
            conversation_id=conversation_id,
            lane=lane,
            sender=self.agent,
            client_msg_id=uuid4(),
            message_id=uuid7(),
            body=encode(TextContent(text)),
        )

    async def write(self, *conversations: UUID, text: str = "Hello") -> list[UUID]:
        """Append a message to each, in one statement; return the messages' ids."""
        drafts = [self.draft(conversation_id, text) for conversation_id in conversations]
        await append_entries(self.db, drafts)
        return [draft.message_id for draft in drafts]

    async def write_much(self, conversations: list[UUID], *, batches: int, seed: int) -> None:
        """Append batches to any of them, in either lane, on connections of the pool."""
        chosen = random.Random(seed)
        for _ in range(batches):
            count = chosen.choice([1, 1, 2, 7, 40])
            await append_entries(
                self.db,
                [
                    self.draft(chosen.choice(conversations), lane=chosen.choice(list(Lane)))
                    for _ in range(count)
                ],
            )

    async def log(self) -> list[Key]:
        rows = await self.db.fetch("select conversation_id, lane, seq from entries")
        return [tuple(row) for row in rows]


@asynccontextmanager
async def open_written(url: str, *, pool_size: int = 8) -> AsyncIterator[Written]:
    db = Database(PostgresAddress.read(url), pool_size=pool_size)
    await db.connect()
    written = Written(db, url)
    await written.prepare()
    try:
        yield written
    finally:
        await db.disconnect()


@asynccontextmanager
async def held_open(url: str, statement: str, *arguments: object) -> AsyncIterator[None]:
    """Run a statement in a transaction that is committed at the end of the block."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(statement, *arguments)
            yield
    finally:
        await connection.close()


def faults_of(read: list[Key], log: list[Key]) -> list[str]:
    """Judge what a reader was told: everything, nothing twice, and each lane in its order from the first on."""
    found = [f"missed {key}" for key in set(log) - set(read)]
    found += [f"made up {key}" for key in set(read) - set(log)]
    heads: dict[tuple[UUID, int], int] = {}
    for conversation_id, lane, seq in read:
        expected = heads.get((conversation_id, lane), 0) + 1
        if seq != expected:
            found.append(f"{seq} instead of {expected} in {conversation_id} {lane}")
        heads[conversation_id, lane] = seq
    return found
