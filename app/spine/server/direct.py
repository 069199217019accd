"""Write frames straight to a WebSocket's transport, and read them straight from it.

Hypercorn's own way sends each frame through three coroutines and a lock, and lets wsproto parse in Python byte by byte.
For HTTP/1.1 the socket here takes over the transport once the handshake is done; at the end it hands the connection
back, and Hypercorn cleans up. All it relies on inside Hypercorn is in `server_of` and in the methods that the stream
overrides; `seam.py` checks that at the start.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, cast

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.events import Body, Data, Event, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState

from app.protocol import FRAME_BYTES
from app.spine.frame import Burst, Frame, header
from app.spine.server.frame_reader import BAD_DATA, FrameError, FrameReader, Opcode
from app.spine.server.turn import turn_of
from app.spine.server.upgrade import UpgradeStream
from app.spine.sockets.socket import SocketClosed

EXTENSION = "fireside.socket"
"""Key of an ASGI scope that carries the socket that can be written to directly."""
HIGH_BYTES = 64 * 1024
"""Unsent bytes of a transport above which its reader is slow."""
LOW_BYTES = 16 * 1024
HELD_BYTES = 16 * 1024
"""Bytes that a socket holds for the end of the turn; beyond it they are written at once, for the transport's limits
count only what it was given."""
INBOX = 32
"""Messages read ahead of the handler; beyond it the peer waits, by TCP's own means."""
CLOSE_SECONDS = 1.0
"""Seconds the peer may take to answer a close frame, before the connection is freed without it."""
CLOSE, PONG = 0x88, 0x8A


def server_of(send: Any) -> TCPServer:
    """Return the server behind the `send` of an HTTP/1.1 stream: H11Protocol.stream_send → TCPServer.protocol_send."""
    server: TCPServer = send.__self__.send.__self__
    return server


