"""HTTP/2 turned against the server: each ends that connection at most, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
import hpack
import httpx2
import pytest
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame, PingFrame, SettingsFrame

from app.spine.server.hardened import RESETS
from tests.attacks.http2 import UPGRADE, Headers, Http2Peer
from tests.attacks.process import bounded_memory, left_alone, peers_of
from tests.attacks.raw import CONTINUATION, Peer, Peers, event, frame
from tests.server.installation import Person
from tests.server.processes import Server


def without(name: str) -> Headers:
    return [(key, value) for key, value in UPGRADE if key != name]


def changed(name: str, value: str) -> Headers:
    return [(key, value if key == name else old) for key, old in UPGRADE]


MALFORMED: dict[str, Headers] = {
    "CONNECT as to a proxy": [(":method", "CONNECT"), (":authority", "evil.example:443")],
    "no path": without(":path"),
    "an empty path": changed(":path", ""),
    "a path of another alphabet": changed(":path", "/ws/wídget"),
    "no method": without(":method"),
    "another protocol": changed(":protocol", "connect-udp"),
    "no version": without("sec-websocket-version"),
    "a header with a line break": [*UPGRADE, ("x", "a\r\nb: c")],
    "a pseudo-header after the others": [*UPGRADE, (":path", "/ws/admin")],
    "a header in capitals": [*UPGRADE, ("X-Loud", "yes")],
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_request_gets_no_socket(
    server: Server, peers: Peers, bystander: Peer, rest: httpx2.AsyncClient, name: str
) -> None:
    peer = await peers.connect()
    http = Http2Peer(peer)
    http.request(MALFORMED[name])
    try:
        answered = await http.hear(h2.events.ResponseReceived | h2.events.StreamReset)  # type: ignore[arg-type]
    except EOFError:
        pass
    else:
        assert dict(getattr(answered, "headers", None) or []).get(b":status") != b"200"
    await peer.gone()


OPEN = HeadersFrame(1, hpack.Encoder().encode(UPGRADE), flags=["END_HEADERS"]).serialize()
FLOODS: dict[str, tuple[bytes, bytes]] = {
    "headers without end": (
        HeadersFrame(1, b"").serialize(),
        ContinuationFrame(1, b"\x00\x01a\x01b" * 100).serialize(),
    ),
    "headers that unpack to megabytes": (
        b"",
        HeadersFrame(
            1, b"\x40\x01a\x7f\x81\x1e" + b"x" * 4000 + b"\xbe" * 12_000, flags=["END_HEADERS"]
        ).serialize(),
    ),
    "settings": (b"", SettingsFrame(settings={3: 100}).serialize() * 1000),
    "pings": (b"", PingFrame(opaque_data=b"12345678").serialize() * 1000),
    "empty data": (OPEN, DataFrame(1, b"").serialize() * 1000),
}
"""The frame that begins it, and those that go on."""


def poured(name: str) -> Iterator[bytes]:
    first, then = FLOODS[name]
    return itertools.chain([first], itertools.repeat(then, 50))


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_of_frames_costs_no_memory(
    server: Server, peers: Peers, bystander: Peer, name: str
) -> None:
    async def once() -> None:
        peer = await peers.connect(receive_buffer=4096)
        Http2Peer(peer)
        peer.turn_deaf()
        pouring = asyncio.create_task(peer.pour(poured(name)))
        for _ in range(3):
            await bystander.round_trip()
        pouring.cancel()
        await asyncio.wait([pouring])
        await peer.gone()

    before = peers_of(server)
    await once()
    with bounded_memory(server, attackers=2):
        for _ in range(2):
            await once()
    await left_alone(server, with_peers=before)


@pytest.mark.parametrize("name", ["settings", "pings", "empty data"])
async def test_a_flood_of_frames_without_data_is_an_end(
    server: Server, peers: Peers, bystander: Peer, name: str
) -> None:
    """CVE-2019-9512, -9515 and -9518."""
    peer = await peers.connect()
    Http2Peer(peer)
    pouring = asyncio.create_task(peer.pour(poured(name)))
    await bystander.round_trip()
    await peer.answered()
    await pouring


async def test_requests_that_are_taken_back_at_once_leave_nothing(
    server: Server, peers: Peers, bystander: Peer
) -> None:
    """Rapid reset (CVE-2023-44487)."""

    async def once() -> None:
        peer = await peers.connect()
        http = Http2Peer(peer)
        get = [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), (":authority", "a")]
        for _ in range(300):
            stream = http.request(get, end=True)
            http.http.reset_stream(stream)
            http.flush()
        await bystander.round_trip()
        await peer.gone()

    before = peers_of(server)
    await once()
    with bounded_memory(server, attackers=5):
        for _ in range(5):
            await once()
    await left_alone(server, with_peers=before)


GET = [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), (":authority", "a")]


async def test_a_peer_that_takes_back_at_once_is_told_to_calm_down(peers: Peers, bystander: Peer) -> None:
    http = Http2Peer(await peers.connect())
    for _ in range(RESETS + 1):
        stream = http.http.get_next_available_stream_id()
        http.http.send_headers(stream, GET, end_stream=True)
        http.http.reset_stream(stream)
    http.flush()
    ended = await http.hear(h2.events.ConnectionTerminated)
    assert ended.error_code == h2.errors.ErrorCodes.ENHANCE_YOUR_CALM  # type: ignore[attr-defined]
    # Not one of them was begun.
    assert not any(isinstance(event, h2.events.ResponseReceived) for event in http.heard)


async def test_sockets_that_pages_leave_are_not_taken_back(peers: Peers) -> None:
    http = Http2Peer(await peers.connect())
    for _ in range(RESETS + 50):
        stream = await http.open()
        http.http.reset_stream(stream)
        http.flush()
    await http.open()


async def test_a_message_too_large_ends_its_stream_and_no_other(
    server: Server, peers: Peers, customer: Person
) -> None:
    http = Http2Peer(await peers.connect(), window=2**20)
    await http.hear(h2.events.RemoteSettingsChanged)
    first, second = await http.open(), await http.open()
    for stream in (first, second):
        http.say(stream, event("authenticate", id=stream, token=customer.token, v=1))
    http.say(first, frame(b"[", fin=False))
    fragment = frame(b"x" * 8000, CONTINUATION, fin=False)
    ended = None
    while not isinstance(ended, h2.events.StreamEnded):
        if http.http.local_flow_control_window(first) >= len(fragment):
            http.say(first, fragment)
        else:
            ended = await http.hear(h2.events.WindowUpdated | h2.events.StreamEnded)  # type: ignore[arg-type]
    assert ended.stream_id == first
    http.say(second, event("ping", t="still here"))
    while b"still here" not in (await http.hear(h2.events.DataReceived)).data:  # type: ignore[attr-defined]
        pass


async def test_frames_for_a_stream_that_has_ended_harm_no_other(
    server: Server, peers: Peers, customer: Person
) -> None:
    """A browser's tabs share a connection, and what one of them has said is on its way when its socket is closed."""
    http = Http2Peer(await peers.connect(), window=2**20)
    await http.hear(h2.events.RemoteSettingsChanged)
    first, second = await http.open(), await http.open()
    http.say(second, event("authenticate", id=2, token=customer.token, v=1))
    http.say(first, event("authenticate", id=1, token="nonsense", v=1))
    assert (await http.hear(h2.events.StreamEnded)).stream_id == first  # type: ignore[attr-defined]
    for number in range(50):
        http.say(first, event("ping", t=number))
    http.say(second, event("ping", t="still here"))
    while b"still here" not in (await http.hear(h2.events.DataReceived)).data:  # type: ignore[attr-defined]
        pass
