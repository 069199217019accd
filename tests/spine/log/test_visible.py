"""The rule of who may see a conversation, and that asking it costs no call."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from app.desk.conversations.list_store import select_by_activity
from app.desk.conversations.store import (
    select_conversation,
    select_conversations_by_id,
    select_own_conversation,
    select_own_conversations,
)
from app.desk.inbox.store import select_hidden_conversations, select_hidden_customers
from app.desk.teams.store import select_team_sight
from app.people.customers.store import select_customer
from app.protocol.views import AllOf
from app.spine.db import Database
from app.spine.identity import ApiKey
from app.spine.log.heads import Knock, select_doors, select_shut
from app.spine.log.tail_store import select_events
from app.talk.marks.store import Progress, upsert_marks

BACKEND = ApiKey(1, "Backend")
HERE = uuid4()
Ask = Callable[[Database], Awaitable[Any]]
STATEMENTS: dict[str, Ask] = {
    "doors": lambda db: select_doors(db, [Knock(HERE, "agent", 1), Knock(HERE, "customer", 2)]),
    "doors that have shut": lambda db: select_shut(db, [Knock(HERE, "agent", 1)]),
    "one": lambda db: select_conversation(db, BACKEND, HERE),
    "one's own": lambda db: select_own_conversation(db, 1, HERE),
    "the list": lambda db: select_by_activity(db, BACKEND, AllOf(()), before=None, limit=50),
    "one's own list": lambda db: select_own_conversations(db, 1, status=None, before=None, limit=50),
    "rows": lambda db: select_conversations_by_id(db, [HERE]),
    "hidden conversations": lambda db: select_hidden_conversations(db, [HERE], [1, 2]),
    "hidden customers": lambda db: select_hidden_customers(db, [1], [1, 2]),
    "POST /chat": lambda db: select_customer(db, BACKEND, HERE),
    "GET /events": lambda db: select_events(db, BACKEND, None, limit=10),
    "an inbox's team": lambda db: select_team_sight(db, 1, HERE),
    "marks": lambda db: upsert_marks(db, {(HERE, 1): Progress(1, 1)}),
}


@pytest_asyncio.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


class Explaining:
    """Explains statements instead of running them."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.plan = ""

    async def fetch(self, sql: str, *arguments: object) -> Any:
        rows = await self._connection.fetch(f"explain {sql}", *arguments)
        self.plan = "\n".join(row[0] for row in rows)
        raise Explained

    fetchrow = fetch


class Explained(Exception):
    pass


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("statement", STATEMENTS)
async def test_the_rule_becomes_a_part_of_each_statement(
    connection: asyncpg.Connection, statement: str, plans: str
) -> None:
    """A function that the planner cannot look into would be called, and make every conversation there is."""
    await connection.execute(f"set plan_cache_mode = {plans}; set enable_seqscan = off")
    explaining = Explaining(connection)
    with pytest.raises(Explained):
        await STATEMENTS[statement](cast(Database, explaining))
    assert "conversations" in explaining.plan
    assert "Function Scan on visible" not in explaining.plan
    assert not re.search(r"Seq Scan on conversations\b", explaining.plan)


async def test_it_becomes_a_part_of_an_append(connection: asyncpg.Connection) -> None:
    plans: list[str] = []
    connection.add_log_listener(lambda _, message: plans.append(message.message))
    await connection.execute(
        "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;"
        " set client_min_messages = log"
    )
    await connection.fetch(
        "select * from append_entries(array[$1::uuid], '{0}', '{message_received}', '{1}', array[$1::uuid],"
        " array[$1::uuid], array[null::bigint], array['{}'], array[7::bigint], array[null::bigint])",
        HERE,
    )
    [plan] = [plan for plan in plans if "CTE judged" in plan]
    assert "Index Scan using conversations_pkey" in plan
    assert "Function Scan on visible" not in plan


async def test_without_teams_agents_see_all_as_backends_bots_and_the_system_and_customers_their_own(
    connection: asyncpg.Connection,
) -> None:
    insert = "insert into users (role, name) values ('customer', 'Visitor') returning id"
    mine, theirs = [await connection.fetchval(insert) for _ in range(2)]
    await connection.execute("insert into inboxes (key, name, identity_secret) values ('k', 'Shop', 's')")
    conversations: dict[int, UUID] = {}
    for customer in (mine, theirs):
        conversations[customer] = await connection.fetchval(
            "insert into conversations (id, inbox_id, customer_id) select $1, id, $2 from inboxes returning id",
            uuid4(),
            customer,
        )

    async def seen_by(kind: str | None, reader_id: int | None) -> set[UUID]:
        rows = await connection.fetch("select id from visible($1, $2)", kind, reader_id)
        return {row["id"] for row in rows}

    for kind in ("agent", "api_key", "bot", "system"):
        assert await seen_by(kind, mine) == set(conversations.values())
    for customer in (mine, theirs):
        assert await seen_by("customer", customer) == {conversations[customer]}
    for kind_of_nobody in ("", "visitor", "AGENT", None):
        assert await seen_by(kind_of_nobody, mine) == set()
    assert await seen_by("customer", None) == set()