class DirectSocket(asyncio.Protocol):
    """A WebSocket over HTTP/1.1: the protocol of its transport from the handshake to the end."""

    __slots__ = (
        "_closed",
        "_closing",
        "_drained",
        "_ending",
        "_freed",
        "_held",
        "_inbox",
        "_loop",
        "_next",
        "_paused",
        "_reader",
        "_transport",
        "_turn",
        "_waiter",
    )

    def __init__(self) -> None:
        # Kept, for asking asyncio for the loop is a system call (getpid, Python 3.11).
        self._loop = asyncio.get_running_loop()
        self._turn = turn_of(self._loop)
        self._held = b""
        self._reader = FrameReader(FRAME_BYTES)
        self._transport: asyncio.Transport
        self._next: asyncio.Protocol | None = None
        self._inbox: deque[str | bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._closing = False
        self._paused = False
        self._ending: asyncio.Task[None] | None = None
        self._freed: asyncio.Future[None] | None = None

    def take_over(
        self, transport: asyncio.Transport, early: bytes = b"", to: asyncio.Protocol | None = None
    ) -> None:
        """Become the protocol of a transport.

        `early` is what has been read already. With `to` the end is told to that protocol, which frees the connection.
        """
        self._transport = transport
        if transport.is_closing():
            # The peer has left while it was let in. The protocol that had the transport has heard of it, and cleans up.
            self.lost()
            return
        self._next = to
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=HIGH_BYTES, low=LOW_BYTES)
        transport.resume_reading()
        if early:
            self.data_received(early)

    # --- for the connection

    async def receive(self) -> str | bytes:
        while not self._inbox:
            if self._closing or self._closed.done():
                raise SocketClosed
            self._waiter = self._loop.create_future()
            await self._waiter
        if len(self._inbox) == INBOX:
            self._transport.resume_reading()
        return self._inbox.popleft()

    def send(self, frame: Frame) -> None:
        if self._open:
            self._put(frame.wire)

    def write(self, frame: Frame | Burst) -> bool:
        if self._paused:
            return False
        if not self._closing:
            self._put(frame.wire)
        return True

    def _put(self, data: bytes) -> None:
        """Write at the end of the turn, in one piece with what else comes until then."""
        held = self._held
        if len(held) + len(data) > HELD_BYTES:
            self.flush()
            self._pass_on(data)
        elif held:
            self._held = held + data
        else:
            self._held = data
            self._turn.add(self, self._loop)

    def flush(self) -> None:
        """Write what is held."""
        held = self._held
        if held:
            self._held = b""
            self._pass_on(held)

    def _pass_on(self, data: bytes) -> None:
        transport = self._transport
        # One of uvloop that the peer has cut takes writes as an error, before anybody here was told of the end.
        if not transport.is_closing():
            transport.write(data)

    @property
    def _open(self) -> bool:
        return not self._closing and not self._transport.is_closing()

    @property
    def writable(self) -> bool:
        return not self._paused

    async def drained(self) -> None:
        while self._paused:
            if self._closing or self._closed.done():
                raise SocketClosed
            if self._drained is None:
                self._drained = self._loop.create_future()
            # Shielded, for others may wait for the same.
            await asyncio.shield(self._drained)

    async def close(self, code: int, reason: str = "") -> None:
        if self._closing:
            return
        self.flush()
        self._closing = True
        self._inbox.clear()
        wake(self._waiter)
        wake(self._drained)
        if self._closed.done() or self._transport.is_closing():
            return
        self._freed = self._loop.create_future()
        payload = code.to_bytes(2, "big") + reason.encode()[:123]
        self._transport.write(header(CLOSE, len(payload)) + payload)
        # Read on, to throw it away: TCP resets a connection that ends with something unread, and the reset overtakes
        # our close frame on its way to the peer.
        self._transport.resume_reading()
        try:
            await asyncio.wait((self._closed,), timeout=CLOSE_SECONDS)
        finally:
            # A reader that takes nothing would keep an orderly close waiting for ever.
            self._transport.abort()
            wake(self._freed)

    async def end(self) -> None:
        """Close what its handler has left open, or wait for the end of a close that has begun.

        Who frees the connection before may take its close frame away.
        """
        await self.close(1011, "internal error")
        if self._freed is not None:
            await self._freed

    # --- for the transport

    def data_received(self, data: bytes) -> None:
        if self._ending is not None or self._closed.done():
            return
        try:
            for opcode, payload in self._reader.feed(data):
                if opcode is Opcode.TEXT:
                    self._deliver(payload.decode())
                elif opcode is Opcode.BINARY:
                    self._deliver(payload)
                elif opcode is Opcode.PING:
                    if not self._paused and self._open:
                        self._put(header(PONG, len(payload)) + payload)
                elif opcode is Opcode.CLOSE:
                    self._answer_close(payload[:2])
                    return
        except UnicodeDecodeError:
            self._break_off(BAD_DATA, "text that is not UTF-8")
        except FrameError as error:
            self._break_off(error.code, error.reason)
        else:
            if len(self._inbox) > INBOX:
                self._transport.pause_reading()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        wake(self._drained)
        self._drained = None

    def eof_received(self) -> bool | None:
        if self._next is not None:
            return self._next.eof_received()
        self.lost()
        # Requests that came before are still answered. TLS knows no half-closed connection.
        return self._transport.get_extra_info("sslcontext") is None

    def connection_lost(self, error: Exception | None) -> None:
        self.lost()
        if self._next is not None:
            self._next.connection_lost(error)

    def lost(self) -> None:
        """Nothing more will come. Frames that are here already are still received."""
        if not self._closed.done():
            self._closed.set_result(None)
        wake(self._waiter)
        wake(self._drained)

    def _deliver(self, message: str | bytes) -> None:
        if not self._closing:
            self._inbox.append(message)
            wake(self._waiter)

    def _answer_close(self, payload: bytes) -> None:
        """The peer has closed: say so once, unless it answers us."""
        if self._open:
            self.flush()
            self._transport.write(header(CLOSE, len(payload)) + payload)
        self.lost()
        self._transport.close()

    def _break_off(self, code: int, reason: str) -> None:
        """End a stream that cannot be read any further; what the peer goes on to send is thrown away."""
        self._ending = self._loop.create_task(self.close(code, reason))


def wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)


class DirectStream(UpgradeStream):
    """Hypercorn's WebSocket stream for HTTP/1.1, up to the handshake and from the end on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._socket = DirectSocket()
        self._early = b""
        self.extend_scope(EXTENSION, self._socket)

    async def handle(self, event: Event) -> None:
        if isinstance(event, Body | Data) and self.state is ASGIWebsocketState.CONNECTED:
            self._early += event.data
            return
        if isinstance(event, StreamClosed):
            self._socket.lost()
        await super().handle(event)

    async def app_send(self, message: Any) -> None:
        if self.closed or self.state is not ASGIWebsocketState.CONNECTED:
            await super().app_send(message)
        elif message is None:
            await self._socket.end()
            self.closed = True
            await self.send(StreamClosed(stream_id=self.stream_id))
        # Else it is Quart's own goodbye, after ours.

    async def _accept(self, message: Any) -> None:
        await super()._accept(message)
        del self.connection
        server = server_of(self.send)
        transport = cast(asyncio.Transport, server.writer.transport)
        # The bytes that Hypercorn has read of it, and those that its streams still hold.
        held = server.reader._buffer  # type: ignore[attr-defined]  # noqa: SLF001
        early = self._early + bytes(held)
        held.clear()
        self._socket.take_over(transport, early, cast(asyncio.Protocol, transport.get_protocol()))
