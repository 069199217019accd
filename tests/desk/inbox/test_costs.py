"""An agent who comes back to a list of 100,000 conversations costs as much as has changed."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple, cast
from uuid import UUID

import asyncpg
import pytest_asyncio

from app.desk.conversations.service import Conversations
from app.desk.inbox.feed import MISSED, Feed
from app.desk.inbox.store import select_changes
from app.desk.inbox.wanted import Wanted
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Burst, Frame
from app.spine.rooms.news import News
from app.spine.rooms.rooms import Rooms
from app.talk.presence.service import Presences
from app.values.postgres_address import PostgresAddress
from app.values.redis_address import RedisAddress

CONVERSATIONS = 100_000
BLOCK = 4096
CHANGED = 37
TOUCH = """
    update conversation_heads
       set version = version + 1, changed_in = pg_current_xact_id(), changed_block = change_block(pg_current_xact_id())
     where conversation_id = $1
"""
READ = """
    update marks
       set version = version + 1, changed_in = pg_current_xact_id(), changed_block = change_block(pg_current_xact_id())
     where conversation_id = $1
"""


class Agent:
    """A follower who comes back, and what it is told."""

    user_id = 1

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.bytes = 0

    def tell(self, _subject: object, frame: Frame) -> None:
        self.frames.append(json.loads(frame.payload))
        self.bytes += len(frame.wire)

    tell_last = tell

    def write(self, _frame: Frame | Burst) -> bool:
        return True

    async def room_for_states(self) -> None:
        pass


class Large(NamedTuple):
    url: str
    db: Database
    conversations: list[UUID]


def uuids(count: int) -> Iterator[UUID]:
    rng = random.Random(1)
    return (UUID(int=rng.getrandbits(128), version=4) for _ in range(count))


@pytest_asyncio.fixture
async def large(database_url: str) -> AsyncIterator[Large]:
    """A list that has grown over many transactions: the last ones are of blocks that nobody asks for any more."""
    connection = await asyncpg.connect(database_url)
    conversations = list(uuids(CONVERSATIONS))
    insert = "insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's') returning id"
    inbox_id = await connection.fetchval(insert)
    last = int(await connection.fetchval("select pg_current_xact_id()::text"))
    customers = range(1000, 1000 + CONVERSATIONS)
    await connection.execute(
        "set session_replication_role = replica"
    )  # Rows without the triggers that check them.
    await connection.copy_records_to_table(
        "users",
        records=[(customer, "customer", f"Visitor {customer}") for customer in customers],
        columns=["id", "role", "name"],
    )
    await connection.copy_records_to_table(
        "conversations",
        records=[(*pair, inbox_id) for pair in zip(conversations, customers, strict=True)],
        columns=["id", "customer_id", "inbox_id"],
    )
    await connection.copy_records_to_table(
        "conversation_heads",
        records=[
            (conversation, 1, True, last - number % (last - 10), 0)
            for number, conversation in enumerate(conversations)
        ],
        columns=["conversation_id", "last_seq", "has_entries", "changed_in", "changed_block"],
    )
    await connection.copy_records_to_table(
        "user_presence",
        records=[(customer, "offline", last - customer % (last - 10), 0) for customer in customers],
        columns=["user_id", "status", "changed_in", "changed_block"],
    )
    await connection.copy_records_to_table(
        "marks",
        records=[
            (conversation, 1, last - number % (last - 10), 0)
            for number, conversation in enumerate(conversations)
        ],
        columns=["conversation_id", "user_id", "changed_in", "changed_block"],
    )
    await connection.execute("set session_replication_role = origin")
    await connection.execute("vacuum analyze")
    await connection.execute(
        f"do $$ begin for i in 1..{2 * BLOCK} loop perform pg_current_xact_id(); commit; end loop; end $$"
    )
    await connection.close()
    db = Database(PostgresAddress.read(database_url), pool_size=2)
    await db.connect()
    yield Large(database_url, db, conversations)
    await db.disconnect()


async def change(large: Large, count: int) -> None:
    for conversation_id in random.Random(2).sample(large.conversations, count):
        await large.db.execute(TOUCH, conversation_id)
        await large.db.execute(READ, conversation_id)
    await large.db.execute(
        "update user_presence set status = 'online' where user_id between 2000 and 1999 + $1::integer", count
    )


async def change_all(large: Large) -> None:
    """On a connection of its own: the product gives a statement less time than 100,000 rows may take."""
    connection = await asyncpg.connect(large.url)
    await connection.execute(TOUCH.replace("= $1", "is not null"))
    await connection.close()


def feed_of(db: Database) -> Feed:
    broker = Broker(RedisAddress(), process_id=bytes(16))
    rooms = Rooms(db, broker, News())
    presence = Presences(db, broker, rooms, grace_seconds=15)
    return Feed(
        db,
        broker,
        rooms,
        Conversations(db, cast(Any, None), cast(Any, None), cast(Any, None), cast(Any, None)),
        presence,
    )


async def plan_of(db: Database, since: str) -> list[dict[str, Any]]:
    """Return the nodes of the plan by which the changes are read, with what each of them has read."""
    asked: list[tuple[str, tuple[Any, ...]]] = []

    class Asked:
        async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
            asked.append((statement, arguments))
            return await db.fetch(statement, *arguments)

    await select_changes(cast(Database, Asked()), since, limit=MISSED + 1)
    [(statement, arguments)] = asked
    [row] = await db.fetch(f"explain (analyze, format json) {statement}", *arguments)
    nodes: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> None:
        nodes.append(node)
        for child in node.get("Plans", []):
            walk(child)

    walk(json.loads(row["QUERY PLAN"])[0]["Plan"])
    return nodes


async def test_what_has_changed_is_read_and_sent_and_nothing_else(large: Large) -> None:
    feed, agent = feed_of(large.db), Agent()
    epoch = (await select_changes(large.db, None)).epoch
    since = (await select_changes(large.db, None)).snapshot
    await change(large, CHANGED)

    read = [node for node in await plan_of(large.db, since) if "Index Name" in node]
    scans = {
        node["Index Name"]: node["Actual Rows"]
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Index Recheck", 0)
        for node in read
    }
    # Whether its agent may see it is asked for each mark, and for nothing else.
    assert scans.pop("conversations_pkey") <= CHANGED
    kinds = ("conversation_heads", "user_presence", "marks")
    assert scans == {f"{kind}_changed": CHANGED for kind in kinds}

    changes = await feed.resume(cast(Any, agent), Wanted(), f"{epoch}..{since}")
    assert changes is not None
    feed.bring(cast(Any, agent), changes)
    following = feed.followers.get(cast(Any, agent))
    assert following is not None
    assert following.returning is not None
    await following.returning
    told = [frame["type"] for frame in agent.frames]
    assert told == [
        kind for kind in ("conversation_updated", "presence_update", "read_state") for _ in range(CHANGED)
    ]
    assert agent.bytes < CHANGED * 1200

    # Where most has changed, reading the list anew is cheaper, and no more is read to find that out.
    await change_all(large)
    assert await feed.resume(cast(Any, agent), Wanted(), f"{epoch}..{since}") is None
    assert len((await select_changes(large.db, since, limit=9)).conversations) == 9
