"""The list finds in Postgres what no hint tells of: whoever wrote it, and however late it was committed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from app.desk.conversations.service import Conversations
from app.desk.inbox import feed as feed_module
from app.desk.inbox.cursor import Cursor
from app.desk.inbox.feed import Feed
from app.desk.inbox.store import select_changes
from app.desk.inbox.wanted import Wanted
from app.protocol import ReadState, Sender, TextContent, encode
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Burst, Frame
from app.spine.log.entries import append_entries
from app.spine.log.entry import Draft, Lane
from app.spine.rooms.news import News
from app.spine.rooms.rooms import Rooms
from app.spine.rooms.states import Subject
from app.talk.marks.store import Progress, upsert_marks, upsert_unread
from app.talk.presence.leases_store import insert_leases, take_due, update_left
from app.talk.presence.service import Presences
from app.values.postgres_address import PostgresAddress
from app.values.redis_address import RedisAddress

ROOT = Path(__file__).parents[3]


class Written:
    """A database that others write to, and one process's list with a follower."""

    user_id = 1

    def __init__(self, db: Database, url: str) -> None:
        self.db = db
        self.url = url
        broker = Broker(RedisAddress(), process_id=bytes(16))
        rooms = Rooms(db, broker, News())
        presence = Presences(db, broker, rooms, grace_seconds=15)
        conversations = Conversations(db, cast(Any, None), cast(Any, None), cast(Any, None), cast(Any, None))
        self.feed = Feed(db, broker, rooms, conversations, presence)
        presence.on_customer.add(self.feed.customer_presence)
        self.customer = Sender(0, "customer", "Visitor")
        self.agent = Sender(0, "agent", "Ada")

    async def prepare(self) -> None:
        insert = "insert into users (role, name) values ($1, $1) returning id"
        self.customer = Sender(await self.db.fetchval(insert, "customer"), "customer", "Visitor")
        self.agent = Sender(await self.db.fetchval(insert, "agent"), "agent", "Ada")
        await self.db.execute("insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's')")
        await self.feed.sweep._look()
        self.feed.follow(cast(Any, self), Wanted())

    def write(self, frame: Frame | Burst) -> bool:
        raise AssertionError("nothing is told before it is read")

    async def conversation(self) -> UUID:
        conversation_id = uuid4()
        await self.db.execute(
            "insert into conversations (id, inbox_id, customer_id) select $1, id, $2 from inboxes",
            conversation_id,
            self.customer.id,
        )
        await self.db.execute("insert into conversation_heads (conversation_id) values ($1)", conversation_id)
        return conversation_id

    def draft(self, conversation_id: UUID, **fields: Any) -> Draft:
        return Draft(
            conversation_id=conversation_id,
            sender=fields.pop("sender", self.customer),
            client_msg_id=uuid4(),
            message_id=uuid4(),
            body=encode(TextContent("Anyone?")),
            **fields,
        )

    async def write_to(self, *conversations: UUID) -> None:
        await append_entries(self.db, [self.draft(conversation_id) for conversation_id in conversations])

    async def found(self) -> set[UUID]:
        """Look once; return what is now to be told, as if it had been."""
        await self.feed.sweep._look()
        found, self.feed._changed = set(self.feed._changed), {}
        return found


@pytest_asyncio.fixture
async def here(database_url: str) -> AsyncIterator[Written]:
    db = Database(PostgresAddress.read(database_url), pool_size=4)
    await db.connect()
    made = Written(db, database_url)
    await made.prepare()
    yield made
    await db.disconnect()


async def test_a_change_is_found_once(here: Written) -> None:
    one, other = await here.conversation(), await here.conversation()
    assert await here.found() == set()
    await here.write_to(one)
    assert await here.found() == {one}
    await here.write_to(other)
    assert await here.found() == {other}
    assert await here.found() == set()


