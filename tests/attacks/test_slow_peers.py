"""Peers that are slow, silent or deaf: gone in the times that are promised.

They begin together, with the defaults of production, and each test waits for the end of one. The measure is that
they end at all: nothing but the server's own patience would end them.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any

import h2.events
import pytest
import pytest_asyncio

from tests.attacks.http2 import UPGRADE, Http2Peer
from tests.attacks.process import bounded_memory, left_alone, peers_of
from tests.attacks.raw import Peers, event, frame, upgrade_request
from tests.client import message
from tests.server.installation import Installation, Person
from tests.server.processes import Line, Server

pytestmark = [pytest.mark.asyncio(loop_scope="module")]
AUTH_TIMEOUT, HEARTBEAT = 4200, 4000
BEFORE_THE_REST = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"


def bytewise(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


async def silent(peers: Peers) -> bytes:
    return await (await peers.connect()).answered()


async def trickling(peers: Peers, bits: list[bytes]) -> bytes:
    peer = await peers.connect()
    task = asyncio.create_task(peer.trickle(bits))
    answer = await peer.answered()
    await task
    return answer


async def headers_byte_by_byte(peers: Peers) -> bytes:
    return await trickling(peers, bytewise(upgrade_request("/ws/widget", X="y" * 500)))


async def headers_without_end(peers: Peers) -> bytes:
    return await trickling(peers, [BEFORE_THE_REST, *itertools.repeat(b"X: y\r\n", 500)])


async def a_body_byte_by_byte(peers: Peers) -> bytes:
    head = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    return await trickling(peers, [head, *bytewise(b"{" * 900)])


async def idle_after_an_answer(peers: Peers) -> bytes:
    peer = await peers.connect()
    peer.write(BEFORE_THE_REST + b"\r\n")
    return await peer.answered()


async def silent_over_http_2(peers: Peers) -> bytes:
    peer = await peers.connect()
    Http2Peer(peer)
    return await peer.answered()


async def idle_after_resets_over_http_2(peers: Peers) -> bytes:
    peer = await peers.connect()
    http = Http2Peer(peer)
    stream = http.request(UPGRADE)
    http.http.reset_stream(stream)
    http.flush()
    return await peer.answered()


async def upgraded_and_silent(peers: Peers) -> int:
    return await (await peers.open()).closed()


async def a_token_byte_by_byte(peers: Peers) -> int:
    peer = await peers.open()
    task = asyncio.create_task(peer.trickle(bytewise(event("authenticate", id=1, token="x" * 900, v=1))))
    code = await peer.closed()
    await task
    return code


async def a_token_in_fragments(peers: Peers) -> int:
    """Each is a whole frame, so that the server is never without news."""
    peer = await peers.open()
    fragments = [frame(b"{", fin=False), *itertools.repeat(frame(b" ", 0, fin=False), 900)]
    task = asyncio.create_task(peer.trickle(fragments))
    code = await peer.closed()
    await task
    return code


PLAIN: list[Callable[[Peers], Coroutine[Any, Any, bytes]]] = [
    silent,
    headers_byte_by_byte,
    headers_without_end,
    a_body_byte_by_byte,
    idle_after_an_answer,
    silent_over_http_2,
    idle_after_resets_over_http_2,
]
STRANGERS: list[Callable[[Peers], Coroutine[Any, Any, int]]] = [
    upgraded_and_silent,
    a_token_byte_by_byte,
    a_token_in_fragments,
]


class Slow:
    """All who are slow, each in a task."""

    def __init__(self, peers: Peers) -> None:
        self.ends: dict[str, asyncio.Task[Any]] = {
            who.__name__: asyncio.create_task(who(peers)) for who in (*PLAIN, *STRANGERS)
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(server: Server) -> AsyncIterator[Peers]:
    peers = Peers(server.host)
    yield peers
    await peers.end()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slow(many: Peers, deaf: list[Person]) -> Slow:
    return Slow(many)


async def fill(many: Peers, person: Person) -> None:
    """Write more into a conversation than the kernels on both sides keep."""
    peer = await many.open(token=person.token)
    for number in range(100):
        peer.write(event("send_message", id=number, **message(person.conversation_id, "🔥" * 15_000)))
    for number in range(100):
        assert (await peer.hear_answer(number))["type"] == "ack"
    await peer.gone()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deaf(server: Server, installation: Installation, many: Peers) -> list[Person]:
    """Customers who follow a conversation over either HTTP, or read its history, and take nothing of it."""
    people = [await installation.customer(server) for _ in range(3)]
    await asyncio.gather(*(fill(many, person) for person in people))
    direct, queued, reader = people
    with bounded_memory(server, attackers=10):
        for _ in range(10):
            peer = await many.open(token=direct.token, receive_buffer=4096)
            peer.turn_deaf()
            peer.write(event("join_conversation", id=1, conversation_id=direct.conversation_id, since=0))
    line = await many.connect()
    http2 = Http2Peer(line, window=1000)
    stream = await http2.open()
    http2.say(stream, event("authenticate", id=0, token=queued.token, v=1))
    await http2.hear(h2.events.DataReceived)
    http2.say(stream, event("join_conversation", id=1, conversation_id=queued.conversation_id, since=0))
    peer = await many.connect(receive_buffer=4096)
    peer.turn_deaf()
    peer.write(
        f"GET /chat/conversations/{reader.conversation_id}/messages?limit=100 HTTP/1.1\r\nHost: a\r\n"
        f"Authorization: Bearer {reader.token}\r\n\r\n".encode()
    )
    return people


@pytest.mark.parametrize("name", [who.__name__ for who in PLAIN])
async def test_a_peer_that_asks_nothing_in_time_is_cut(slow: Slow, name: str) -> None:
    answer = await slow.ends[name]
    assert isinstance(answer, bytes)
    if name.startswith("a_body"):
        assert answer.split()[1] == b"408"


@pytest.mark.parametrize("name", [who.__name__ for who in STRANGERS])
async def test_a_peer_that_does_not_authenticate_in_time_is_let_go(slow: Slow, name: str) -> None:
    assert await slow.ends[name] == AUTH_TIMEOUT


async def test_a_peer_that_takes_nothing_is_cut(slow: Slow, server: Server, deaf: list[Person]) -> None:
    for person in deaf[:2]:
        closed = partial(server.wait_for, "connection_cut", partial(is_of, person))
        assert (await asyncio.to_thread(closed))["reason"] == "too slow"


def is_of(person: Person, line: Line) -> bool:
    return bool(line["user"] == person.id)


async def test_nothing_is_left_of_them(slow: Slow, server: Server) -> None:
    await asyncio.gather(*slow.ends.values())
    await left_alone(server, with_peers=0)


async def test_a_line_that_is_dead_is_noticed_by_the_silence(
    installation: Installation, many: Peers, server: Server
) -> None:
    """Half open: the peer hears nothing, answers nothing, and does not even end."""
    brisk = await asyncio.to_thread(
        installation.start, WEBSOCKET_PING_INTERVAL="200", WEBSOCKET_PING_TIMEOUT="600"
    )
    person = await installation.customer(brisk)
    before = peers_of(brisk)
    peer = await many.open(token=person.token, address=brisk.host)
    peer.polite = False
    assert await peer.closed() == HEARTBEAT
    assert [heard["type"] for heard in peer.heard if heard["type"] == "ping"]
    await left_alone(brisk, with_peers=before)
