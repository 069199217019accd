"""Too many connections: refused before they cost anything, and the process stays well."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx2
import msgspec
import psutil
import pytest

from app.spine.server.crowd import FULL, SPARE, refusal
from tests.attacks.process import left_alone, peers_of
from tests.attacks.raw import PATIENCE_SECONDS, Peer, Peers, event
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.waiting import until
from tests.wires import Rejected, open_wire

TOO_MANY = 4409
ENVIRONMENT = {"LIMIT_ADDRESS_CONNECTIONS": "20", "LIMIT_USER_CONNECTIONS": "5"}


async def test_an_address_gets_so_many_and_the_others_are_refused_before_the_upgrade(
    server: Server, peers: Peers, rest: httpx2.AsyncClient
) -> None:
    held = [await peers.open() for _ in range(20)]
    for surface in ("widget", "admin"):
        refused = await peers.connect()
        assert await refused.upgrade(f"/ws/{surface}", X_Forwarded_For="203.0.113.9") == 429
        head = refused.head.lower()
        assert b"sec-websocket-accept" not in head
        assert b"\r\nretry-after: 5\r\n" in head
        # Hypercorn, which tells the time, has cost nothing; where a handshake goes its way, it says the same.
        assert b"date:" not in head
        roundabout = await peers.connect()
        assert await roundabout.upgrade(f"/ws/{surface}", X_Twice="1", x_twice="2") == 429
        assert b"date:" in roundabout.head
        assert await body_of(roundabout) == await body_of(refused)
    with pytest.raises(Rejected) as rejected:
        await open_wire(f"{server.url.replace('http', 'ws', 1)}/ws/widget", "http/2", {})
    assert rejected.value.status == 429
    assert (await rest.get("/healthz")).json() == {"status": "ok"}
    assert (await rest.get("/readyz")).status_code == 200
    for peer in held:
        await peer.gone()
    await refused_no_more(peers)


async def body_of(peer: Peer) -> Any:
    """Return the body of a refused upgrade."""
    length = re.search(rb"content-length: (\d+)", peer.head.lower())
    assert length is not None, peer.head
    async with asyncio.timeout(PATIENCE_SECONDS):
        return msgspec.json.decode(await peer.reader.readexactly(int(length[1])))


async def refused_no_more(peers: Peers) -> None:
    """Wait until the server has noticed who has gone."""

    async def let_in() -> bool:
        return await (await peers.connect()).upgrade("/ws/widget") == 101

    await until(let_in)


async def test_a_user_gets_so_many_and_the_others_are_closed(
    peers: Peers, installation: Installation, customer: Person, agent: Person
) -> None:
    for person in (customer, agent):
        held = [await peers.open(person.surface, token=person.token) for _ in range(5)]
        excess = await peers.open(person.surface)
        excess.write(event("authenticate", id=1, token=person.token, v=1))
        assert (await excess.hear())["code"] == "rate_limited"
        assert await excess.closed() == TOO_MANY
        other = await installation.agent() if person.role == "agent" else await installation.customer()
        await peers.open(other.surface, token=other.token)
        await held[0].round_trip()


async def test_many_that_connect_and_vanish_leave_nothing(
    server: Server, peers: Peers, rest: httpx2.AsyncClient
) -> None:
    """Cut before, in and after the handshake: no descriptor, no count and no task stays behind."""
    await rest.get("/healthz")
    before = peers_of(server)

    async def half(number: int) -> None:
        peer = await peers.connect()
        if number % 3:
            peer.write(b"GET /ws/widget HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n")
        if number % 3 == 2:
            peer.write(b"Connection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        await peer.gone()

    for _ in range(10):
        await asyncio.gather(*(half(number) for number in range(30)))
    await left_alone(server, with_peers=before)
    await refused_no_more(peers)


async def poll(peers: Peers, person: Person, address: tuple[str, int] | None = None) -> Peer:
    """Ask for what is new, and wait."""
    peer = await peers.connect(address)
    path = f"/chat/conversations/{person.conversation_id}/events?since=9&wait=50"
    peer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {person.token}\r\n\r\n".encode())
    return peer


async def refused(peer: Peer) -> None:
    """Return when a poll was answered, which is held for longer than anybody waits here if it is not refused."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert b" 429 " in await peer.reader.readline()


async def test_long_polls_are_counted_by_user_like_sockets(
    server: Server, peers: Peers, installation: Installation, customer: Person
) -> None:
    polls = [asyncio.create_task(refused(await poll(peers, customer))) for _ in range(12)]
    pending = set(polls)
    while len(pending) > 5:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    # Nobody else is, and neither are their sockets.
    other = await installation.customer()
    await peers.open(token=other.token)
    await peers.open(token=customer.token)
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)


async def test_every_connection_of_an_address_counts(
    server: Server, peers: Peers, rest: httpx2.AsyncClient
) -> None:
    """Silent ones too: 20 for sockets and long polls, and 64 for short requests."""
    before = peers_of(server)
    held = [await peers.connect() for _ in range(20 + SPARE - before)]
    excess = await peers.connect()
    answer = await excess.answered()
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert b'"code":"rate_limited"' in answer
    for peer in held:
        await peer.gone()
    await left_alone(server, with_peers=before)
    assert (await rest.get("/healthz")).status_code == 200


async def test_some_descriptors_are_kept_back_and_their_end_is_said_once(installation: Installation) -> None:
    few = installation.start(under=["prlimit", "--nofile=160:160"], LIMIT_ADDRESS_CONNECTIONS="0")
    peers = Peers(few.host)
    room = 160 - 160 // 4
    held = [await peers.connect() for _ in range(room)]
    for _ in range(80):
        excess = await peers.connect()
        assert await excess.answered() in {b"", refusal(*FULL)}
    assert psutil.Process(few.pid).num_fds() < 160
    assert few.wait_for("connections_full")["level"] == "warning"
    for peer in held:
        await peer.gone()
    few.wait_for("connections_not_full")
    async with httpx2.AsyncClient(base_url=few.url) as client:
        assert (await client.get("/readyz")).json() == {"status": "ok"}
    assert sum(line["event"] == "connections_full" for line in few.lines) == 1
    await peers.end()
