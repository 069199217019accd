"""HTTP/2 and the WebSockets over it, on Hypercorn's own streams with their holes closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

import h2.errors
import h2.events
import h2.exceptions
from hypercorn import events
from hypercorn.protocol.events import Body, Event, StreamClosed
from hypercorn.protocol.h2 import (
    BUFFER_HIGH_WATER,
    BUFFER_LOW_WATER,
    BufferCompleteError,
    H2Protocol,
    StreamBuffer,
)
from hypercorn.protocol.ws_stream import ASGIWebsocketState, FrameTooLargeError
from wsproto.events import CloseConnection, Message, Ping
from wsproto.frame_protocol import CloseReason

from app.spine.allowance import Allowance
from app.spine.server.upgrade import UpgradeStream, unbind

STREAM = "fireside.stream"
"""Key of an ASGI scope that carries the stream, for those who may want to end it."""
CONTROL_FRAMES = 10_000
"""Frames without data that a peer may send in ten seconds: each costs a thousand times as much to read as to write."""
RESETS = 200
"""Requests that a peer may take back in ten seconds: each costs us a millisecond and the peer 35 bytes."""
PIECE_BYTES = 8192
"""Read at once: what h2 makes of small frames is a hundred times as large as they are."""


class Breach(Exception):
    """The peer asks for what nobody may: the connection ends, as it does where h2 finds a fault."""

    def __init__(self, code: h2.errors.ErrorCodes = h2.errors.ErrorCodes.PROTOCOL_ERROR) -> None:
        super().__init__(code)
        self.code = code


class HardenedBuffer(StreamBuffer):
    """Makes whoever writes wait for a peer that does not read.

    Hypercorn's lets them go on whenever little was sent, so also when nothing was, for the peer takes nothing: one that
    never reads was sent everything, into our memory.
    """

    async def push(self, data: bytes) -> None:
        if self._complete:
            raise BufferCompleteError
        self.buffer.extend(data)
        await self._is_empty.clear()
        if len(self.buffer) >= BUFFER_HIGH_WATER:
            await self._paused.clear()
            await self._paused.wait()

    async def pop(self, max_length: int) -> bytes:
        data = bytes(self.buffer[:max_length])
        del self.buffer[:max_length]
        if len(self.buffer) < BUFFER_LOW_WATER:
            await self._paused.set()
        if not self.buffer:
            await self._is_empty.set()
        return data


def pieces(event: events.Event) -> Iterator[events.Event]:
    if not isinstance(event, events.RawData):
        yield event
        return
    for start in range(0, len(event.data), PIECE_BYTES):
        yield events.RawData(event.data[start : start + PIECE_BYTES])


class Gone:
    """Takes what a peer goes on to say to a stream that has ended."""

    idle = True

    async def handle(self, event: Event) -> None:
        pass


class Streams(dict[int, Any]):
    """Hypercorn looks for a stream where there may be none, and then the whole connection would end."""

    def __missing__(self, stream_id: int) -> Gone:
        return Gone()


class HardenedH2(H2Protocol):
    """Ends a stream without harm to the others of its connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.streams = Streams()
        self._control_frames = Allowance(CONTROL_FRAMES)
        self._resets = Allowance(RESETS)

    @property
    def idle(self) -> bool:
        # A connection is kept for what is still to be sent when its stream is over: a close frame, for one.
        return super().idle and not any(buffer.buffer for buffer in self.stream_buffers.values())

    async def _send_data(self, stream_id: int) -> None:
        await super()._send_data(stream_id)
        if stream_id not in self.stream_buffers and not self.closed:
            await self.send(events.Updated(idle=self.idle))

    async def initiate(
        self, headers: list[tuple[bytes, bytes]] | None = None, settings: bytes | None = None
    ) -> None:
        await super().initiate(headers, settings)
        # The preface of HTTP/2 over plain TCP counts as a request of HTTP/1.1, whose end nobody tells.
        await self.send(events.Updated(idle=self.idle))

    async def handle(self, event: events.Event) -> None:
        try:
            for piece in pieces(event):
                await super().handle(piece)
            if isinstance(event, events.Closed):
                # Nobody sends what is in them any more, and whoever waits for that would wait for ever.
                for buffer in self.stream_buffers.values():
                    await buffer.close()
        except (Breach, UnicodeDecodeError) as error:
            code = error.code if isinstance(error, Breach) else h2.errors.ErrorCodes.PROTOCOL_ERROR
            self.connection.close_connection(code)
            await self._flush()
            await self.send(events.Closed())

    async def _handle_events(self, received: list[h2.events.Event]) -> None:
        taken_back = self._judge(received)
        for event in received:
            stream_id = getattr(event, "stream_id", None)
            if isinstance(event, h2.events.DataReceived):
                stream = self.streams[event.stream_id]
                if isinstance(stream, HardenedStream):
                    await stream.take(event)
                    continue
            if stream_id not in taken_back or isinstance(event, h2.events.DataReceived):
                await super()._handle_events([event])
        await self._flush()

    def _judge(self, received: list[h2.events.Event]) -> set[int]:
        """Count what costs us more than the peer, and return the requests that were taken back as soon as made.

        Those are never begun (rapid reset, CVE-2023-44487).

        Raises:
            Breach: It is too much.
        """
        now = time.monotonic()
        made: set[int] = set()
        taken_back: set[int] = set()
        for event in received:
            has_data = isinstance(event, h2.events.DataReceived) and event.data
            if not has_data and self._control_frames.take(now):
                raise Breach
            if isinstance(event, h2.events.RequestReceived):
                made.add(event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                # A socket that was let in ends so, too, when its page is left.
                if not getattr(self.streams[event.stream_id], "is_open", False) and self._resets.take(now):
                    raise Breach(h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)
                taken_back.add(event.stream_id)
        return made & taken_back

    async def acknowledge(self, stream_id: int, size: int) -> None:
        """Let the peer say this many bytes more."""
        with suppress(h2.exceptions.ProtocolError):
            self.connection.acknowledge_received_data(size, stream_id)
            await self._flush()

    async def _create_stream(self, request: h2.events.RequestReceived) -> None:
        said = dict(request.headers or ())
        if b":path" not in said or (said[b":method"] == b"CONNECT") != (
            said.get(b":protocol") == b"websocket"
        ):
            # Neither a request nor a WebSocket (RFC 8441), but a tunnel to elsewhere.
            raise Breach
        await super()._create_stream(request)

    async def _close_stream(self, stream_id: int) -> None:
        await super()._close_stream(stream_id)
        # Said by Hypercorn only when the server ends a stream: a peer that resets its own would never be idle again.
        if not self.closed:
            await self.send(events.Updated(idle=self.idle))

    def has_room(self, stream_id: int) -> bool:
        """Whether something can be sent on a stream without waiting for its peer.

        Whoever reads must not wait: what the peer has to say so that it goes on would never be read.
        """
        buffer = self.stream_buffers.get(stream_id)
        return buffer is not None and len(buffer.buffer) < BUFFER_LOW_WATER

    async def end(self, stream_id: int, *, at_once: bool) -> None:
        """Listen no more to a stream; what is still to be sent on it is sent, or dropped at once."""
        buffer = self.stream_buffers.get(stream_id)
        if at_once:
            with suppress(h2.exceptions.ProtocolError):
                self.connection.reset_stream(stream_id, h2.errors.ErrorCodes.CANCEL)
            if buffer is not None:
                await buffer.close()
        elif buffer is not None:
            buffer.set_complete()
            self.priority.unblock(stream_id)
        await self._close_stream(stream_id)
        await self._flush()


class HardenedStream(UpgradeStream):
    """Reads without holding up its connection, drops a message that is too large, and can be ended without its peer.

    Hypercorn's reader waits for the handler of each stream. A handler that waits for its peer to take something would
    then wait for ever, for what the peer has taken is told by frames that nobody reads any more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._untaken = 0
        self._some = asyncio.Event()
        self.extend_scope(STREAM, self)

    @property
    def is_open(self) -> bool:
        return self.state is ASGIWebsocketState.CONNECTED

    @property
    def _protocol(self) -> HardenedH2:
        return cast(HardenedH2, cast(Any, self.send).__self__)

    async def end(self, *, at_once: bool) -> None:
        """End the stream and its handler; `at_once` drops what the peer has not taken."""
        await self._protocol.end(self.stream_id, at_once=at_once)

    async def take(self, event: h2.events.DataReceived) -> None:
        """Keep what has come for the handler. The peer may have no more on its way than one window of HTTP/2."""
        self._untaken += event.flow_controlled_length or 0
        await self.handle(Body(stream_id=self.stream_id, data=event.data or b""))

    async def handle(self, event: Event) -> None:
        if isinstance(event, StreamClosed) and self.app_put is not None:
            unbind(self.app_put)
        await super().handle(event)
        self._some.set()

    async def _accept(self, message: Any) -> None:
        await super()._accept(message)
        self.task_group.spawn(self._hand_over)

    async def _handle_events(self) -> None:
        """Leave what has come to `_hand_over`."""

    async def _hand_over(self) -> None:
        while not self.closed:
            await self._some.wait()
            self._some.clear()
            size, self._untaken = self._untaken, 0
            await self._handle_messages()
            await self._protocol.acknowledge(self.stream_id, size)
        await self._protocol.acknowledge(self.stream_id, self._untaken)

    async def _handle_messages(self) -> None:
        # As in Hypercorn, but for what is too large, and for answers to a peer that takes none.
        for event in self.connection.events():
            if isinstance(event, Message):
                try:
                    self.buffer.extend(event)
                except FrameTooLargeError:
                    self.buffer.clear()
                    await self._say_last(CloseConnection(code=CloseReason.MESSAGE_TOO_BIG))
                    return
                if event.message_finished:
                    await self.app_put(self.buffer.to_message())  # type: ignore[misc]
                    self.buffer.clear()
            elif isinstance(event, Ping):
                if self._protocol.has_room(self.stream_id):
                    await self._send_wsproto_event(event.response())
            elif isinstance(event, CloseConnection):
                await self._say_last(event.response())
                return

    async def _say_last(self, event: CloseConnection) -> None:
        has_room = self._protocol.has_room(self.stream_id)
        if has_room:
            await self._send_wsproto_event(event)
        await self.end(at_once=not has_room)
