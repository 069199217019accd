"""HTTP/1.1 becomes a WebSocket and nothing else; HTTP/2 begins a connection where it is wanted, or never."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest

from tests.attacks.raw import Peers, upgrade_request
from tests.server.installation import Installation
from tests.server.processes import Server

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
TLS = Path(__file__).parents[1] / "server" / "tls"
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
NO_SOCKETS = {
    "h2c": H2C,
    "h2c in capitals": H2C.replace(b"h2c", b"H2C"),
    "h2c without its settings": b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    "h2c with nonsense for settings": H2C.replace(b"AAMAAABkAAQAAP__", b"_____w"),
    "h2c that Connection does not name": b"Upgrade: h2c\r\n",
    "h2c after websocket": b"Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
    "h2c and websocket, a line each": b"Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n",
    "h2": b"Connection: Upgrade\r\nUpgrade: h2\r\n",
    "TLS": b"Connection: Upgrade\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n",
    "what nobody has heard of": b"Connection: Upgrade\r\nUpgrade: socks\r\n",
    "nothing": b"Connection: Upgrade\r\nUpgrade: \r\n",
}


@pytest.fixture(scope="module")
def without_http2(installation: Installation, server: Server) -> Server:
    started = installation.start(HTTP2="0")
    assert started.url
    return started


@pytest.fixture(params=["1", "0"])
def either(request: pytest.FixtureRequest, server: Server, without_http2: Server) -> Server:
    return server if request.param == "1" else without_http2


@pytest.mark.parametrize("name", NO_SOCKETS)
async def test_an_upgrade_to_anything_else_is_ignored(either: Server, peers: Peers, name: str) -> None:
    peer = await peers.connect(either.host)
    peer.write(GET + NO_SOCKETS[name] + b"\r\n" + PREFACE)
    answer = await peer.answered()
    # The next bytes are a second request, and not one of HTTP/1.1.
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200", b"505"]


async def test_a_socket_over_http_1_is_opened_with_or_without_http_2(either: Server, peers: Peers) -> None:
    peer = await peers.connect(either.host)
    assert await peer.upgrade("/ws/widget") == 101


async def test_an_upgrade_to_websocket_or_to_more_is_no_way_in(either: Server, peers: Peers) -> None:
    peer = await peers.connect(either.host)
    peer.write(upgrade_request("/ws/widget", Upgrade="websocket, h2c") + PREFACE)
    assert b" 101 " not in await peer.answered()


async def test_http_2_begins_a_connection_or_does_not_come(server: Server, peers: Peers) -> None:
    first = await peers.connect(server.host)
    first.write(PREFACE)
    assert (await first.reader.readexactly(9))[3] == 4  # SETTINGS
    later = await peers.connect(server.host)
    later.write(GET + b"\r\n" + PREFACE)
    assert b"HTTP/1.1 505 " in await later.answered()


async def test_http_2_that_is_switched_off_is_off(without_http2: Server, peers: Peers) -> None:
    peer = await peers.connect(without_http2.host)
    peer.write(PREFACE)
    assert (await peer.answered()).startswith(b"HTTP/1.1 505 ")


@pytest.mark.parametrize("version", [b"2.0", b"3.0", b"0.9", b"1.2"])
async def test_another_version_is_not_spoken(server: Server, peers: Peers, version: bytes) -> None:
    peer = await peers.connect(server.host)
    peer.write(b"GET /healthz HTTP/" + version + b"\r\nHost: a\r\n\r\n")
    assert (await peer.answered()).startswith(b"HTTP/1.1 505 ")


async def test_tls_speaks_what_was_negotiated(installation: Installation, server: Server) -> None:
    secure = installation.start(
        TLS_CERTFILE=str(TLS / "certificate.pem"), TLS_KEYFILE=str(TLS / "key.pem"), PUBLIC_URL=""
    )
    context = ssl.create_default_context(cafile=TLS / "certificate.pem")
    context.set_alpn_protocols(["http/1.1"])
    port = int(secure.url.rsplit(":", 1)[1])
    peers = Peers(("127.0.0.1", port))
    peer = await peers.connect(tls=context)
    peer.write(PREFACE)
    assert (await peer.answered()).startswith(b"HTTP/1.1 505 ")
    await peers.end()
