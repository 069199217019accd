"""When something breaks here: whoever is concerned is told, and nobody else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from tests.attacks.raw import Peers
from tests.client import Client, message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.waiting import shown
from tests.wires import HttpVersion

POOL = 3
ENVIRONMENT = {"DATABASE_POOL_SIZE": str(POOL)}


@pytest.fixture(params=["http/1.1", "http/1.1 through Hypercorn", "http/2"])
def http(request: pytest.FixtureRequest) -> HttpVersion:
    return cast(HttpVersion, request.param)


@pytest_asyncio.fixture
async def bystander(connect: Connect, agent: Person, customer: Person) -> Client:
    """Somebody who has joined while all was well."""
    client = await connect(agent)
    await client.join(customer.conversation_id)
    return client


@pytest_asyncio.fixture
async def broken(bystander: Client, installation: Installation, server: Server) -> AsyncIterator[None]:
    """A table that a join needs is away, which no code reckons with; its tracebacks are expected."""
    await installation.sql("alter table marks rename to lost_marks")
    yield
    await installation.sql("alter table lost_marks rename to marks")
    server.lines[:] = [line for line in server.lines if line["event"] != "connection_failed"]


@pytest.mark.usefixtures("broken")
async def test_a_fault_of_ours_is_told_as_such_and_closes_one_socket(
    connect: Connect, customer: Person, bystander: Client, server: Server
) -> None:
    client = await connect(customer)
    await client.say("join_conversation", id=9, conversation_id=customer.conversation_id)
    assert await client.closed() == 1011
    (error,) = client.heard("error")
    assert (error["code"], error["retryable"]) == ("internal", True)
    assert "marks" not in error["message"]
    line = server.wait_for("connection_failed")
    assert "lost_marks" in line["exception"] or "marks" in line["exception"]
    await bystander.fence()
    await bystander.send_message(customer.conversation_id)


async def test_a_fault_of_ours_before_the_upgrade_is_answered(
    installation: Installation, server: Server, rest: httpx2.AsyncClient
) -> None:
    await installation.sql("alter table inboxes rename to lost_inboxes")
    peers = Peers(server.host)
    peer = await peers.connect()
    assert await peer.upgrade("/ws/widget", Origin="https://shop.example") == 500
    await installation.sql("alter table lost_inboxes rename to inboxes")
    assert await (await peers.connect()).upgrade("/ws/widget") == 101
    await peers.end()
    server.wait_for("upgrade_failed")
    server.lines[:] = [line for line in server.lines if line.get("level") != "error"]
    await shown(rest, "fireside_connections 0")


async def test_clients_that_leave_in_the_midst_of_everything_leak_nothing(
    connect: Connect, customer: Person, installation: Installation, server: Server, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id

    async def come_and_go(number: int) -> Client:
        client = await connect.bare()
        await client.say("authenticate", id=0, token=customer.token, v=1, resume={here: {"since": 0}})
        await client.say("send_message", id=1, **message(here, str(number)))
        await client.say("join_conversation", id=2, conversation_id=here)
        if number % 3:
            await client.answer(number % 3)
        client.cut()
        await client.closed()
        return client

    for _ in range(4):
        await asyncio.gather(*(come_and_go(number) for number in range(30)))
    last = await connect(customer)
    await last.join(here)
    await last.send_message(here, "Still here")
    assert await backends(installation) <= POOL
    await shown(rest, "fireside_connections 1")
    await shown(rest, "fireside_rooms 1")
    await shown(rest, "fireside_journal_waiting 0")


async def backends(installation: Installation) -> int:
    """Return how many connections to Postgres the server holds."""
    connection = await asyncpg.connect(installation.database_url)
    try:
        count = await connection.fetchval(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and application_name = 'fireside'"
        )
    finally:
        await connection.close()
    return int(count)
