"""Any value of Host: served, or refused with 400 and a code, by every way in."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.attacks.raw import Peer, Peers

UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
WAYS = {
    "REST": (b"/healthz", b"", b"200"),
    "an operation": (b"/chat/conversations", b"", b"401"),
    "nowhere": (b"/nowhere", b"", b"404"),
    "a socket": (b"/ws/widget", UPGRADE, b"101"),
    "a socket, the long way": (b"/ws/widget", UPGRADE + b"X: 1\r\nX: 2\r\n", b"101"),
}
GOOD = [
    b"a",
    b"a.b",
    b"A.B:80",
    b"a.",
    b"a_b",
    b"127.0.0.1",
    b"127.0.0.1:3001",
    b"[::1]",
    b"[::1]:3001",
    b"xn--mller-kva.example",
    b"a:",
]
BAD = [
    b"a..b",
    b".",
    b".a",
    b"a b",
    b"[",
    b"[::1",
    b"]",
    b"[a]",
    b"[::1]x",
    b"::1",
    b"a:b",
    b"a:99999999",
    b"a:80:80",
    b"\xff",
    "müller.example".encode(),
    b"a" * 300,
    (b"a" * 64) + b".b",
    b"a/b",
    b"a@b",
    b"a,b",
    b"%41",
    b"*",
    b"<script>",
    b"a\tb",
    b"a#b",
    b"a?b",
    b"a\\b",
    b'"a"',
]


async def ask(peers: Peers, way: str, host: bytes) -> Peer:
    peer = await peers.connect()
    path, headers, _ = WAYS[way]
    peer.write(b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + headers + b"\r\n")
    peer.head = await peer.reader.readuntil(b"\r\n\r\n")
    return peer


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", GOOD)
async def test_a_host_is_served(peers: Peers, way: str, host: bytes) -> None:
    peer = await ask(peers, way, host)
    assert peer.head.split()[1] == WAYS[way][2]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", BAD)
async def test_a_name_that_is_no_host_is_refused_with_a_code(peers: Peers, way: str, host: bytes) -> None:
    peer = await ask(peers, way, host)
    assert peer.head.split()[1] == b"400", peer.head
    length = re.search(rb"(?i)content-length: (\d+)", peer.head)
    assert length is not None
    assert msgspec.json.decode(await peer.reader.readexactly(int(length[1])))["code"] == "invalid"
