"""Presence that changes while it is being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from msgspec import json

from app.errors import Unavailable
from app.protocol import Presence
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.rooms.news import News
from app.spine.rooms.rooms import Rooms
from app.talk.presence import service
from app.talk.presence.service import Presences, patiently
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


@pytest.mark.parametrize(("failures", "patience", "found"), [(0, 1, "here"), (2, 3, "here"), (3, 2, None)])
async def test_what_could_not_be_read_is_read_again_while_somebody_wants_it(
    monkeypatch: pytest.MonkeyPatch, failures: int, patience: int, found: str | None
) -> None:
    monkeypatch.setattr(service, "AGAIN_SECONDS", 0)
    tries = 0

    async def read() -> str:
        nonlocal tries
        tries += 1
        if tries <= failures:
            raise Unavailable("Postgres is away.")
        return "here"

    assert await patiently(read, is_wanted=lambda: tries < patience) == found
