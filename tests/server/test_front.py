"""The short way in: for a handshake beyond doubt, and all else goes the long way as it came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from app.spine.server.front import read_handshake
from tests.attacks.raw import Peers, event, upgrade_request
from tests.server.installation import Installation, Person
from tests.server.processes import Server


@pytest_asyncio.fixture
async def peers(server: Server) -> AsyncIterator[Peers]:
    opened = Peers(server.host)
    yield opened
    await opened.end()


PLAIN = upgrade_request("/ws/widget", Origin="https://shop.example")


def without(name: str) -> bytes:
    lines = PLAIN.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(name.lower().encode() + b":"))


def test_a_plain_handshake_is_understood() -> None:
    key = b"dGhlIHNhbXBsZSBub25jZQ=="
    assert read_handshake(PLAIN) == ("/ws/widget", "127.0.0.1", "https://shop.example", key, {})
    assert read_handshake(without("Origin")) == ("/ws/widget", "127.0.0.1", None, key, {})
    behind = upgrade_request(
        "/ws/widget", X_Forwarded_For="2001:db8::1", Forwarded="for=192.0.2.7", Via="1.1 a"
    )
    hops = {"x-forwarded-for": "2001:db8::1", "forwarded": "for=192.0.2.7"}
    assert read_handshake(behind) == ("/ws/widget", "127.0.0.1", None, key, hops)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN[:-1],
        PLAIN + b"\x81",
        PLAIN.replace(b"GET", b"PUT"),
        PLAIN.replace(b"/ws/widget", b"/chat"),
        PLAIN.replace(b" HTTP", b"  HTTP"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.replace(b"Host:", b"Host :"),
        PLAIN.replace(b"Host:", b" Host:"),
        PLAIN.replace(b"shop.example", b"shop\x00example"),
        PLAIN.replace(b"shop.example", "größe.example".encode()),
        PLAIN.replace(b"websocket", b"h2c"),
        PLAIN.replace(b"Connection: Upgrade", b"Connection: keep-alive"),
        PLAIN.replace(b"Version: 13", b"Version: 8"),
        PLAIN.replace(b"==", b"="),
        PLAIN.replace(b"Host: 127.0.0.1", b"Host:"),
        *(
            without(name)
            for name in ("Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
        ),
        upgrade_request("/ws/widget", Content_Length="0"),
        upgrade_request("/ws/widget", Transfer_Encoding="chunked"),
        upgrade_request("/ws/widget", host="elsewhere"),
        upgrade_request("/ws/widget", X="x" * 8192),
    ],
)
def test_a_handshake_in_doubt_is_left_to_hypercorn(data: bytes) -> None:
    assert read_handshake(data) is None


@given(st.binary(max_size=300), st.integers(0, len(PLAIN)), st.integers(0, 40))
def test_any_bytes_are_a_handshake_or_none(junk: bytes, at: int, length: int) -> None:
    read = read_handshake(PLAIN[:at] + junk + PLAIN[at + length :])
    if read is not None:
        assert "\n" not in f"{read.path}{read.host}{read.origin}"
        assert read.key.endswith(b"==")


@pytest.mark.parametrize("filling", [b" ", b"\t", b"a ", b" a", b"a", b":", b","])
def test_no_head_takes_long_to_read(filling: bytes) -> None:
    """Time that grows with the square of the length would be longer than a test may take."""
    head = PLAIN.replace(b" https://shop.example", filling * (7500 // len(filling)) + b"\x00")
    for _ in range(2000):
        assert read_handshake(head) is None


async def test_both_ways_lead_to_the_same_answer(peers: Peers, customer: Person) -> None:
    short = await peers.open(token=customer.token)
    long = await peers.open(token=customer.token, X_Twice="1", x_twice="2")
    for peer in (short, long):
        assert peer.head.startswith(b"HTTP/1.1 101 ")
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in peer.head
        await peer.round_trip()
    # Hypercorn tells the time.
    assert b"date:" in long.head.lower()
    assert b"date:" not in short.head.lower()


async def test_a_handshake_in_pieces_is_one(peers: Peers, customer: Person) -> None:
    peer = await peers.connect()
    request = upgrade_request("/ws/widget")
    for start in range(0, len(request), 40):
        peer.write(request[start : start + 40])
        # Each in a segment of its own: all of it is in the server's kernel before the next is written.
        await peer.writer.drain()
        await asyncio.sleep(0)
    assert (await peer.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    peer.write(event("authenticate", id=1, token=customer.token, v=1))
    assert (await peer.hear_answer(1))["type"] == "authenticated"


async def test_a_client_that_is_refused_hears_why(peers: Peers) -> None:
    peer = await peers.connect()
    assert await peer.upgrade("/ws/admin", Origin="https://evil.example") == 403
    assert b"application/json" in peer.head


async def test_requests_before_half_a_close_are_answered(peers: Peers, customer: Person) -> None:
    peer = await peers.open(token=customer.token)
    peer.write(event("ping", t="before the end"))
    peer.end_writing()
    assert (await peer.hear())["t"] == "before the end"


async def test_a_silent_peer_is_let_go_at_a_stop(installation: Installation) -> None:
    server = installation.start()
    assert server.url
    peers = Peers(server.host)
    silent = await peers.connect()
    # Accepted in order: where one who came later is served, the silent one is in.
    assert await (await peers.connect()).upgrade("/ws/widget") == 101
    server.signal(15)
    assert await silent.answered() == b""
    await peers.end()
    await asyncio.to_thread(server.check)
    installation.servers.remove(server)
