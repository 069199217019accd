"""SIGTERM and SIGINT: everyone is told, what was taken in is finished, and the process ends well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from typing import cast
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.attacks.raw import Peers
from tests.client import message
from tests.server.fixtures import Connect
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.waiting import shown
from tests.wires import HttpVersion


@pytest.fixture(params=["http/1.1", "http/1.1 through Hypercorn", "http/2"])
def http(request: pytest.FixtureRequest) -> HttpVersion:
    return cast(HttpVersion, request.param)


@pytest.fixture
def server(installation: Installation) -> Iterator[Server]:
    """A server of one test alone, for it will be stopped."""
    with installation.alone() as server:
        yield server


async def stopped(server: Server) -> None:
    """Wait for an end without complaint, in the time that a supervisor allows."""
    async with asyncio.timeout(10):
        await asyncio.to_thread(server.check)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_everyone_is_told_when_to_come_back(
    connect: Connect, customer: Person, agent: Person, server: Server, number: signal.Signals
) -> None:
    theirs, ours, nobody = await connect(customer), await connect(agent), await connect.bare()
    await theirs.join(customer.conversation_id)
    server.signal(number)
    for client in (theirs, ours):
        goodbye = await client.expect("goodbye")
        assert goodbye["reason"]
        assert 0 < goodbye["after_ms"] <= 1250
        assert await client.closed() == 1012
    # A client that has not authenticated is let go too, but has nothing to come back to.
    await nobody.closed()
    await stopped(server)


async def test_messages_that_were_taken_in_are_stored_and_answered(
    connect: Connect, customer: Person, agent: Person, server: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    for client in (theirs, ours):
        await client.join(here)
    for number in range(500):
        await theirs.say("send_message", id=f"m{number}", **message(here, str(number)))
    server.signal(signal.SIGTERM)
    for client in (theirs, ours):
        assert await client.closed() == 1012
    acked = [ack["seq"] for ack in theirs.heard("ack", conversation_id=here) if "client_msg_id" in ack]
    stored = await installation.sql("select count(*) from entries where conversation_id = $1", UUID(here))
    assert acked == list(range(1, stored + 1))
    # A client that has not received all goes on from there elsewhere.
    for client in (theirs, ours):
        assert client.seqs(here) == acked[: len(client.seqs(here))]
    await stopped(server)


async def test_after_the_goodbye_nothing_more_is_taken(
    connect: Connect, customer: Person, server: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    server.signal(signal.SIGTERM)
    await client.expect("goodbye")
    await client.say("send_message", id="late", **message(here))
    await client.closed()
    assert client.heard("ack", re="late") == []
    await stopped(server)
    assert await installation.sql("select count(*) from entries where conversation_id = $1", UUID(here)) == 0


async def test_a_socket_that_is_silent_half_open_or_full_holds_nothing_up(
    connect: Connect, customer: Person, server: Server, http: HttpVersion
) -> None:
    here = customer.conversation_id
    slow = await connect.bare(receive_buffer=4096)
    await slow.authenticate(customer.token)
    await slow.join(here)
    await slow.stop_reading()
    writer = await connect(customer)
    # More than the kernel takes for the peer; HTTP/2 takes less by itself.
    for _ in range(100 if http != "http/2" else 10):
        await writer.send_message(here, "🔥" * 15_000)
    server.signal(signal.SIGTERM)
    assert await writer.closed() == 1012
    await stopped(server)


async def test_http_requests_end_with_an_answer(customer: Person, server: Server) -> None:
    path = f"/chat/conversations/{customer.conversation_id}/events?since=0&wait=25"
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
        assert (await client.get("/readyz")).json()["status"] == "ok"
        polling = asyncio.create_task(client.get(path, headers=customer.headers))
        await shown(client, "fireside_rooms 1")
        server.signal(signal.SIGTERM)
        answer = (await polling).json()
        assert (answer["items"], answer["head"]) == ([], 0)
        await stopped(server)


async def test_idle_connections_end_with_the_server(server: Server) -> None:
    peers = Peers(server.host)
    idle, begun = await peers.connect(), await peers.connect()
    begun.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
    server.signal(signal.SIGTERM)
    await stopped(server)
    for peer in (idle, begun):
        await peer.answered()
    await peers.end()


async def test_clients_come_back_to_another_process(
    connect: Connect, customer: Person, server: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    await client.send_message(here, "One")
    await client.reach(here, 1)
    server.signal(signal.SIGTERM)
    assert await client.closed() == 1012
    other = installation.start()
    again = await connect(customer, other, resume={here: {"since": 0}})
    assert await again.reach(here, 1) == [1]
    await stopped(server)


async def test_the_last_seen_and_marks_of_the_last_moment_are_stored(
    connect: Connect, customer: Person, server: Server, installation: Installation
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.join(here)
    await client.send_message(here)
    await client.say("mark_read", conversation_id=here, seq=1)
    await client.fence()
    server.signal(signal.SIGTERM)
    await client.closed()
    await stopped(server)
    assert await installation.sql("select read_seq from marks where conversation_id = $1", UUID(here)) == 1


async def test_a_stop_is_told_on_readyz_before_anybody_notices(
    connect: Connect, customer: Person, installation: Installation
) -> None:
    leaving = installation.start(LAME_DUCK_SECONDS="600")
    here = customer.conversation_id
    async with httpx2.AsyncClient(base_url=leaving.url, timeout=30) as client:
        assert (await client.get("/readyz")).status_code == 200
        there = await connect(customer, leaving)
        await there.join(here)
        leaving.signal(signal.SIGTERM)
        await asyncio.to_thread(leaving.wait_for, "leaving")
        # Asked on the connection from before; it ends with an answer, and never instead of one.
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "draining"})
        assert answer.headers["connection"] == "close"
        body = {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": "One"}}
        path = f"/chat/conversations/{here}/messages"
        sent = await client.post(path, headers=customer.headers, json=body)
        assert (sent.status_code, sent.headers["connection"]) == (201, "close")
    await there.reach(here, 1)
    late = await connect(customer, leaving)
    await late.join(here)
    assert there.heard("goodbye") == late.heard("goodbye") == []
    # Told again, it waits no longer.
    leaving.signal(signal.SIGTERM)
    for each in (there, late):
        assert await each.closed() == 1012
    await stopped(leaving)
    installation.servers.remove(leaving)
