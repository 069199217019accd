"""Plain HTTP/1.1, malformed, oversized or said to nobody: an error, and nothing is left of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable

import httpx2
import pytest

from tests.attacks.process import bounded_memory, left_alone, peers_of
from tests.attacks.raw import Peer, Peers
from tests.server.processes import Server

ENDLESS = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
UPGRADE = b"GET /ws/widget HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
JSON = b"Content-Type: application/json\r\n"


def post(path: bytes, *headers: bytes) -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\nHost: a\r\n" + JSON + b"".join(headers) + b"\r\n"


BODIES: dict[str, tuple[bytes, bytes]] = {
    "too large, and said so": (post(b"/auth/login", b"Content-Length: 100000000\r\n"), b"413"),
    "without an end": (post(b"/chat/sessions", b"Transfer-Encoding: chunked\r\n"), b"413"),
    "for nobody": (post(b"/nowhere", b"Transfer-Encoding: chunked\r\n"), b"404"),
    "for whoever takes none": (post(b"/healthz", b"Transfer-Encoding: chunked\r\n"), b"405"),
    "of another kind": (post(b"/auth/logout", b"Transfer-Encoding: chunked\r\n"), b"204"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_nobody_wants_is_not_kept_and_holds_nothing(
    server: Server, peers: Peers, bystander: Peer, name: str
) -> None:
    head, status = BODIES[name]
    chunk = b"x" * 65_536 if b"Length" in head else ENDLESS

    async def once() -> None:
        peer = await peers.connect()
        # More than any body may have comes with the head: the limit of time, for slow bodies, has nothing to judge.
        peer.write(head + chunk * 8)
        pouring = asyncio.create_task(peer.pour(itertools.repeat(chunk, 400)))
        # A peer that goes on to send after an end may find the answer reset away.
        answer = await peer.answered()
        assert answer == b"" or answer.split()[1] == status
        pouring.cancel()
        await peer.gone()

    for _ in range(4):
        await once()
    before = peers_of(server)
    with bounded_memory(server, attackers=3):
        for _ in range(3):
            await once()
    await left_alone(server, with_peers=before)


@pytest.mark.parametrize("path", [b"/auth/refresh", b"/auth/logout", b"/nowhere", b"/healthz", b"/chat"])
async def test_an_answer_before_the_body_says_that_the_connection_ends(peers: Peers, path: bytes) -> None:
    peer = await peers.connect()
    peer.write(post(path, b"Content-Length: 3000000\r\n"))
    head = await peer.reader.readuntil(b"\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in head.lower()
    # The body goes on to come, and takes nothing of the answer away.
    pouring = asyncio.create_task(peer.pour([b"x" * 100_000] * 30))
    answer = head + await peer.answered()
    await pouring
    body = answer.partition(b"\r\n\r\n")[2]
    assert body.endswith(b"}") if head.split()[1] != b"204" else body == b""


async def test_an_answer_after_the_body_keeps_the_connection(peers: Peers) -> None:
    peer = await peers.connect()
    for _ in range(3):
        peer.write(post(b"/auth/refresh", b"Content-Length: 2\r\n") + b"{}")
        assert b"connection: close" not in (await peer.reader.readuntil(b"}")).lower()


NONSENSE: dict[str, Iterable[bytes]] = {
    "no HTTP": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100],
    "a line without end": itertools.repeat(b"G" * 8192, 100),
    "headers without end": [b"GET / HTTP/1.1\r\n", *itertools.repeat(b"X: " + b"y" * 8000 + b"\r\n", 100)],
    "two lengths": [
        b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
    ],
    "no host": [b"GET /healthz HTTP/1.1\r\n\r\n"],
    "two hosts": [b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    "a length below zero": [b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"],
    "a space before the colon": [b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n"],
    "a folded header with a NUL": [b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"],
    "an upgrade without a key": [UPGRADE + b"Sec-WebSocket-Version: 13\r\n\r\n"],
    "an upgrade of another version": [
        UPGRADE + b"Sec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 8\r\n\r\n"
    ],
    "a chunk that is no number": [post(b"/auth/login", b"Transfer-Encoding: chunked\r\n"), b"zz\r\n"],
}


@pytest.mark.parametrize("name", NONSENSE)
async def test_nonsense_is_refused_and_the_connection_ended(peers: Peers, bystander: Peer, name: str) -> None:
    peer = await peers.connect()
    pouring = asyncio.create_task(peer.pour(NONSENSE[name]))
    answer = await peer.answered()
    await pouring
    assert answer == b"" or answer.split()[1] in {b"400", b"408", b"413", b"431"}, answer


async def test_a_second_request_hidden_in_the_first_is_not_served(peers: Peers) -> None:
    """Request smuggling: of a length and chunks together, chunks count, and the answer is the last."""
    peer = await peers.connect()
    peer.write(
        b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    answer = await peer.answered()
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/admin/assets/../../../../etc/passwd",
        "/widget/assets/%2e%2e/%2e%2e/package.json",
        "/docs/assets/..%2f..%2f..%2fpyproject.toml",
        "/%00",
        "/chat/conversations/%00",
        "/chat/conversations/' or 1=1 --",
        "/%ff%fe",
        "//evil.example/%2f..",
        "/" + "a" * 8000,
    ],
)
async def test_a_strange_path_finds_nothing(rest: httpx2.AsyncClient, path: str) -> None:
    response = await rest.get(path)
    assert response.status_code in {400, 401, 404}
    assert "root:" not in response.text
    assert "Traceback" not in response.text
