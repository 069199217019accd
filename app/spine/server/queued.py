"""A socket on Quart's `websocket`: for HTTP/2, for other ASGI servers, and for Quart's test client."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from quart import Websocket

from app.spine.frame import Burst, Frame
from app.spine.server.direct import CLOSE_SECONDS, HIGH_BYTES, LOW_BYTES
from app.spine.sockets.socket import SocketClosed

CLOSE_PATIENCE = 5
"""Times that a peer which is slow, but takes something, gets `CLOSE_SECONDS` more at the end."""


class Stream(Protocol):
    """The part of an event queue by which the handler of a WebSocket can be ended without its peer."""

    async def end(self, *, at_once: bool) -> None: ...


class QueuedSocket:
    """Frames wait in a queue of bounded size for one task that sends them."""

    def __init__(self, websocket: Websocket, stream: Stream | None = None) -> None:
        self._websocket = websocket
        self._stream = stream
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._some = asyncio.Event()
        self._low = asyncio.Event()
        self._low.set()
        self._closing = False
        self._freed = asyncio.Event()
        self._sender = asyncio.create_task(self._send_all())

    async def receive(self) -> str | bytes:
        if self._closing:
            raise SocketClosed
        message: str | bytes | None = await self._websocket.receive()
        # Quart makes None of an empty binary frame.
        return b"" if message is None else message

    def send(self, frame: Frame | Burst) -> None:
        if not self._closing:
            for payload in frame.payloads:
                self._queue.append(payload)
                self._size += len(payload)
            if self._size > HIGH_BYTES:
                self._low.clear()
            self._some.set()

    def write(self, frame: Frame | Burst) -> bool:
        if not self.writable:
            return False
        self.send(frame)
        return True

    @property
    def writable(self) -> bool:
        return self._size <= HIGH_BYTES

    async def drained(self) -> None:
        if self._closing:
            raise SocketClosed
        await self._low.wait()

    async def close(self, code: int, reason: str = "") -> None:
        if self._closing:
            return
        self._closing = True
        self._low.set()
        self._some.set()
        try:
            # Frames that are owed go first, while the peer takes them; the code it is told in any case.
            for _ in range(CLOSE_PATIENCE):
                size = self._size
                await asyncio.wait((self._sender,), timeout=CLOSE_SECONDS)
                if self._sender.done() or self._size == size:
                    break
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._websocket.close(code, reason)
        except TimeoutError:
            pass
        finally:
            self.abandon()
            self._freed.set()
        if self._stream is not None:
            # The handler waits for what the peer says next, and the peer may never say anything.
            await self._stream.end(at_once=self._size > 0)

    async def freed(self) -> None:
        """Wait for the end of a close that has begun: at the handler's end Quart would say goodbye in its place."""
        if self._closing:
            await self._freed.wait()

    def abandon(self) -> None:
        """Stop sending: the handler has ended."""
        self._closing = True
        self._sender.cancel()

    async def _send_all(self) -> None:
        while True:
            while self._queue:
                payload = self._queue.popleft()
                await self._websocket.send(payload.decode())
                self._size -= len(payload)
                if self._size <= LOW_BYTES:
                    self._low.set()
            if self._closing:
                return
            self._some.clear()
            await self._some.wait()