async def test_each_way_of_changing_a_row_is_found(here: Written) -> None:
    one = await here.conversation()
    await here.write_to(one)
    await here.found()
    await append_entries(here.db, [here.draft(one, sender=here.agent, lane=Lane.TEAM)])
    assert await here.found() == {one}
    await upsert_marks(here.db, {(one, here.agent.id): Progress(1, 1)})
    assert await here.found() == {one}
    closing = here.draft(one, sender=here.agent, type="conversation_event")
    closing.body = b'{"event": "status_changed", "data": {"status": "closed"}}'
    await append_entries(here.db, [closing])
    assert await here.found() == {one}


def test_every_statement_that_makes_a_new_version_says_in_which_transaction() -> None:
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "migrations" / "functions").glob("*.sql")]
    updates = [part for path in sources for part in path.read_text().split("update conversation_heads")[1:]]
    versions = [update.split("where")[0] for update in updates if "version" in update.split("where")[0]]
    assert len(versions) >= 2
    for statement in versions:
        assert "changed_in = pg_current_xact_id()" in statement
        assert "changed_block = change_block(pg_current_xact_id())" in statement


async def test_no_index_names_what_changes_with_each_message(here: Written) -> None:
    """One that does, even in its predicate, would make each append write to every index of the heads."""
    rows = await here.db.fetch("select indexdef from pg_indexes where tablename = 'conversation_heads'")
    assert len(rows) >= 4
    changing = {"last_seq", "last_message_seq", "unread", "version", "updated_at", "changed_in"}
    for row in rows:
        assert not changing & set(re.findall(r"\w+", row["indexdef"]))


async def test_a_late_commit_is_found_when_it_comes(here: Written) -> None:
    """Its transaction began before others that were found meanwhile: no clock and no greatest number would do."""
    late, between = await here.conversation(), [await here.conversation() for _ in range(3)]
    slow = await asyncpg.connect(here.url)
    try:
        async with slow.transaction():
            await slow.execute(
                "update conversation_heads set version = version + 1, changed_in = pg_current_xact_id(),"
                " changed_block = change_block(pg_current_xact_id()) where conversation_id = $1",
                late,
            )
            for conversation_id in between:
                await here.write_to(conversation_id)
                assert await here.found() == {conversation_id}
        assert await here.found() == {late}
    finally:
        await slow.close()


async def test_one_that_takes_many_transactions_to_commit_is_found(here: Written) -> None:
    late = await here.conversation()
    slow = await asyncpg.connect(here.url)
    try:
        async with slow.transaction():
            await slow.execute(
                "update conversation_heads set version = version + 1, changed_in = pg_current_xact_id(),"
                " changed_block = change_block(pg_current_xact_id()) where conversation_id = $1",
                late,
            )
            await here.db.execute(
                "do $$ begin for i in 1..5000 loop perform pg_current_xact_id(); commit; end loop; end $$"
            )
            assert await here.found() == set()
        assert await here.found() == {late}
    finally:
        await slow.close()


async def test_a_change_that_was_rolled_back_is_not_found(here: Written) -> None:
    one = await here.conversation()
    connection = await asyncpg.connect(here.url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "update conversation_heads set changed_in = pg_current_xact_id(),"
        " changed_block = change_block(pg_current_xact_id()) where conversation_id = $1",
        one,
    )
    await transaction.rollback()
    await connection.close()
    assert await here.found() == set()


async def test_a_change_that_a_hint_told_is_not_told_again(here: Written) -> None:
    one = await here.conversation()
    await here.write_to(one)
    version = await here.db.fetchval("select version from conversation_heads where conversation_id = $1", one)
    here.feed._told[one] = version
    assert await here.found() == set()
    await here.write_to(one)
    assert await here.found() == {one}


async def test_numbers_from_another_cluster_are_nothing_new(here: Written) -> None:
    """As in a restored dump: rows of transactions that this cluster has not come to."""
    one = await here.conversation()
    await here.db.execute(
        "update conversation_heads set changed_in = '999999999999', changed_block = change_block('999999999999')"
    )
    assert await here.found() == set()
    await here.write_to(one)
    assert await here.found() == {one}


async def test_more_than_can_wait_is_found_later(here: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "CHANGED", 3)
    many = [await here.conversation() for _ in range(7)]
    await here.write_to(*many)
    found: set[UUID] = set()
    looks = 0
    while len(found) < len(many):
        looks += 1
        assert looks <= 3
        now = await here.found()
        assert len(now) <= 3
        found |= now
        for conversation_id in now:  # They are told.
            here.feed._told[conversation_id] = 1
    assert found == set(many)


