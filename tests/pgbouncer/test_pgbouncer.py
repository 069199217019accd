"""Through PgBouncer, in the modes that it has: `pgbouncer=true` in the address is all that it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from app.errors import Unavailable
from app.operate.embedded import Engines
from app.operate.migrate import migrate
from app.spine.db import Database
from app.values.postgres_address import PostgresAddress
from tests.client import Client
from tests.databases import fresh_database
from tests.pgbouncer.program import pgbouncer
from tests.server.installation import Installation
from tests.wires import open_wire

MODES = pytest.mark.parametrize("mode", ["transaction", "session"])


@pytest_asyncio.fixture
async def empty_url(session_engines: Engines) -> AsyncIterator[str]:
    async with fresh_database(session_engines.database_url.replace("/fireside?", "/template1?")) as url:
        yield url


@MODES
async def test_the_schema_is_made_through_it(empty_url: str, mode: str) -> None:
    with pgbouncer(empty_url, mode) as pooler:
        address = PostgresAddress.read(pooler.url())
        several = await asyncio.gather(*(migrate(address) for _ in range(2)))
        assert sum(map(len, several)) > 4
        assert await migrate(address) == []


@MODES
async def test_without_the_parameter_it_is_named(database_url: str, mode: str) -> None:
    with pgbouncer(database_url, mode) as pooler:
        database = Database(PostgresAddress.read(pooler.url("")), pool_size=2)
        with pytest.raises(Unavailable, match="this is PgBouncer; add pgbouncer=true"):
            await database.connect()
        await database.disconnect()


async def test_many_connections_share_few_and_each_gets_its_own_answer(database_url: str) -> None:
    with pgbouncer(database_url, "transaction") as pooler:
        databases = [Database(PostgresAddress.read(pooler.url()), pool_size=10) for _ in range(2)]
        for each in databases:
            await each.connect()
        # Statements that differ, of one shape: what one connection prepared must never run for another.
        answers = await asyncio.gather(
            *(
                databases[number % 2].fetch(f"select $1::int as number, 's{number % 7}' as kind", number)
                for number in range(500)
            )
        )
        assert [tuple(rows[0]) for rows in answers] == [(number, f"s{number % 7}") for number in range(500)]
        for each in databases:
            await each.disconnect()


@MODES
async def test_a_full_pooler_is_waited_for(database_url: str, mode: str) -> None:
    with pgbouncer(database_url, mode, server_connections=4, client_connections=3) as pooler:
        database = Database(PostgresAddress.read(pooler.url()), pool_size=10)
        await database.connect()
        assert await asyncio.gather(*(database.fetchval("select 1") for _ in range(60))) == [1] * 60
        assert database.outages.errors == 0
        await database.disconnect()


async def test_a_role_whose_commits_are_not_durable_is_refused(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("create role careless login superuser")
    await connection.execute("alter role careless set synchronous_commit = off")
    try:
        with pgbouncer(database_url, "transaction") as pooler:
            database = Database(PostgresAddress.read(pooler.url(user="careless")), pool_size=1)
            with pytest.raises(Unavailable, match='alter role "careless" set synchronous_commit = on'):
                await database.connect()
            await database.disconnect()
    finally:
        await connection.execute("drop role careless")
        await connection.close()


@MODES
async def test_a_conversation_through_it_is_the_same(installation: Installation, mode: str) -> None:
    with pgbouncer(installation.database_url, mode, server_connections=12) as pooler:
        servers = [installation.start(DATABASE_URL=pooler.url()) for _ in range(2)]
        customer = await installation.customer(servers[-1])
        here = customer.conversation_id
        clients = []
        for server in servers:
            client = Client(
                await open_wire(f"{server.url.replace('http', 'ws', 1)}/ws/widget", "http/1.1", {})
            )
            await client.authenticate(customer.token)
            await client.join(here)
            clients.append(client)
        acks = await asyncio.gather(*(clients[n % 2].send_message(here, str(n)) for n in range(60)))
        assert sorted(ack["seq"] for ack in acks) == list(range(1, 61))
        for client in clients:
            assert await client.reach(here, 60) == list(range(1, 61))
        pooler.kill()
        async with httpx2.AsyncClient(base_url=servers[0].url) as http:
            assert (await http.get("/readyz")).status_code == 503
            pooler.start()
            assert (await clients[0].send_message(here, "again"))["seq"] == 61
            assert (await http.get("/readyz")).status_code == 200
        for client in clients:
            client.cut()
            await client.closed()
        for server in servers:
            server.signal(15)
            server.check()
            installation.servers.remove(server)
