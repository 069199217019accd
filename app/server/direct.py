"""Write frames straight to a WebSocket's transport, and read them without detours.

Hypercorn's own way sends each frame through three coroutines and a lock, and lets wsproto parse in Python byte by byte.
For HTTP/1.1 this stream takes over once the handshake is done. What it relies on inside Hypercorn is in `writer_of` and
in the methods it overrides; `seam.py` checks that at the start.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, cast

from hypercorn.protocol.events import Body, Data, Event, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream

from app.frame import Frame, header
from app.protocol import FRAME_BYTES
from app.server.frames import BAD_DATA, FrameError, FrameReader, Opcode
from app.socket import SocketClosed

EXTENSION = "fireside.socket"
"""Where an ASGI scope carries the socket that can be written to directly."""
HIGH_BYTES = 64 * 1024
"""A transport with more than this unsent belongs to a slow reader."""
LOW_BYTES = 16 * 1024
INBOX = 32
"""Messages read ahead of the handler; beyond it the peer waits, by TCP's own means."""
CLOSE_SECONDS = 1.0
"""How long the peer may take to answer a close frame, before the connection is freed without it."""
CLOSE, PONG = 0x88, 0x8A


def writer_of(send: Any) -> asyncio.StreamWriter:
    """Return the writer behind the `send` of an HTTP/1.1 stream: H11Protocol.stream_send → TCPServer.protocol_send."""
    writer: asyncio.StreamWriter = send.__self__.send.__self__.writer
    return writer


class DirectSocket:
    """A WebSocket over HTTP/1.1."""

    __slots__ = ("_closed", "_closing", "_inbox", "_room", "_transport", "_waiter", "_writer")

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._transport = writer.transport
        self._inbox: deque[str | bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._closing = False
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def opened(self) -> None:
        self._transport.set_write_buffer_limits(high=HIGH_BYTES, low=LOW_BYTES)

    async def receive(self) -> str | bytes:
        while not self._inbox:
            if self._closing or self._closed.done():
                raise SocketClosed
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        if self._room is not None and len(self._inbox) <= INBOX:
            wake(self._room)
            self._room = None
        return self._inbox.popleft()

    def send(self, frame: Frame) -> None:
        if self._open:
            self._transport.write(frame.wire)

    def write(self, frame: Frame) -> bool:
        if self._transport.get_write_buffer_size() > HIGH_BYTES:
            return False
        if self._open:
            self._transport.write(frame.wire)
        return True

    @property
    def _open(self) -> bool:
        # A transport of uvloop that the peer has cut takes writes as an error, before anybody here was told of the end.
        return not self._closing and not self._transport.is_closing()

    @property
    def writable(self) -> bool:
        return self._transport.get_write_buffer_size() <= HIGH_BYTES

    async def drained(self) -> None:
        while not self.writable:
            if self._closing or self._closed.done():
                raise SocketClosed
            try:
                await self._writer.drain()
            except ConnectionError:
                raise SocketClosed from None

    async def close(self, code: int, reason: str = "") -> None:
        if self._closing:
            return
        self._closing = True
        self._inbox.clear()
        wake(self._waiter)
        wake(self._room)
        if self._closed.done() or self._transport.is_closing():
            return
        payload = code.to_bytes(2, "big") + reason.encode()[:123]
        self._transport.write(header(CLOSE, len(payload)) + payload)
        try:
            await asyncio.wait((self._closed,), timeout=CLOSE_SECONDS)
        finally:
            # A reader that takes nothing would keep an orderly close waiting for ever.
            self._transport.abort()

    # --- what the stream tells

    def deliver(self, message: str | bytes) -> None:
        if not self._closing:
            self._inbox.append(message)
            wake(self._waiter)

    async def room(self) -> None:
        """Wait until the handler has caught up."""
        while len(self._inbox) > INBOX and not self._closing and not self._closed.done():
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    def pong(self, payload: bytes) -> None:
        if self.writable and self._open:
            self._transport.write(header(PONG, len(payload)) + payload)

    def answer_close(self, payload: bytes) -> None:
        """The peer has closed: say so once, unless it answers us."""
        if self._open:
            self._transport.write(header(CLOSE, len(payload)) + payload)
        self.lost()

    def lost(self) -> None:
        """Nothing more will come. What has come already is still received."""
        if not self._closed.done():
            self._closed.set_result(None)
        wake(self._waiter)
        wake(self._room)


def wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)


class DirectStream(WSStream):
    """Hypercorn's WebSocket stream for HTTP/1.1, with our own frames once it is accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._socket = DirectSocket(writer_of(self.send))
        self._reader = FrameReader(FRAME_BYTES)
        self._ending: asyncio.Task[None] | None = None
        app = self.app

        async def with_socket(scope: Any, *rest: Any) -> None:
            scope["extensions"][EXTENSION] = self._socket
            await app(scope, *rest)

        self.app = cast(Any, with_socket)

    async def handle(self, event: Event) -> None:
        if isinstance(event, Body | Data) and self.state is ASGIWebsocketState.CONNECTED:
            if not self.closed:
                await self._take(event.data)
            return
        if isinstance(event, StreamClosed):
            self._socket.lost()
        await super().handle(event)

    async def _take(self, data: bytes) -> None:
        socket = self._socket
        try:
            for opcode, payload in self._reader.feed(data):
                if opcode is Opcode.TEXT:
                    socket.deliver(payload.decode())
                elif opcode is Opcode.BINARY:
                    socket.deliver(payload)
                elif opcode is Opcode.PING:
                    socket.pong(payload)
                elif opcode is Opcode.CLOSE:
                    socket.answer_close(payload[:2])
                    await self.send(StreamClosed(stream_id=self.stream_id))
                    return
        except UnicodeDecodeError:
            self._break_off(BAD_DATA, "text that is not UTF-8")
        except FrameError as error:
            self._break_off(error.code, error.reason)
        else:
            await socket.room()

    def _break_off(self, code: int, reason: str) -> None:
        """End a stream that cannot be read any further; what the peer goes on to send is thrown away."""
        self.closed = True
        self._ending = asyncio.create_task(self._socket.close(code, reason))

    async def app_send(self, message: Any) -> None:
        if message is None and self.state is ASGIWebsocketState.CONNECTED and not self.closed:
            self.closed = True
            await self._socket.close(1011, "internal error")
            await self.send(StreamClosed(stream_id=self.stream_id))
        else:
            await super().app_send(message)

    async def _accept(self, message: Any) -> None:
        # Compression costs 100 KiB a connection, forbids sharing frames, and opens the decompression bomb.
        self.handshake.extensions = None
        await super()._accept(message)
        del self.connection
        self._socket.opened()