async def test_an_outage_is_looked_over_as_a_whole(here: Written) -> None:
    """The snapshot to go on from is kept until a look has succeeded."""
    before = here.feed._snapshot
    one = await here.conversation()
    await here.write_to(one)
    for _ in range(3):
        await here.conversation()
    changes = await select_changes(here.db, before)
    assert [conversation_id for conversation_id, _ in changes.conversations] == [one]


async def test_a_presence_whose_notice_was_lost_is_told_once(here: Written) -> None:
    await here.conversation()
    told: list[dict[str, Any]] = []
    here.tell = lambda _, frame: told.append(json.loads(frame.payload))  # type: ignore[attr-defined]
    await here.feed.sweep._look()
    process_id = uuid4()
    await insert_leases(here.db, process_id, {here.customer.id: None})
    for _ in range(2):
        await here.feed.sweep._look()
        await here.feed._flush()
    [presence] = told
    assert (presence["type"], presence["user_id"], presence["status"]) == (
        "presence_update",
        here.customer.id,
        "online",
    )
    await update_left(here.db, process_id, [here.customer.id], timedelta())
    await take_due(here.db, timedelta(), limit=10, with_dead=False)
    await here.feed.sweep._look()
    await here.feed._flush()
    assert told[-1]["status"] == "offline"


async def test_what_an_agent_has_read_is_found_once_and_only_for_them(here: Written) -> None:
    one = await here.conversation()
    await here.write_to(one)
    await here.found()
    told: list[tuple[int, ReadState]] = []
    here.feed.on_read_states.add(told.extend)
    before = here.feed._snapshot
    await upsert_marks(here.db, {(one, here.customer.id): Progress(1, 1)})
    await here.found()
    assert told == []
    await upsert_marks(here.db, {(one, here.agent.id): Progress(1, 1)})
    await upsert_unread(here.db, one, here.agent.id, 1)
    for _ in range(2):
        await here.found()
    state = ReadState(conversation_id=one, read_seq=1, team_read_seq=0, unread_from=1, version=1)
    assert told == [(here.agent.id, state)]
    assert (await select_changes(here.db, before, agent_id=here.agent.id)).read_states == told
    assert (await select_changes(here.db, before, agent_id=here.customer.id)).read_states == []


async def test_a_name_that_changes_makes_a_new_version_of_every_row_that_shows_it(here: Written) -> None:
    one, other = await here.conversation(), await here.conversation()
    await here.write_to(one, other)
    await here.found()
    await here.db.execute("update users set name = name where id = $1", here.customer.id)
    assert await here.found() == set()
    await here.db.execute("update users set name = 'Maria' where id = $1", here.customer.id)
    assert await here.found() == {one, other}
    await here.db.execute(
        "update conversations set assignee_id = $1 where id = $2::text::uuid", here.agent.id, str(one)
    )
    await here.db.execute("update users set name = 'Grace' where id = $1", here.agent.id)
    assert await here.found() == {one}


async def test_no_cursor_is_told_to_one_who_has_not_been_told_what_was_missed(here: Written) -> None:
    told: list[Subject] = []
    here.tell = here.tell_last = lambda subject, _: told.append(subject)  # type: ignore[attr-defined]
    reader = cast(Any, here)
    epoch, cursor = (await select_changes(here.db, None)).epoch, Cursor("", None, "5:5:")
    resuming = asyncio.create_task(here.feed.resume(reader, Wanted(), f"{epoch}..{here.feed._snapshot}"))
    await asyncio.sleep(0)
    here.feed.followers.tell(cursor)
    missed = await resuming
    assert missed is not None
    here.feed.followers.tell(cursor)
    assert told == []
    here.feed.bring(reader, missed)
    following = here.feed.followers.get(reader)
    assert following is not None
    bringing = following.returning
    assert bringing is not None
    await bringing
    assert told == []
    here.feed.followers.tell(cursor)
    assert told == ["inbox_cursor"]
