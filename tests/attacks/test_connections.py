"""Too many connections: refused before they cost anything, and the process stays well."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from tests.attacks.process import left_alone, peers_of
from tests.attacks.raw import Peers, event
from tests.server.installation import Installation, Person
from tests.server.processes import Server
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
    with pytest.raises(Rejected) as rejected:
        await open_wire(f"{server.url.replace('http', 'ws', 1)}/ws/widget", "http/2", {})
    assert rejected.value.status == 429
    assert (await rest.get("/healthz")).json() == {"status": "ok"}
    assert (await rest.get("/readyz")).status_code == 200
    for peer in held:
        await peer.gone()
    await refused_no_more(peers)


async def refused_no_more(peers: Peers) -> None:
    """Wait until the server has noticed who has gone."""
    async with asyncio.timeout(20):
        while await (await peers.connect()).upgrade("/ws/widget") != 101:
            pass


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
