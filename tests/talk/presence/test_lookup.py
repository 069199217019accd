"""Presence that changes while it is being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from msgspec import json

from app.protocol import Presence
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.rooms.news import News
from app.spine.rooms.rooms import Rooms
from app.talk.presence.service import Presences
from app.values.postgres_address import PostgresAddress
from app.values.redis_address import RedisAddress


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    made = Database(PostgresAddress.read(database_url), pool_size=2)
    await made.connect()
    yield made
    await made.disconnect()


async def test_what_is_told_of_while_postgres_is_read_is_the_answer(db: Database) -> None:
    """The notice went to those who were in the room before the asker, and nothing would tell of it again."""
    broker = Broker(RedisAddress(), process_id=bytes(16))
    presences = Presences(db, broker, Rooms(db, broker, News()), grace_seconds=15)
    customer = await db.fetchval("insert into users (role, name) values ('customer', 'Visitor') returning id")
    asking = asyncio.create_task(presences.of([customer]))
    await asyncio.sleep(0)
    here = Presence(user_id=customer, role="customer", status="online", last_seen=None, version=1)
    presences.take(json.encode([here]))
    assert not asking.done()
    assert await asking == [here]
