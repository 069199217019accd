"""Rows that have ended are cleared away, and nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from app.desk.conversations.list_store import select_by_activity
from app.people.auth.service import Auth
from app.people.clearing import service as clearing_module
from app.people.clearing import store
from app.people.clearing.service import Clearing
from app.people.customers.store import insert_identified, insert_visitor, open_conversation
from app.people.tokens import SESSION_PREFIX, hash_token, make_token
from app.protocol.views import AllOf
from app.spine.db import Database
from app.spine.identity import ApiKey
from app.values.postgres_address import PostgresAddress
from app.values.uuid7 import uuid7

HOUR = 3600.0


class Installation:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.clearing = Clearing(db, visitor_seconds=HOUR)
        self.inbox_id = 0

    async def prepare(self) -> None:
        insert = "insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's') returning id"
        self.inbox_id = await self.db.fetchval(insert)

    async def visitor(self, *, hours_ago: float = 2) -> int:
        """Let a visitor come in, and leave without a word."""
        token = uuid7().bytes
        _, user_id, _ = await insert_visitor(self.db, token, inbox_id=self.inbox_id, days=365)
        await self._left(user_id, hours_ago)
        return user_id

    async def identified(self) -> int:
        found = await insert_identified(
            self.db, uuid7().bytes, inbox_id=self.inbox_id, external_id="7", name="Ada", email=None, days=365
        )
        assert found is not None
        await self._left(found[1], 2)
        return found[1]

    async def _left(self, user_id: int, hours_ago: float) -> None:
        await open_conversation(self.db, user_id, uuid7())
        await self.sql(
            "update sessions set seen_at = now() - make_interval(secs => $2) where user_id = $1",
            user_id,
            hours_ago * HOUR,
        )
        await self.sql("insert into user_presence (user_id, status) values ($1, 'offline')", user_id)
        for statement in (
            "update user_presence set last_seen = now() - make_interval(secs => $2) where user_id = $1",
            """
            update conversation_heads
               set updated_at = now() - make_interval(secs => $2), active_at = now() - make_interval(secs => $2)
             where conversation_id in (select id from conversations where customer_id = $1)
            """,
        ):
            await self.sql(statement, user_id, hours_ago * HOUR)

    async def write(self, user_id: int) -> None:
        await self.sql(
            """
            select append_entries(array[c.id], array[0::smallint], array['message_received'], array[$1::integer],
                                  array[gen_random_uuid()], array[gen_random_uuid()], array[null::bigint],
                                  array['{"type": "text", "text": "Hello"}'])
              from conversations c where c.customer_id = $1
            """,
            user_id,
        )

    async def sql(self, statement: str, *arguments: object) -> None:
        await self.db.execute(statement, *arguments)

    async def customers(self) -> set[int]:
        return {row["id"] for row in await self.db.fetch("select id from users where role = 'customer'")}

    async def count(self, *tables: str) -> list[int]:
        return [await self.db.fetchval(f"select count(*) from {table}") for table in tables]


@pytest_asyncio.fixture
async def here(database_url: str) -> AsyncIterator[Installation]:
    db = Database(PostgresAddress.read(database_url), pool_size=3)
    await db.connect()
    try:
        installation = Installation(db)
        await installation.prepare()
        yield installation
    finally:
        await db.disconnect()


TABLES = ("users", "sessions", "user_presence", "conversations", "conversation_heads", "marks")


async def test_a_visitor_who_left_without_a_word_leaves_no_row(here: Installation) -> None:
    before = await here.count(*TABLES)
    for _ in range(3):
        await here.visitor()
    await here.identified()
    await here.clearing.clear()
    assert await here.count(*TABLES) == before
    assert here.clearing.cleared == 4


async def test_a_visitor_who_has_written_is_here_or_has_just_left_stays(here: Installation) -> None:
    wrote, online, just_left, came_back = [await here.visitor() for _ in range(3)] + [
        await here.visitor(hours_ago=0.5)
    ]
    await here.write(wrote)
    await here.sql("update user_presence set status = 'online' where user_id = $1", online)
    await here.sql("update user_presence set last_seen = now() where user_id = $1", just_left)
    closed = await here.visitor()
    await here.write(closed)
    await here.sql("update conversations set status = 'closed' where customer_id = $1", closed)
    await open_conversation(here.db, closed, uuid7())
    await here.sql(
        "update conversation_heads"
        " set updated_at = now() - interval '2 hours', active_at = now() - interval '2 hours'"
    )
    await here.sql(
        "update conversation_heads set updated_at = now(), active_at = now() where conversation_id in"
        " (select id from conversations where customer_id = $1)",
        came_back,
    )
    await here.clearing.clear()
    assert await here.customers() == {wrote, online, just_left, came_back, closed}


async def test_a_visitor_who_reads_over_rest_stays(here: Installation) -> None:
    auth = Auth(here.db, secret="", access_token_seconds=900)
    token = make_token(SESSION_PREFIX)
    _, reads, _ = await insert_visitor(here.db, hash_token(token), inbox_id=here.inbox_id, days=365)
    await here._left(reads, 2)
    left = await here.visitor()
    await auth.anyone(token)
    await here.clearing.clear()
    assert await here.customers() == {reads}
    assert left not in await here.customers()


async def test_reading_again_and_again_is_noted_once_a_minute(here: Installation) -> None:
    auth = Auth(here.db, secret="", access_token_seconds=900)
    token = make_token(SESSION_PREFIX)
    _, user_id, _ = await insert_visitor(here.db, hash_token(token), inbox_id=here.inbox_id, days=365)
    await auth.anyone(token)
    seen = "select seen_at from sessions where user_id = $1"
    first = await here.db.fetchval(seen, user_id)
    await auth.anyone(token)
    assert await here.db.fetchval(seen, user_id) == first


async def test_a_conversation_that_an_older_process_has_written_in_is_kept_and_listed(
    here: Installation,
) -> None:
    user_id = await here.visitor()
    await here.write(user_id)
    await here.sql(
        "update conversation_heads set has_entries = false,"
        " updated_at = now() - interval '2 hours', active_at = now() - interval '2 hours'"
    )
    await here.clearing.clear()
    assert await here.customers() == {user_id}
    listed, _ = await select_by_activity(here.db, ApiKey(1, "Backend"), AllOf(()), before=None, limit=10)
    assert [conversation.customer.id for conversation in listed] == [user_id]


async def test_only_conversations_in_which_something_was_written_are_listed(here: Installation) -> None:
    await here.visitor()
    wrote = await here.visitor()
    await here.write(wrote)
    listed, _ = await select_by_activity(here.db, ApiKey(1, "Backend"), AllOf(()), before=None, limit=10)
    assert [conversation.customer.id for conversation in listed] == [wrote]


async def test_ended_rows_are_kept_for_a_day_and_then_deleted(here: Installation) -> None:
    user_id = await here.visitor()
    await here.write(user_id)
    for expires, revoked in [
        ("-2 days", None),
        ("10 days", "-2 days"),
        ("-1 hour", None),
        ("10 days", "-1 hour"),
    ]:
        await here.sql(
            """
            insert into sessions (token_hash, user_id, inbox_id, expires_at, revoked_at)
            values (gen_random_uuid()::text::bytea, $1, $2, now() + $3::text::interval, now() + $4::text::interval)
            """,
            user_id,
            here.inbox_id,
            expires,
            revoked,
        )
        await here.sql(
            """
            insert into refresh_tokens (token_hash, family, user_id, expires_at, revoked_at, used_at)
            values (gen_random_uuid()::text::bytea, gen_random_uuid(), $1, now() + $2::text::interval,
                    now() + $3::text::interval, now())
            """,
            user_id,
            expires,
            revoked,
        )
    await here.sql(
        "insert into bot_turns select id, 1, gen_random_uuid(), now() - interval '2 days' from conversations"
    )
    await here.clearing.clear()
    # The visitor's own session, and two that have just ended.
    assert await here.count("sessions", "refresh_tokens", "bot_turns") == [3, 1, 0]


async def test_actions_are_kept_while_they_can_be_undone(here: Installation) -> None:
    user_id = await here.visitor()
    await here.write(user_id)
    for state, age in [
        ("done", "13 days"),
        ("done", "15 days"),
        ("collecting", "1 minute"),
        ("collecting", "2 hours"),
    ]:
        await here.sql(
            """
            insert into bulk_actions (id, user_id, state, change, created_at)
            values (gen_random_uuid(), $1, $2, '{}', now() - $3::text::interval)
            """,
            user_id,
            state,
            age,
        )
    await here.clearing.clear()
    assert await here.count("bulk_actions") == [2]


async def test_much_is_cleared_in_small_steps(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing_module, "STEP", 2)
    monkeypatch.setattr(clearing_module, "PAUSE_SECONDS", 0)
    steps: list[int] = []

    async def counted(db: Database, **how: Any) -> int:
        steps.append(await store.delete_visitors(db, **how))
        return steps[-1]

    monkeypatch.setattr(clearing_module, "delete_visitors", counted)
    for _ in range(5):
        await here.visitor()
    await here.clearing.clear()
    assert steps == [2, 2, 1, 0]


async def test_one_process_clears_at_a_time(here: Installation, database_url: str) -> None:
    await here.visitor()
    other = await asyncpg.connect(database_url)
    try:
        await other.execute("select pg_advisory_lock($1)", store.LOCK)
        await here.clearing.clear()
        assert here.clearing.cleared == 0
    finally:
        await other.close()
    await here.clearing.clear()
    assert here.clearing.cleared == 1


async def test_a_visitor_who_comes_in_at_this_moment_stays(here: Installation, database_url: str) -> None:
    user_id = await here.visitor()
    other = await asyncpg.connect(database_url)
    try:
        async with other.transaction():
            await other.fetchval("select open_conversation($1, $2)", user_id, uuid7())
            await here.clearing.clear()
            assert await here.customers() == {user_id}
    finally:
        await other.close()


GROWTH = {
    "entries": "the log: what people wrote, until they are erased",
    "conversations": "with the log; without entries, cleared with their visitor",
    "conversation_heads": "one a conversation",
    "conversation_agents": "agents in a conversation, while both are",
    "marks": "people in a conversation, while both are",
    "users": "cleared if a customer never wrote",
    "user_presence": "one a user",
    "presence_leases": "one for a user who is here and each process",
    "presence_processes": "one a living process",
    "sessions": "cleared a day after their end",
    "refresh_tokens": "cleared when they expire, or a day after their end",
    "bot_turns": "cleared a day after the last",
    "tail": "cleared after some days",
    "tail_bounds": "one row",
    "readers": "one a reader",
    "set_aside": "cleared after a month",
    "inboxes": "made by an operator",
    "api_keys": "made by an operator",
    "reactions": "with their message",
    "former_texts": "what messages read before; goes with their edits",
    "teams": "made by agents; a deleted one is named by entries",
    "team_members": "agents in a team",
    "team_inboxes": "inboxes of a team",
    "sight_changes": "one an agent",
    "notifications": "cleared after two weeks",
    "user_preferences": "a few an agent",
    "bulk_actions": "cleared after two weeks",
    "bulk_items": "with their action",
    "canned_replies": "made by agents",
    "canned_reply_uses": "one an agent and reply",
    "customer_notes": "fifty a customer at most; end with the customer",
    "drafts": "five hundred an agent at most, cleared after a month",
    "saved_views": "made by agents, a hundred each at most",
    "labels": "made by agents; one that was merged or deleted is named by entries",
    "facet_changes": "cleared after an hour",
    "desk_changes": "a few rows",
    "installation": "a few settings",
    "schema_migrations": "one a migration",
    "schema_functions": "one a function",
    "schema_compatibility": "one row",
}
"""The bound of each table."""


async def test_every_table_has_its_clearing_or_its_bound(here: Installation) -> None:
    tables = await here.db.fetch("select tablename from pg_tables where schemaname = 'public'")
    assert {row["tablename"] for row in tables} - set(GROWTH) == set()


async def test_rows_that_refer_to_a_user_are_found_by_an_index(here: Installation) -> None:
    unindexed = await here.db.fetch(
        """
        select k.conrelid::regclass::text as table_, a.attname
          from pg_constraint k
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
         where k.contype = 'f' and k.confrelid in ('users'::regclass, 'conversations'::regclass)
           and not exists (select from pg_index i where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1])
        """
    )
    assert [tuple(row) for row in unindexed] == []


async def test_the_list_reads_past_visitors_who_only_looked(here: Installation) -> None:
    await here.sql(
        """
        with made as (
            insert into users (role, name, inbox_id)
            select 'customer', 'Visitor ' || n, $1 from generate_series(1, 5000) n returning id
        ), opened as (
            insert into conversations (id, inbox_id, customer_id) select gen_random_uuid(), $1, id from made
            returning id
        )
        insert into conversation_heads (conversation_id, has_entries) select id, false from opened
        """,
        here.inbox_id,
    )
    await here.write(await here.visitor())
    await here.sql("analyze conversation_heads")
    seen: list[str] = []

    class Explained(Database):
        def __init__(self) -> None:
            pass

        async def fetch(self, sql: str, *arguments: object) -> Any:
            rows = await here.db.fetch(f"explain (analyze, costs off) {sql}", *arguments)
            seen.extend(row[0] for row in rows)
            return []

    await select_by_activity(Explained(), ApiKey(1, "Backend"), AllOf(()), before=None, limit=50)
    plan = "\n".join(seen)
    assert "conversation_heads_by_facets" in plan
    assert "Seq Scan on conversation_heads" not in plan
