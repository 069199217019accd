"""Let WebSockets over HTTP/1.1 in by a short way, and give everything else to Hypercorn and Quart.

After a restart thousands come back at once, and the way of an upgrade through h11, Hypercorn and Quart costs as much as
all that Fireside then does for the client. The short way is for what comes first on a connection, in one piece, and is
a handshake beyond doubt. Everything else goes on to Hypercorn byte by byte as it came, and so does what has to be
refused: what is wrong is judged and answered in one place.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Coroutine
from hashlib import sha1
from typing import Any, NamedTuple, cast

import structlog

from app.errors import RateLimited
from app.spine.server.crowd import Crowd, refusal
from app.spine.server.direct import CLOSE_SECONDS, DirectSocket
from app.spine.sockets.socket import Accept, Socket
from app.values.client import FORWARDED, FORWARDED_FOR, Proxies, Subject, subject
from app.values.origin import is_host

log = structlog.get_logger()

HEAD_BYTES = 8192
HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\x20-\x7e\t]*)")
KEY = re.compile(rb"[+/0-9A-Za-z]{22}==")
HOPS = (FORWARDED_FOR, FORWARDED)
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, section 1.3."""
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
)

Meet = Callable[[str, str | None, str, Subject, Accept], Awaitable[RateLimited | None]]
"""Serves a socket, given path, origin, host, client and what accepts it; or returns that its address has too many."""
Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


class Handshake(NamedTuple):
    path: str
    host: str
    origin: str | None
    key: bytes
    hops: dict[str, str]
    """Headers in which proxies say for whom they speak."""


def read_handshake(data: bytes) -> Handshake | None:
    """Return the handshake that `data` is, whole and alone; None for anything else, or in doubt."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end or rest or len(head) > HEAD_BYTES or not head.startswith(b"GET /ws/"):
        return None
    request, *lines = head.split(b"\r\n")
    words = request.split(b" ")
    headers: dict[bytes, bytes] = {}
    for line in lines:
        parsed = HEADER.fullmatch(line)
        if parsed is None:
            return None
        name = parsed[1].lower()
        if name in headers:
            return None
        headers[name] = parsed[2].strip(b" \t")
    key, origin = headers.get(b"sec-websocket-key", b""), headers.get(b"origin")
    if (
        len(words) != 3
        or words[2] != b"HTTP/1.1"
        or headers.get(b"upgrade", b"").lower() != b"websocket"
        or b"upgrade" not in {token.strip() for token in headers.get(b"connection", b"").lower().split(b",")}
        or headers.get(b"sec-websocket-version") != b"13"
        or not KEY.fullmatch(key)
        or not is_host(headers.get(b"host", b"").decode())
        or not headers.keys().isdisjoint({b"content-length", b"transfer-encoding", b"expect"})
    ):
        return None
    return Handshake(
        words[1].decode("latin-1"),
        headers[b"host"].decode(),
        None if origin is None else origin.decode(),
        key,
        {name: headers[name.encode()].decode() for name in HOPS if name.encode() in headers},
    )


class Front:
    """All connections of this process that Hypercorn does not have."""

    def __init__(
        self, meet: Meet, streams: Streams, crowd: Crowd, proxies: Proxies, *, idle_seconds: float
    ) -> None:
        self.meet = meet
        self.crowd = crowd
        self.proxies = proxies
        self.streams = streams
        self.idle_seconds = idle_seconds
        self.silent: set[Caller] = set()
        """Connected, and nothing said yet."""
        self.served: dict[asyncio.Task[None], asyncio.Transport] = {}

    def protocol(self) -> asyncio.Protocol:
        """Return the protocol of a new connection."""
        return Caller(self)

    def serve(self, serving: Coroutine[Any, Any, None], transport: asyncio.BaseTransport) -> None:
        """Run what serves a transport, which is known by it until it ends."""
        task = asyncio.get_running_loop().create_task(serving)
        self.served[task] = cast(asyncio.Transport, transport)
        who = self.crowd.whose(peer_of(transport))
        self.crowd.add(who)

        def ended(task: asyncio.Task[None]) -> None:
            del self.served[task]
            self.crowd.discard(who)

        task.add_done_callback(ended)

    def close(self) -> None:
        """Close whoever has said nothing."""
        for caller in tuple(self.silent):
            caller.transport.close()


def peer_of(transport: asyncio.BaseTransport) -> str | None:
    """Return the address of a connection's peer; None for a Unix socket, and where the peer has gone already."""
    peer = transport.get_extra_info("peername")
    return peer[0] if peer else None


class Caller(asyncio.Protocol):
    """A connection until it has said what it wants."""

    __slots__ = ("_front", "_timer", "_who", "transport")

    def __init__(self, front: Front) -> None:
        self._front = front

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        crowd = self._front.crowd
        self._who = crowd.whose(peer_of(transport))
        refusal = crowd.refusal(self._who)
        crowd.add(self._who)
        self._front.silent.add(self)
        self._timer = asyncio.get_running_loop().call_later(self._front.idle_seconds, transport.close)
        if refusal is not None:
            self.transport.write(refusal)
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._heard()
        handshake = read_handshake(data)
        if handshake is None:
            self._go_on(data)
            return
        # Nothing more is read before the peer is let in; it has nothing to say before that.
        self.transport.pause_reading()
        self._front.serve(self._enter(handshake, data), self.transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._heard()

    def _heard(self) -> None:
        self._timer.cancel()
        if self in self._front.silent:
            self._front.silent.discard(self)
            self._front.crowd.discard(self._who)

    async def _enter(self, handshake: Handshake, data: bytes) -> None:
        socket: DirectSocket | None = None
        transport = self.transport

        async def accept() -> Socket:
            nonlocal socket
            socket = DirectSocket()
            if not transport.is_closing():
                answer = b64encode(sha1(handshake.key + GUID, usedforsecurity=False).digest())
                transport.write(ACCEPTED + answer + b"\r\n\r\n")
            socket.take_over(transport)
            return socket

        path, host, origin, _, hops = handshake
        address = self._front.proxies.address(
            peer_of(transport), lambda name: (hops[name],) if name in hops else ()
        )
        refused: RateLimited | None = None
        try:
            refused = await self._front.meet(path, origin, host, subject(address), accept)
        except Exception:
            log.exception("upgrade_failed", path=path)
        if socket is not None:
            await self._end(socket)
        elif refused is not None:
            # Not by the long way, which costs six times as much: whoever is refused may come back at once, without end.
            transport.write(refusal("429 Too Many Requests", refused.code, refused.message))
            transport.close()
        elif not transport.is_closing():
            transport.resume_reading()
            self._go_on(data)

    async def _end(self, socket: DirectSocket) -> None:
        await socket.end()
        self.transport.close()
        # One who reads nothing would keep an orderly close waiting for ever.
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, self.transport.abort)

    def _go_on(self, data: bytes) -> None:
        """Become a connection of asyncio's streams, with all that has come."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, self._front.streams, loop=loop)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        protocol.data_received(data)
